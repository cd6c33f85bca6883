namespace SimEval.Worlds.Driving.Sensing;

/// <summary>When the ego would be where a crosser's way meets its own.</summary>
internal static class Crossings
{
    /// <summary>Metres before the shared stretch at which one stops.</summary>
    public const double Buffer = 2;

    /// <summary>Acceleration in m/s2 with which one hurries through.</summary>
    private const double Hurry = 1.5;
    private const double LeastHurry = 3;

    /// <summary>Seconds until the front is there and until the rear has left, accelerating from now on.</summary>
    /// <param name="crosser">Whom it would meet.</param>
    /// <param name="speed">The ego's speed in m/s.</param>
    /// <param name="fastest">The speed in m/s that it would not exceed.</param>
    public static (double Arrives, double Clears) Times(in Crosser crosser, double speed, double fastest) =>
        (TimeOver(crosser.Distance, speed, fastest), TimeOver(crosser.Distance + crosser.Extent, speed, fastest));

    private static double TimeOver(double distance, double speed, double fastest)
    {
        fastest = Math.Max(fastest, Math.Max(speed, LeastHurry));
        var gaining = ((fastest * fastest) - (speed * speed)) / (2 * Hurry);
        return distance <= gaining
            ? (Math.Sqrt((speed * speed) + (2 * Hurry * Math.Max(0, distance))) - speed) / Hurry
            : ((fastest - speed) / Hurry) + ((distance - gaining) / fastest);
    }
}
