using SimEval.Worlds.Driving.Metrics;

namespace SimEval.Tests.Worlds.Driving.Metrics;

/// <summary>Frames for the metrics' tests: an ego of 4.5 m x 1.8 m in the middle of one lane.</summary>
internal static class Frames
{
    public const double Length = 4.5,
        Width = 1.8,
        Step = 0.1;

    public static readonly EgoSample Ego = new()
    {
        X = 0,
        Y = 0,
        Heading = 0,
        Cos = 1,
        Sin = 0,
        Speed = 10,
        Acceleration = 0,
        LateralAcceleration = 0,
        Lane = 0,
        LaneArc = 0,
        SpeedLimit = double.NaN,
        OffRoadDistance = 0,
        InOneLane = true,
        InIntersection = false,
        RouteArc = 0,
        AtGoal = false,
    };

    public static DrivingMetricsFold Fold(int horizon = 200, bool hasGoal = false) =>
        new(new DrivingMetricsSettings(Step, horizon, Length, Width, 1.4, hasGoal));

    public static AgentSample Agent(
        double x,
        double y,
        double heading = 0,
        double speed = 0,
        AgentClass of = AgentClass.Vehicle,
        int id = 1,
        double length = 4.5,
        double width = 1.8
    ) => new(id, of, x, y, Math.Cos(heading), Math.Sin(heading), speed, length / 2, width / 2);

    public static double[] Measure(this DrivingMetricsFold fold)
    {
        var values = new double[DrivingMetrics.All.Count];
        fold.Measure(values);
        return values;
    }

    public static double Of(this double[] values, string name)
    {
        for (var i = 0; i < DrivingMetrics.All.Count; i++)
        {
            if (DrivingMetrics.All[i].Name == name)
                return values[i];
        }

        throw new ArgumentException($"No metric {name}.", nameof(name));
    }

    public static void Set(this double[] values, string name, double value)
    {
        for (var i = 0; i < DrivingMetrics.All.Count; i++)
        {
            if (DrivingMetrics.All[i].Name == name)
                values[i] = value;
        }
    }

    public static double[] After(IEnumerable<EgoSample> frames, params AgentSample[] agents)
    {
        var fold = Fold();
        foreach (var frame in frames)
            fold.Add(frame, agents);
        return fold.Measure();
    }
}
