namespace SimEval.Worlds.Driving.Actors;

/// <summary>A pedestrian who waits beside the road and crosses straight once the ego is near enough.</summary>
/// <param name="X">Start, local m.</param>
/// <param name="Y">Start, local m.</param>
/// <param name="Heading">Direction of walking in rad.</param>
/// <param name="Distance">Metres to walk.</param>
/// <param name="Speed">Walking speed in m/s.</param>
/// <param name="RouteS">Where on the ego's route the path crosses, m.</param>
/// <param name="When">Steps out when the ego is this many seconds from there.</param>
internal readonly record struct Walker(
    double X,
    double Y,
    double Heading,
    double Distance,
    double Speed,
    double RouteS,
    double When
)
{
    /// <summary>Half the extent of a pedestrian's box in m.</summary>
    public const double Half = 0.25;

    /// <summary>Seconds to reach walking speed.</summary>
    public const double Hesitation = 0.4;

    /// <summary>Metres walked and speed this many seconds after stepping out.</summary>
    public (double Walked, double Speed) After(double seconds)
    {
        if (seconds <= 0)
            return (0, 0);
        var ramp = Math.Min(seconds, Hesitation);
        var walked = (ramp * ramp * Speed / (2 * Hesitation)) + ((seconds - ramp) * Speed);
        return walked >= Distance ? (Distance, 0) : (walked, ramp < Hesitation ? Speed * ramp / Hesitation : Speed);
    }
}
