namespace SimEval.Worlds.Driving.Sensing;

/// <summary>Someone ahead on the ego's path, or about to be: along the route, bumper to bumper.</summary>
internal struct Obstacle
{
    /// <summary>Whether there is one.</summary>
    public bool Present;

    /// <summary>Metres between the bumpers along the route; may be negative for one alongside.</summary>
    public double Gap;

    /// <summary>Speed along the route in m/s; negative towards the ego.</summary>
    public double Speed;

    /// <summary>Acceleration in m/s2 (0 where it is not known).</summary>
    public double Acceleration;

    /// <summary>Lateral distance in m of its near side from the ego's path; 0 on it.</summary>
    public double Aside;

    /// <summary>Lateral speed in m/s towards the path (positive).</summary>
    public double Closing;

    /// <summary>Seconds until it is on the path; 0 now.</summary>
    public double Enters;

    /// <summary>Metres between the ego's rear and it at the time of entry, if the ego speeds up to go first.</summary>
    public double Lead;
}

/// <summary>Someone whose way crosses the ego's path.</summary>
internal struct Crosser
{
    /// <summary>Whether there is one.</summary>
    public bool Present;

    /// <summary>Metres from the ego's front to the stretch of path that it will take; 0 inside it.</summary>
    public double Distance;

    /// <summary>Length in m of that stretch.</summary>
    public double Extent;

    /// <summary>Seconds until it is there.</summary>
    public double Enters;

    /// <summary>Seconds until it has left.</summary>
    public double Leaves;

    /// <summary>Seconds until the ego's front is at the stretch, and until its rear has left it, if it hurries from now on.</summary>
    public double Arrives,
        Clears;

    /// <summary>Seconds between the two if the ego hurries: before or after the other, whichever is more; negative: they meet.</summary>
    public readonly double Slack => Math.Max(Enters - Clears, Arrives - Leaves);

    /// <summary>Whether it is a pedestrian or a cyclist.</summary>
    public bool Vulnerable;
}

/// <summary>A neighbour in an adjacent lane.</summary>
internal struct Neighbour
{
    /// <summary>Whether there is one.</summary>
    public bool Present;

    /// <summary>Bumper to bumper in m; negative alongside.</summary>
    public double Gap;

    /// <summary>Speed along the route in m/s.</summary>
    public double Speed;
}

/// <summary>
/// What a driver makes of one frame, in coordinates of the route: the flat observation is this, scaled, and the built-in
/// expert acts on nothing else.
/// </summary>
internal struct Perception
{
    /// <summary>Where the ego is: arc length of its centre, lateral offset in m (left positive), heading error in rad.</summary>
    public double S,
        D,
        HeadingError;

    /// <summary>Ego's speed, acceleration, steering angle, yaw rate.</summary>
    public double Speed,
        Acceleration,
        Steering,
        YawRate;

    /// <summary>Speed limit here in m/s (infinity: none).</summary>
    public double Limit;

    /// <summary>The highest speed now from which every limit and bend ahead is reached by gentle braking, at most what is asked for, in m/s.</summary>
    public double AllowedSpeed;

    /// <summary>Steering angle in rad that leads to the route by pure pursuit.</summary>
    public double PursuitSteering;

    /// <summary>Curvature in 1/m of the route here and 10, 20, 40 and 80 m ahead.</summary>
    public double Curvature0,
        Curvature10,
        Curvature20,
        Curvature40,
        Curvature80;

    /// <summary>Metres to the end of the route.</summary>
    public double RouteLeft;

    /// <summary>Metres from the front to a stop line whose light says stop; infinity: none.</summary>
    public double StopLine;

    /// <summary>Who is on the path ahead.</summary>
    public Obstacle Leader;

    /// <summary>Who is about to come onto it in the ego's direction (a cut-in, a merge).</summary>
    public Obstacle Joiner;

    /// <summary>Who will cross it: the two with the least slack.</summary>
    public Crosser Crosser1,
        Crosser2;

    /// <summary>The nearest ahead and behind in the lanes beside.</summary>
    public Neighbour LeftAhead,
        LeftBehind,
        RightAhead,
        RightBehind;
}
