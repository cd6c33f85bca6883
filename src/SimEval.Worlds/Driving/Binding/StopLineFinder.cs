using System.Collections.Immutable;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Routes;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>Finds the stop lines that lights govern along a route.</summary>
internal static class StopLineFinder
{
    /// <summary>Arc length along the route and light of each, ascending.</summary>
    public static ImmutableArray<(double At, int Light)> Along(RoadNetwork network, RouteFrame route)
    {
        var found = new List<(double At, int Light)>();
        foreach (var index in route.Lanes)
        {
            var lane = network.Lanes[index];
            if (lane.Lights.IsEmpty)
                continue;
            var at = lane.Center.At(double.IsNaN(lane.StopLine) ? lane.Length : lane.StopLine);
            var (s, d) = route.Locate(at.X, at.Y);
            if (Math.Abs(d) > lane.Width)
                continue;
            foreach (var light in lane.Lights)
                found.Add((s, light));
        }

        return [.. found.OrderBy(line => line.At).ThenBy(line => line.Light)];
    }
}
