using SimEval.Metrics;

namespace SimEval.Worlds.Driving.Metrics;

/// <summary>The registry of the driving world: every metric of a rollout, in the order in which folds write them.</summary>
public static class DrivingMetrics
{
    private const string NuPlan =
        "nuPlan closed-loop metrics (Caesar et al. 2021, arXiv:2106.11810; nuplan-devkit e924167, configuration over documentation)";
    private const string Own = "SimEval";

    private static readonly List<MetricDefinition> Registry = [];

    internal static readonly int Score = Higher(
        "score",
        "nuPlan score",
        "scores lower",
        "",
        MetricScale.Share,
        NuPlan,
        "Product of the collision, drivable area, progress-making and direction scores times the weighted mean of progress (5), time to collision (5), speed limit (4) and comfort (2)."
    );
    internal static readonly int CollisionAny = Lower(
        "collision.any",
        "Collisions",
        "collides more",
        "",
        MetricScale.Binary,
        Own,
        "1 when the ego's box touched another road user's, whoever was at fault."
    );
    internal static readonly int CollisionAtFault = Lower(
        "collision.atFault",
        "At-fault collisions",
        "causes more collisions",
        "",
        MetricScale.Binary,
        NuPlan,
        "1 when the ego hit something that stood, hit with its front bumper, or hit sideways while not in one lane."
    );
    internal static readonly int CollisionScore = Higher(
        "collision.score",
        "No at-fault collision score",
        "has a lower collision score",
        "",
        MetricScale.Share,
        NuPlan,
        "Product over vulnerable users, vehicles and objects of max(0, 1 - n / (allowed + 1)) with 0, 0 and 1 allowed."
    );
    internal static readonly int CollisionDeltaV = Lower(
        "collision.deltaV",
        "Change of speed in the worst collision",
        "collides harder",
        "m/s",
        MetricScale.Real,
        NuPlan,
        "Greatest change of the ego's speed in a collision between equal masses; 0 without a collision."
    );
    internal static readonly int OffRoad = Lower(
        "offRoad",
        "Off-road departures",
        "leaves the road more",
        "",
        MetricScale.Binary,
        NuPlan,
        "1 when a corner of the ego's box was 0.3 m or more outside the drivable area."
    );
    internal static readonly int OffRoadDistance = Lower(
        "offRoad.distance",
        "Farthest off the road",
        "goes farther off the road",
        "m",
        MetricScale.Real,
        Own,
        "Greatest distance from a corner of the ego's box to the drivable area."
    );
    internal static readonly int DirectionScore = Higher(
        "direction.score",
        "Driving direction score",
        "drives against the traffic more",
        "",
        MetricScale.Share,
        NuPlan,
        "1, 0.5 or 0 as the farthest drive against the lane's direction within 1 s stays below 2 m, below 6 m, or not."
    );
    internal static readonly int Progress = Higher(
        "progress",
        "Progress along the route",
        "progresses less",
        "m",
        MetricScale.Real,
        NuPlan,
        "Distance along the route from the first frame to the last."
    );
    internal static readonly int ProgressRatio = Higher(
        "progress.ratio",
        "Progress against the expert",
        "progresses less",
        "",
        MetricScale.Share,
        NuPlan,
        "min(1, max(progress, 2 m) / max(the expert's, 2 m)); 0 below -2 m; 1 where there is no route."
    );
    internal static readonly int ProgressMaking = Higher(
        "progress.making",
        "Making progress",
        "fails to progress more",
        "",
        MetricScale.Binary,
        NuPlan,
        "1 when the progress ratio is at least 0.2."
    );
    internal static readonly int TtcMin = Higher(
        "ttc.min",
        "Minimum time to collision",
        "comes closer to colliding",
        "s",
        MetricScale.Real,
        NuPlan,
        "Least time, in steps of 0.1 s, until boxes of constant speed and heading meet; 3 s when none does within 2.9 s; 0 in an at-fault collision."
    );
    internal static readonly int TtcScore = Higher(
        "ttc.score",
        "Time to collision in bounds",
        "comes too close to colliding more",
        "",
        MetricScale.Binary,
        NuPlan,
        "1 when the least time to collision is above 0.95 s."
    );
    internal static readonly int SpeedLimitScore = Higher(
        "speedLimit.score",
        "Speed limit score",
        "speeds more",
        "",
        MetricScale.Share,
        NuPlan,
        "max(0, 1 - integral of the excess over the limit / (2.23 m/s times the duration))."
    );
    internal static readonly int SpeedLimitExcess = Lower(
        "speedLimit.excess",
        "Greatest excess over the speed limit",
        "speeds by more",
        "m/s",
        MetricScale.Real,
        NuPlan,
        "Greatest speed above the limit; 0 where there is none."
    );
    internal static readonly int ComfortAll = Higher(
        "comfort",
        "Comfort",
        "rides less comfortably",
        "",
        MetricScale.Binary,
        NuPlan,
        "1 when acceleration, yaw and jerk all stay within the published limits."
    );
    internal static readonly int ComfortAccelerating = Lower(
        "comfort.acceleration",
        "Greatest acceleration",
        "accelerates harder",
        "m/s2",
        MetricScale.Real,
        NuPlan,
        "Greatest filtered longitudinal acceleration; limit 2.40."
    );
    internal static readonly int ComfortBraking = Lower(
        "comfort.braking",
        "Greatest braking",
        "brakes harder",
        "m/s2",
        MetricScale.Real,
        NuPlan,
        "Greatest filtered deceleration; limit 4.05."
    );
    internal static readonly int ComfortLateral = Lower(
        "comfort.lateralAcceleration",
        "Greatest lateral acceleration",
        "takes curves harder",
        "m/s2",
        MetricScale.Real,
        NuPlan,
        "Greatest magnitude of the filtered lateral acceleration; limit 4.89."
    );
    internal static readonly int ComfortYawRate = Lower(
        "comfort.yawRate",
        "Greatest yaw rate",
        "turns faster",
        "rad/s",
        MetricScale.Real,
        NuPlan,
        "Greatest magnitude; limit 0.95."
    );
    internal static readonly int ComfortYawAcceleration = Lower(
        "comfort.yawAcceleration",
        "Greatest yaw acceleration",
        "turns in harder",
        "rad/s2",
        MetricScale.Real,
        NuPlan,
        "Greatest magnitude; limit 1.93."
    );
    internal static readonly int ComfortLongitudinalJerk = Lower(
        "comfort.longitudinalJerk",
        "Greatest longitudinal jerk",
        "rides jerkier",
        "m/s3",
        MetricScale.Real,
        NuPlan,
        "Greatest magnitude of the derivative of the filtered longitudinal acceleration; limit 4.13."
    );
    internal static readonly int ComfortJerk = Lower(
        "comfort.jerk",
        "Greatest jerk",
        "rides jerkier",
        "m/s3",
        MetricScale.Real,
        NuPlan,
        "Greatest magnitude of the derivative of the filtered acceleration's magnitude; limit 8.37."
    );
    internal static readonly int GoalReached = Higher(
        "goal.reached",
        "Goal reached",
        "reaches the goal less",
        "",
        MetricScale.Binary,
        "CommonRoad goal states (Althoff, Koschi, Manzinger 2017)",
        "1 when a goal state held at some frame; not available where there is no goal."
    );
    internal static readonly int HardBraking = Lower(
        "hardBraking.perKm",
        "Hard braking",
        "brakes hard more",
        "1/km",
        MetricScale.Real,
        Own,
        "Times the acceleration fell below -4.05 m/s2, per kilometre driven (of at least 0.1 km)."
    );
    internal static readonly int SpeedMean = Neutral(
        "speed.mean",
        "Mean speed",
        "m/s",
        MetricScale.Real,
        Own,
        "Mean speed over the rollout."
    );

    /// <summary>Every metric, in the order of <see cref="DrivingMetricsFold.Measure"/>.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } = Registry.AsReadOnly();

    private static int Higher(
        string name,
        string title,
        string worse,
        string unit,
        MetricScale scale,
        string source,
        string text
    ) => Register(new(name, title, unit, MetricDirection.HigherIsBetter, scale, source, text) { Worse = worse });

    private static int Lower(
        string name,
        string title,
        string worse,
        string unit,
        MetricScale scale,
        string source,
        string text
    ) => Register(new(name, title, unit, MetricDirection.LowerIsBetter, scale, source, text) { Worse = worse });

    private static int Neutral(string name, string title, string unit, MetricScale scale, string source, string text) =>
        Register(new(name, title, unit, MetricDirection.Neutral, scale, source, text));

    private static int Register(MetricDefinition definition)
    {
        Registry.Add(definition);
        return Registry.Count - 1;
    }
}
