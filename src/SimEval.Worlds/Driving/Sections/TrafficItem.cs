namespace SimEval.Worlds.Driving.Sections;

/// <summary>One entry of `traffic`.</summary>
internal abstract record TrafficItem
{
    /// <summary>JSON path, which also names its random stream.</summary>
    public required string Path { get; init; }
}

/// <summary>A car of a neighbouring lane that cuts in before the ego.</summary>
internal sealed record CutsIn : TrafficItem
{
    /// <summary>Bumper-to-bumper gap in m as it starts, if the ego has held its speed.</summary>
    public double Gap { get; init; } = 15;

    public double Duration { get; init; } = 3;

    /// <summary>Seconds until it starts.</summary>
    public double After { get; init; } = 2;

    /// <summary>Its speed in m/s; NaN: <see cref="Slower"/> below the ego's.</summary>
    public double Speed { get; init; } = double.NaN;

    public double Slower { get; init; } = 4;

    public string From { get; init; } = "left";
}

/// <summary>Traffic spread over lanes.</summary>
internal sealed record Fill : TrafficItem
{
    /// <summary>Vehicles per metre of lane.</summary>
    public double Density { get; init; }

    /// <summary>Lanes it fills; empty: all in the ego's direction.</summary>
    public IReadOnlyList<int> Lanes { get; init; } = [];

    /// <summary>Mean desired speed in m/s; NaN: the ego's at the start.</summary>
    public double Speed { get; init; } = double.NaN;

    public bool ChangesLanes { get; init; } = true;
}

/// <summary>A leader that stops and goes.</summary>
internal sealed record Jam : TrafficItem
{
    public double Gap { get; init; } = 20;

    public double Fastest { get; init; } = 10;

    public double Slowest { get; init; }

    /// <summary>Seconds from one stop to the next.</summary>
    public double Period { get; init; } = 16;

    public double Braking { get; init; } = 3;
}

/// <summary>A pedestrian who crosses where nobody should.</summary>
internal sealed record Jaywalker : TrafficItem
{
    /// <summary>Metres along the route from the ego's start.</summary>
    public double Ahead { get; init; } = 70;

    /// <summary>Steps out when the ego, at its speed, is this many seconds away.</summary>
    public double When { get; init; } = 3;

    public double Speed { get; init; } = 1.4;

    public string From { get; init; } = "right";

    /// <summary>Metres from the edge of the ego's lane to where the pedestrian waits.</summary>
    public double Aside { get; init; } = 1.5;
}

/// <summary>A stream of oncoming vehicles.</summary>
internal sealed record Oncoming : TrafficItem
{
    /// <summary>Mean seconds between two of them.</summary>
    public double Every { get; init; } = 5;

    public double Speed { get; init; } = 12;

    public int Count { get; init; } = 8;
}

/// <summary>Parked cars beside the lane, or obstacles on it.</summary>
internal sealed record Parked : TrafficItem
{
    public double Ahead { get; init; } = 40;

    public int Count { get; init; } = 1;

    public double Spacing { get; init; } = 7;

    public string Side { get; init; } = "right";

    /// <summary>Metres between the ego's lane edge and the cars' near side; negative reaches into the lane.</summary>
    public double Aside { get; init; } = 0.4;
}

/// <summary>One vehicle.</summary>
internal sealed record SingleVehicle : TrafficItem
{
    public int Lane { get; init; } = -1;

    /// <summary>Metres ahead of the ego's start along the lane, centre to centre.</summary>
    public double Ahead { get; init; } = 40;

    public double Speed { get; init; } = double.NaN;

    /// <summary>Speed it wants; NaN: its speed.</summary>
    public double Wants { get; init; } = double.NaN;

    public bool ChangesLanes { get; init; }

    /// <summary>At an intersection: "left", "straight" or "right".</summary>
    public string Turn { get; init; } = "straight";

    /// <summary>Whether it is an obstacle of the size of a car that never moves.</summary>
    public bool Stands { get; init; }
}
