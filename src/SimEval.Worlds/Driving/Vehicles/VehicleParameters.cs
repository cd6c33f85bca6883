namespace SimEval.Worlds.Driving.Vehicles;

/// <summary>
/// Size and limits of a vehicle: CommonRoad vehicle models, parameter sets 1 to 3 (Althoff, Koschi, Manzinger: "CommonRoad:
/// Composable Benchmarks for Motion Planning on Roads", 2017, and its vehicle model documentation).
/// </summary>
public sealed record VehicleParameters
{
    private const double Foot = 0.3048;

    private VehicleParameters() { }

    /// <summary>The set's number.</summary>
    public required int Number { get; init; }

    /// <summary>The car that it was taken from.</summary>
    public required string Name { get; init; }

    /// <summary>Length in m.</summary>
    public required double Length { get; init; }

    /// <summary>Width in m.</summary>
    public required double Width { get; init; }

    /// <summary>Centre of gravity to front axle in m.</summary>
    public required double ToFrontAxle { get; init; }

    /// <summary>Centre of gravity to rear axle in m.</summary>
    public required double ToRearAxle { get; init; }

    /// <summary>Axle to axle in m.</summary>
    public double Wheelbase => ToFrontAxle + ToRearAxle;

    /// <summary>Greatest steering angle of the front wheels in rad, either way.</summary>
    public required double MaximumSteering { get; init; }

    /// <summary>Greatest rate of the steering angle in rad/s, either way.</summary>
    public double MaximumSteeringRate => 0.4;

    /// <summary>Greatest speed backwards in m/s, negative.</summary>
    public required double MinimumSpeed { get; init; }

    /// <summary>Greatest speed in m/s.</summary>
    public required double MaximumSpeed { get; init; }

    /// <summary>Speed in m/s above which power, not grip, limits acceleration.</summary>
    public required double SwitchingSpeed { get; init; }

    /// <summary>Radius of the friction circle in m/s^2.</summary>
    public double MaximumAcceleration => 11.5;

    /// <summary>Set 1.</summary>
    public static VehicleParameters FordEscort { get; } =
        new()
        {
            Number = 1,
            Name = "Ford Escort",
            Length = 4.298,
            Width = 1.674,
            ToFrontAxle = 2.9 * Foot,
            ToRearAxle = 4.95 * Foot,
            MaximumSteering = 0.910,
            MinimumSpeed = -13.9,
            MaximumSpeed = 45.8,
            SwitchingSpeed = 4.755,
        };

    /// <summary>Set 2.</summary>
    public static VehicleParameters Bmw320i { get; } =
        new()
        {
            Number = 2,
            Name = "BMW 320i",
            Length = 4.508,
            Width = 1.610,
            ToFrontAxle = 3.793293 * Foot,
            ToRearAxle = 4.667707 * Foot,
            MaximumSteering = 1.066,
            MinimumSpeed = -13.6,
            MaximumSpeed = 50.8,
            SwitchingSpeed = 7.319,
        };

    /// <summary>Set 3.</summary>
    public static VehicleParameters VwVanagon { get; } =
        new()
        {
            Number = 3,
            Name = "VW Vanagon",
            Length = 4.569,
            Width = 1.844,
            ToFrontAxle = 3.775563 * Foot,
            ToRearAxle = 4.334437 * Foot,
            MaximumSteering = 1.023,
            MinimumSpeed = -11.2,
            MaximumSpeed = 41.7,
            SwitchingSpeed = 7.824,
        };

    /// <summary>The set of a number, or null where there is none here.</summary>
    public static VehicleParameters? Find(int number) =>
        number switch
        {
            1 => FordEscort,
            2 => Bmw320i,
            3 => VwVanagon,
            _ => null,
        };
}
