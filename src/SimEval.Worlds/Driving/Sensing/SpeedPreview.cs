using SimEval.Worlds.Driving.Routes;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>How fast one may be now so that limits, bends and the end of the route ahead need only gentle braking.</summary>
internal static class SpeedPreview
{
    /// <summary>Lateral acceleration in m/s2 that bends are taken with.</summary>
    public const double LateralComfort = 2.0;

    /// <summary>Braking in m/s2 for what is seen long before.</summary>
    public const double Gentle = 1.5;

    /// <summary>Allowed speeds at every sample of a route, by one sweep from its end.</summary>
    public static double[] Over(RouteFrame route)
    {
        var allowed = new double[route.Count];
        for (var i = route.Count - 1; i >= 0; i--)
        {
            var s = i * RouteFrame.Spacing;
            var bend = Math.Sqrt(LateralComfort / Math.Max(1e-6, Math.Abs(route.CurvatureAt(s))));
            allowed[i] = Math.Min(route.LimitAt(s), bend);
            if (i + 1 < route.Count)
            {
                var next = allowed[i + 1];
                allowed[i] = Math.Min(allowed[i], Math.Sqrt((next * next) + (2 * Gentle * RouteFrame.Spacing)));
            }
        }

        return allowed;
    }
}
