namespace SimEval.Worlds.Driving.Ego;

/// <summary>The vehicle under test at one instant.</summary>
internal struct EgoState
{
    /// <summary>Centre of the box, local m.</summary>
    public double X,
        Y;

    /// <summary>rad, not wrapped.</summary>
    public double Heading;

    public double Cos,
        Sin;

    /// <summary>Steering angle at the front wheels, rad.</summary>
    public double Steering;

    /// <summary>m/s, at least 0 unless it may reverse.</summary>
    public double Speed;

    /// <summary>Acceleration of the last step, m/s2.</summary>
    public double Acceleration;

    /// <summary>rad/s.</summary>
    public double YawRate;
}
