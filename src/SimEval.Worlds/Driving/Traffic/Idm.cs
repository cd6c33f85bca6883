namespace SimEval.Worlds.Driving.Traffic;

/// <summary>
/// The intelligent driver model (Treiber, Hennecke, Helbing: Phys. Rev. E 62, 1805, 2000) with acceleration exponent 4.
/// </summary>
public readonly struct Idm
{
    /// <summary>No vehicle brakes harder than this, in m/s2 (dry asphalt).</summary>
    public const double HardestBraking = 9;

    /// <summary>Gap below which the model is evaluated at this gap, in m: keeps the interaction finite when boxes touch.</summary>
    public const double LeastGap = 0.1;

    // Divisions and the root are the cost of the formula, and a step evaluates it up to eleven times a vehicle.
    private readonly double perDesiredSpeed;
    private readonly double perTwiceRoot;

    /// <summary>A driver with these habits; every number is above 0.</summary>
    /// <param name="desiredSpeed">v0 in m/s.</param>
    /// <param name="timeHeadway">T in s.</param>
    /// <param name="minimumGap">s0, bumper to bumper, in m.</param>
    /// <param name="acceleration">a in m/s2.</param>
    /// <param name="deceleration">b, comfortable, in m/s2.</param>
    public Idm(double desiredSpeed, double timeHeadway, double minimumGap, double acceleration, double deceleration)
    {
        DesiredSpeed = desiredSpeed;
        TimeHeadway = timeHeadway;
        MinimumGap = minimumGap;
        Acceleration = acceleration;
        Deceleration = deceleration;
        perDesiredSpeed = 1 / desiredSpeed;
        perTwiceRoot = 1 / (2 * Math.Sqrt(acceleration * deceleration));
    }

    /// <summary>v0 in m/s.</summary>
    public double DesiredSpeed { get; }

    /// <summary>T in s.</summary>
    public double TimeHeadway { get; }

    /// <summary>s0, bumper to bumper, in m.</summary>
    public double MinimumGap { get; }

    /// <summary>a in m/s2.</summary>
    public double Acceleration { get; }

    /// <summary>b, comfortable, in m/s2.</summary>
    public double Deceleration { get; }

    /// <summary>Highway traffic (Kesting, Treiber, Helbing: TRR 1999, 2007): T 1.2 s, s0 2 m, a 1.5, b 2.0 m/s2.</summary>
    public static Idm Highway(double desiredSpeed) => new(desiredSpeed, 1.2, 2, 1.5, 2.0);

    /// <summary>Acceleration on a free road: a [1 - (v / v0)^4].</summary>
    public double Free(double speed)
    {
        var ratio = speed * perDesiredSpeed;
        ratio *= ratio;
        return Acceleration * (1 - (ratio * ratio));
    }

    /// <summary>
    /// Acceleration behind a leader, at least -<see cref="HardestBraking"/>:
    /// a [1 - (v / v0)^4 - (s* / gap)^2], s* = s0 + max(0, v T + v (v - vLeader) / (2 sqrt(a b))).
    /// </summary>
    /// <param name="speed">Own speed in m/s.</param>
    /// <param name="gap">Bumper to bumper in m; infinity without a leader.</param>
    /// <param name="leaderSpeed">In m/s.</param>
    public double Accelerate(double speed, double gap, double leaderSpeed)
    {
        var dynamic = speed * (TimeHeadway + ((speed - leaderSpeed) * perTwiceRoot));
        var closeness = (MinimumGap + Math.Max(0, dynamic)) / Math.Max(gap, LeastGap);
        return Math.Max(Free(speed) - (Acceleration * closeness * closeness), -HardestBraking);
    }

    /// <summary>The gap at which a follower at its leader's speed keeps it: (s0 + v T) / sqrt(1 - (v / v0)^4).</summary>
    public double EquilibriumGap(double speed)
    {
        var ratio = speed * perDesiredSpeed;
        ratio *= ratio;
        return (MinimumGap + (speed * TimeHeadway)) / Math.Sqrt(1 - (ratio * ratio));
    }
}
