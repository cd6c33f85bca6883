namespace SimEval.Worlds.Driving.Sections;

/// <summary>A `world.driving` section as written, in base units (m, s, rad), with every default filled in.</summary>
internal sealed record DrivingSection
{
    /// <summary>A CommonRoad file, or null for a procedural road.</summary>
    public string? CommonRoad { get; init; }

    /// <summary>The planning problem of the file; null: its only one.</summary>
    public string? Problem { get; init; }

    public required RoadSection Road { get; init; }

    public required EgoSection Ego { get; init; }

    public required IReadOnlyList<TrafficItem> Traffic { get; init; }

    /// <summary>Whether a file's vehicles react (IDM along their lanes) instead of following their recording.</summary>
    public bool Reactive { get; init; }

    public double TimeStep { get; init; } = 0.1;

    /// <summary>Seconds; NaN: 12 s on a procedural road, the recording's length on a CommonRoad file.</summary>
    public double Duration { get; init; } = double.NaN;

    public required ObservationSection Observation { get; init; }

    public required ActionSection Action { get; init; }
}

/// <summary>A procedural road.</summary>
internal sealed record RoadSection
{
    public int Lanes { get; init; } = 3;

    public int Opposing { get; init; }

    public double Length { get; init; } = 1000;

    public double LaneWidth { get; init; } = 3.5;

    public double SpeedLimit { get; init; } = 130 / 3.6;

    /// <summary>Curves in order: straight metres before, radius (left positive), length.</summary>
    public IReadOnlyList<(double After, double Radius, double Length)> Curves { get; init; } = [];

    public double Shoulder { get; init; }

    public double Sidewalk { get; init; }

    public (double At, double Length, double Approach)? OnRamp { get; init; }

    public IReadOnlyList<double> Crosswalks { get; init; } = [];

    public IntersectionSection? Intersection { get; init; }
}

/// <summary>An intersection of two such roads.</summary>
internal sealed record IntersectionSection(
    double Arm,
    double CornerRadius,
    bool Crosswalks,
    (double Green, double Yellow, double AllRed, double Offset)? Lights
);

/// <summary>The vehicle under test.</summary>
internal sealed record EgoSection
{
    public int Lane { get; init; } = -1;

    /// <summary>"road", "ramp", or the arm it comes from ("south", ...).</summary>
    public string On { get; init; } = "road";

    /// <summary>At an intersection: "left", "straight" or "right".</summary>
    public string Turn { get; init; } = "straight";

    public double Position { get; init; } = 50;

    public double Speed { get; init; } = 25;

    public int Vehicle { get; init; } = 2;

    /// <summary>Speed in m/s that it is asked to drive where it may; infinity: the posted limit.</summary>
    public double Cruise { get; init; } = double.PositiveInfinity;

    /// <summary>Whether braking goes on into driving backwards.</summary>
    public bool MayReverse { get; init; }

    /// <summary>Metres along the route to the goal; NaN: none.</summary>
    public double Goal { get; init; } = double.NaN;
}

/// <summary>How the observation is laid out.</summary>
internal sealed record ObservationSection
{
    public string Kind { get; init; } = "flat";

    public int Agents { get; init; } = 16;

    public int History { get; init; } = 5;

    public int RoutePoints { get; init; } = 20;

    public int Lanes { get; init; } = 8;

    public int LanePoints { get; init; } = 20;

    public int Height { get; init; } = 64;

    public int Width { get; init; } = 64;

    public double Resolution { get; init; } = 0.5;
}

/// <summary>How the action is laid out.</summary>
internal sealed record ActionSection
{
    public string Kind { get; init; } = "accelerationSteeringAngle";

    /// <summary>What a 1 means: m/s2 and rad (or rad/s); for waypoints one number of metres.</summary>
    public IReadOnlyList<double> Scale { get; init; } = [];

    public int Waypoints { get; init; } = 8;

    /// <summary>Seconds between two waypoints.</summary>
    public double Spacing { get; init; } = 0.5;
}
