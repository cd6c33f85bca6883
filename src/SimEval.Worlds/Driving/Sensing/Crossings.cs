namespace SimEval.Worlds.Driving.Sensing;

/// <summary>When the ego would be where a crosser's way meets its own.</summary>
internal static class Crossings
{
    /// <summary>Metres before the shared stretch at which one stops.</summary>
    public const double Buffer = 2;

    /// <summary>Acceleration in m/s2 with which one hurries through.</summary>
    private const double Hurry = 1.5;

    /// <summary>Seconds until the front is there and until the rear has left, accelerating from now on.</summary>
    public static (double Arrives, double Clears) Times(in Crosser crosser, double speed) =>
        (TimeOver(crosser.Distance, speed), TimeOver(crosser.Distance + crosser.Extent, speed));

    private static double TimeOver(double distance, double speed) =>
        (Math.Sqrt((speed * speed) + (2 * Hurry * Math.Max(0, distance))) - speed) / Hurry;
}
