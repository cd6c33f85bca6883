namespace SimEval.Worlds.Driving.Traffic;

/// <summary>
/// Lane-change decision by MOBIL (Kesting, Treiber, Helbing: "General lane-changing model MOBIL for car-following models",
/// TRR 1999, 2007), symmetric rule.
/// </summary>
/// <param name="Politeness">p: how much the gain of the others counts; 0 selfish, 1 altruistic.</param>
/// <param name="Threshold">Least advantage in m/s2 that is worth a change.</param>
/// <param name="SafeBraking">b_safe: hardest braking, in m/s2, that a change may force upon the new follower.</param>
public readonly record struct Mobil(double Politeness, double Threshold, double SafeBraking)
{
    /// <summary>p 0.2, threshold 0.1 m/s2, safe braking 4 m/s2.</summary>
    public static Mobil Default => new(0.2, 0.1, 4);

    /// <summary>Safety criterion: the new follower would brake no harder than <see cref="SafeBraking"/>.</summary>
    public bool IsSafe(double newFollowerAfter) => newFollowerAfter >= -SafeBraking;

    /// <summary>Incentive: (a' - a) + p [(n' - n) + (o' - o)] - threshold; a change pays when it is above 0.</summary>
    /// <param name="own">Own acceleration now.</param>
    /// <param name="ownAfter">Own acceleration in the target lane.</param>
    /// <param name="newFollowerGain">Change of acceleration of the follower in the target lane.</param>
    /// <param name="oldFollowerGain">Change of acceleration of the follower left behind.</param>
    public double Incentive(double own, double ownAfter, double newFollowerGain, double oldFollowerGain) =>
        ownAfter - own + (Politeness * (newFollowerGain + oldFollowerGain)) - Threshold;
}
