namespace SimEval.Worlds.Driving.Metrics;

/// <summary>What a fold needs to know before the first frame.</summary>
/// <param name="TimeStep">Seconds a frame.</param>
/// <param name="Horizon">Most steps of the episode; the fold takes one frame more (the initial state).</param>
/// <param name="Length">The ego's length in m.</param>
/// <param name="Width">The ego's width in m.</param>
/// <param name="RearAxle">Distance in m from the box's centre back to the rear axle.</param>
/// <param name="HasGoal">Whether the point has a goal; without one goal.reached is not available.</param>
public sealed record DrivingMetricsSettings(
    double TimeStep,
    int Horizon,
    double Length,
    double Width,
    double RearAxle,
    bool HasGoal
);

/// <summary>
/// Folds the frames of one rollout into the metrics of <see cref="DrivingMetrics"/>: the initial state first, then the
/// state after every step. Allocates nothing per frame. Not thread-safe.
/// </summary>
public sealed class DrivingMetricsFold
{
    // cos 30 degrees: within it a road user is ahead; beyond cos 150 degrees it is behind.
    private const double AheadCosine = 0.86602540378443865;
    private const double StoppedForCollision = 5e-2,
        StoppedForTtc = 5e-3;
    private const double OffRoadSlack = 0.3,
        HardBrakingLimit = -4.05,
        TtcBound = 0.95,
        SpeedExcessScale = 2.23;

    private readonly DrivingMetricsSettings settings;
    private readonly double halfLength,
        halfWidth;
    private readonly Comfort comfort;
    private readonly DirectionFold direction;
    private int[] collided = new int[8];
    private int collidedCount,
        frames,
        hardBrakings,
        ttcStep = TimeToCollision.Steps + 1;
    private int atFaultVulnerable,
        atFaultVehicles,
        atFaultObjects;
    private double worstDeltaV,
        offRoadWorst,
        excessSum,
        excessWorst,
        speedSum,
        distance,
        firstRoute = double.NaN,
        lastRoute = double.NaN,
        brakingNow;
    private bool offRoadNow,
        goal;

    /// <summary>A fold before its first frame.</summary>
    public DrivingMetricsFold(DrivingMetricsSettings settings)
    {
        this.settings = settings;
        halfLength = settings.Length / 2;
        halfWidth = settings.Width / 2;
        comfort = new Comfort(settings.TimeStep, settings.Horizon + 1);
        direction = new DirectionFold(settings.TimeStep, settings.Horizon + 1);
    }

    /// <summary>Frames folded so far.</summary>
    public int Frames => frames;

    /// <summary>Whether the ego has collided with anything so far.</summary>
    public bool HasCollided => collidedCount > 0;

    /// <summary>Folds one frame; agents in the world's fixed order.</summary>
    public FrameFindings Add(in EgoSample ego, ReadOnlySpan<AgentSample> agents)
    {
        var speed = Math.Abs(ego.Speed);
        var known = collidedCount;
        var (kind, atFault, agent) = Collide(ego, speed, agents);
        var (nearMiss, nearest) = Foresee(ego, speed, agents, atFault);
        comfort.Add(ego);
        direction.Add(ego);

        var wasOff = offRoadNow;
        offRoadNow = ego.OffRoadDistance >= OffRoadSlack;
        offRoadWorst = Math.Max(offRoadWorst, ego.OffRoadDistance);
        var wasBraking = brakingNow < HardBrakingLimit;
        brakingNow = ego.Acceleration;
        var brakedHard = !wasBraking && brakingNow < HardBrakingLimit;
        hardBrakings += brakedHard ? 1 : 0;

        // Outside all lanes no limit holds.
        var excess = ego.Lane >= 0 && speed > ego.SpeedLimit ? speed - ego.SpeedLimit : 0;
        excessSum += excess;
        excessWorst = Math.Max(excessWorst, excess);
        speedSum += speed;
        if (frames > 0)
            distance += speed * settings.TimeStep;
        if (double.IsNaN(firstRoute))
            firstRoute = ego.RouteArc;
        if (!double.IsNaN(ego.RouteArc))
            lastRoute = ego.RouteArc;
        goal |= ego.AtGoal;
        frames++;
        return new FrameFindings(
            collidedCount > known ? kind : CollisionKind.None,
            atFault,
            agent,
            offRoadNow && !wasOff,
            brakedHard,
            nearMiss,
            nearest
        );
    }

    /// <summary>
    /// Writes the metrics in the order of <see cref="DrivingMetrics.All"/>; NaN where not available, and for those that
    /// <see cref="NuPlanScore.Complete"/> fills.
    /// </summary>
    public void Measure(Span<double> values)
    {
        values.Fill(double.NaN);
        if (frames == 0)
            return;
        var atFault = atFaultVulnerable + atFaultVehicles + atFaultObjects;
        values[DrivingMetrics.CollisionAny] = collidedCount > 0 ? 1 : 0;
        values[DrivingMetrics.CollisionAtFault] = atFault > 0 ? 1 : 0;
        values[DrivingMetrics.CollisionScore] =
            atFaultVulnerable + atFaultVehicles > 0 ? 0 : Math.Max(0, 1 - (atFaultObjects / 2.0));
        values[DrivingMetrics.CollisionDeltaV] = worstDeltaV;
        values[DrivingMetrics.OffRoad] = offRoadWorst >= OffRoadSlack ? 1 : 0;
        values[DrivingMetrics.OffRoadDistance] = offRoadWorst;
        values[DrivingMetrics.DirectionScore] = direction.Score();
        values[DrivingMetrics.Progress] = lastRoute - firstRoute;
        values[DrivingMetrics.TtcMin] = ttcStep > TimeToCollision.Steps ? TimeToCollision.Horizon : ttcStep / 10.0;
        values[DrivingMetrics.TtcScore] = values[DrivingMetrics.TtcMin] > TtcBound ? 1 : 0;
        var duration = (frames - 1) * settings.TimeStep;
        values[DrivingMetrics.SpeedLimitScore] =
            duration > 0 ? Math.Max(0, 1 - (excessSum * settings.TimeStep / (SpeedExcessScale * duration))) : 1;
        values[DrivingMetrics.SpeedLimitExcess] = excessWorst;
        var x = comfort.Measure();
        values[DrivingMetrics.ComfortAll] = x.Holds;
        values[DrivingMetrics.ComfortAccelerating] = x.Accelerating;
        values[DrivingMetrics.ComfortBraking] = x.Braking;
        values[DrivingMetrics.ComfortLateral] = x.Lateral;
        values[DrivingMetrics.ComfortYawRate] = x.YawRate;
        values[DrivingMetrics.ComfortYawAcceleration] = x.YawAcceleration;
        values[DrivingMetrics.ComfortLongitudinalJerk] = x.LongitudinalJerk;
        values[DrivingMetrics.ComfortJerk] = x.Jerk;
        values[DrivingMetrics.GoalReached] = settings.HasGoal ? (goal ? 1 : 0) : double.NaN;
        values[DrivingMetrics.HardBraking] = hardBrakings / Math.Max(0.1, distance / 1000);
        values[DrivingMetrics.SpeedMean] = speedSum / frames;
    }

    // New overlaps, once per road user, classified by nuPlan's rules.
    private (CollisionKind Kind, bool AtFault, int Agent) Collide(
        in EgoSample ego,
        double speed,
        ReadOnlySpan<AgentSample> agents
    )
    {
        var kind = CollisionKind.None;
        var atFault = false;
        var who = -1;
        foreach (ref readonly var agent in agents)
        {
            var dx = agent.X - ego.X;
            var dy = agent.Y - ego.Y;
            var reach = halfLength + halfWidth + agent.HalfLength + agent.HalfWidth;
            if (
                Math.Abs(dx) > reach
                || Math.Abs(dy) > reach
                || !BoxOverlap.Touches(
                    dx,
                    dy,
                    ego.Cos,
                    ego.Sin,
                    halfLength,
                    halfWidth,
                    agent.Cos,
                    agent.Sin,
                    agent.HalfLength,
                    agent.HalfWidth
                )
                || HasCollidedWith(agent.Id)
            )
                continue;
            Remember(agent.Id);
            worstDeltaV = Math.Max(worstDeltaV, DeltaV(ego, speed, agent));
            var found = Classify(ego, speed, agent);
            var fault =
                found is CollisionKind.StoppedTrack or CollisionKind.ActiveFront
                || (found == CollisionKind.ActiveLateral && !ego.InOneLane);
            if (fault)
                Count(agent.Class);
            if (kind == CollisionKind.None || (fault && !atFault))
                (kind, who) = (found, agent.Id);
            atFault |= fault;
        }

        return (kind, atFault, who);
    }

    private CollisionKind Classify(in EgoSample ego, double speed, in AgentSample agent)
    {
        if (speed <= StoppedForCollision)
            return CollisionKind.StoppedEgo;
        if (SpeedOf(agent) <= StoppedForCollision)
            return CollisionKind.StoppedTrack;
        if (Bearing(ego, agent) < -AheadCosine)
            return CollisionKind.ActiveRear;
        return FrontBumperTouches(ego, agent) ? CollisionKind.ActiveFront : CollisionKind.ActiveLateral;
    }

    // The front bumper is a box without length at the ego's front.
    private bool FrontBumperTouches(in EgoSample ego, in AgentSample agent) =>
        BoxOverlap.Touches(
            agent.X - (ego.X + (halfLength * ego.Cos)),
            agent.Y - (ego.Y + (halfLength * ego.Sin)),
            ego.Cos,
            ego.Sin,
            0,
            halfWidth,
            agent.Cos,
            agent.Sin,
            agent.HalfLength,
            agent.HalfWidth
        );

    // Only a lower time than the least so far matters, so that the projections grow ever shorter.
    private (bool NearMiss, int Agent) Foresee(
        in EgoSample ego,
        double speed,
        ReadOnlySpan<AgentSample> agents,
        bool atFaultNow
    )
    {
        var before = ttcStep;
        if (atFaultNow)
        {
            ttcStep = 0;
            return (false, -1);
        }

        if (speed <= StoppedForTtc)
            return (false, -1);
        var sideways = !ego.InOneLane || ego.InIntersection;
        var nearest = -1;
        foreach (ref readonly var agent in agents)
        {
            if (ttcStep <= 1)
                break;
            var bearing = Bearing(ego, agent);
            var considered = bearing > AheadCosine || (sideways && !(bearing < -AheadCosine));
            if (!considered || (collidedCount > 0 && HasCollidedWith(agent.Id)))
                continue;
            var moving = agent.Class == AgentClass.Object ? agent with { Speed = 0 } : agent;
            var step = TimeToCollision.FirstStep(ego, halfLength, halfWidth, moving, ttcStep - 1);
            if (step > 0)
                (ttcStep, nearest) = (step, agent.Id);
        }

        var near = before * TimeToCollision.Step > TtcBound && ttcStep * TimeToCollision.Step <= TtcBound;
        return (near, near ? nearest : -1);
    }

    // Cosine of the angle between the heading and the way from the rear axle to the other's centre.
    private double Bearing(in EgoSample ego, in AgentSample agent)
    {
        var dx = agent.X - (ego.X - (settings.RearAxle * ego.Cos));
        var dy = agent.Y - (ego.Y - (settings.RearAxle * ego.Sin));
        return ((dx * ego.Cos) + (dy * ego.Sin)) / Math.Sqrt((dx * dx) + (dy * dy));
    }

    // Equal masses of 2,000 kg: half of the relative velocity.
    private static double DeltaV(in EgoSample ego, double speed, in AgentSample agent)
    {
        var other = SpeedOf(agent);
        var cosine = (ego.Cos * agent.Cos) + (ego.Sin * agent.Sin);
        var squared = (speed * speed) + (other * other) - (2 * speed * other * cosine);
        return 0.5 * Math.Sqrt(Math.Max(0, squared));
    }

    private static double SpeedOf(in AgentSample agent) => agent.Class == AgentClass.Object ? 0 : Math.Abs(agent.Speed);

    private void Count(AgentClass @class)
    {
        switch (@class)
        {
            case AgentClass.Vehicle:
                atFaultVehicles++;
                break;
            case AgentClass.Vulnerable:
                atFaultVulnerable++;
                break;
            default:
                atFaultObjects++;
                break;
        }
    }

    private bool HasCollidedWith(int id) => collided.AsSpan(0, collidedCount).Contains(id);

    private void Remember(int id)
    {
        if (collidedCount == collided.Length)
            Array.Resize(ref collided, collidedCount * 2);
        collided[collidedCount++] = id;
    }
}
