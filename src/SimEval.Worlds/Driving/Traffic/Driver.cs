namespace SimEval.Worlds.Driving.Traffic;

/// <summary>A vehicle that drives by itself, as it enters traffic.</summary>
public readonly record struct Driver
{
    /// <summary>Longitudinal habits.</summary>
    public required Idm Idm { get; init; }

    /// <summary>Lane to enter.</summary>
    public required int Lane { get; init; }

    /// <summary>Arc length of the centre of the box in m.</summary>
    public required double Along { get; init; }

    /// <summary>In m/s, at least 0.</summary>
    public required double Speed { get; init; }

    /// <summary>In m.</summary>
    public double Length { get; init; } = 4.5;

    /// <summary>In m.</summary>
    public double Width { get; init; } = 1.8;

    /// <summary>Whether MOBIL may change its lane.</summary>
    public bool ChangesLanes { get; init; }

    /// <summary>Share of a posted speed limit that it drives at most; its desired speed holds as well.</summary>
    public double LimitFactor { get; init; } = 1;

    /// <summary>Picks its way at forks.</summary>
    public ulong Traveller { get; init; }

    /// <summary>Lanes to drive in this order; null: picked at forks by <see cref="Traveller"/>.</summary>
    public int[]? Way { get; init; }

    /// <summary>With the defaults of a car.</summary>
    public Driver() { }
}
