namespace SimEval.Worlds.Driving.Sensing;

/// <summary>What it takes to go first where ways join.</summary>
internal static class Joining
{
    /// <summary>Acceleration in m/s2 with which the ego would go first.</summary>
    public const double Acceleration = 1.2;

    /// <summary>Whoever will be this many metres behind its rear is no concern.</summary>
    public const double RoomBehind = 4;

    /// <summary>It goes first where it will be clear by this many metres: the other then follows it.</summary>
    public const double Clear = -1;

    /// <summary>Whether it goes before someone alongside or behind.</summary>
    public static bool GoesFirst(in Obstacle joiner) => joiner.Gap < 0.5 && joiner.Lead > Clear;
}
