using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Population;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Sensing;

namespace SimEval.Worlds.Driving.Episodes;

/// <summary>
/// One closed-loop episode. A step, in this order: traffic and scripts decide on the state as it stands and move; the ego
/// moves by its action; then the new frame is measured and hashed. Nothing reacts within a step to what moved in it.
/// </summary>
internal sealed class DrivingEpisode : IEpisode
{
    private readonly DrivingWorld world;
    private readonly Cast cast;
    private readonly ActorTable actors;
    private readonly Perceiver perceiver;
    private readonly EgoPlace place;
    private readonly DrivingMetricsFold metrics;
    private readonly List<SceneEvent> events = [];
    private readonly LightState[] lights;
    private EgoState ego;
    private Perception perception;
    private int routeHint;
    private bool perceived;
    private bool collided;

    public DrivingEpisode(DrivingWorld world, Cast cast)
    {
        this.world = world;
        this.cast = cast;
        actors = new ActorTable(cast.Capacity);
        perceiver = new Perceiver(world.Route, world.Vehicle);
        place = new EgoPlace(world.Graph, world.Route, world.Vehicle);
        metrics = new DrivingMetricsFold(
            new DrivingMetricsSettings(
                world.TimeStep,
                world.Horizon,
                world.Vehicle.Length,
                world.Vehicle.Width,
                world.Vehicle.ToRearAxle,
                world.Goal is not null
            )
        );
        if (world.Observer.History > 0)
            History = new AgentHistory(cast.Capacity, world.Observer.History);
        lights = new LightState[world.Graph.Network.Lights.Length];
        ego = world.Start;
        routeHint = world.Route.IndexAt(world.Route.Locate(ego.X, ego.Y).S);
        Checksum = cast.Key;
        Settle();
    }

    /// <inheritdoc/>
    public int Frame { get; private set; }

    /// <inheritdoc/>
    public bool IsOver => Ending.Length > 0;

    /// <inheritdoc/>
    public string Ending { get; private set; } = "";

    /// <inheritdoc/>
    public ulong Checksum { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<SceneEvent> Events => events;

    /// <summary>The ego as it stands.</summary>
    public ref readonly EgoState Ego => ref ego;

    /// <summary>The others as they stand.</summary>
    public ActorTable Actors => actors;

    /// <summary>Where they were; null where the observation does not look back.</summary>
    public AgentHistory? History { get; }

    /// <summary>The world it runs in.</summary>
    public DrivingWorld World => world;

    /// <summary>What lights show now.</summary>
    public ReadOnlySpan<LightState> Lights => lights;

    /// <summary>What a driver makes of this frame; computed once, when first asked for.</summary>
    public ref readonly Perception Perceive()
    {
        if (!perceived)
        {
            perceiver.Look(ego, ref routeHint, actors, NextStopLine(), world.Cruise, out perception);
            perceived = true;
        }

        return ref perception;
    }

    /// <summary>The action that asks for an acceleration (m/s2) and a target steering angle (rad).</summary>
    public void Encode(double acceleration, double steering, Span<float> action) =>
        world.Codec.Encode(acceleration, steering, ego, world.TimeStep, action);

    /// <inheritdoc/>
    public void Observe(int tensor, Span<float> row) => world.Observer.Write(this, tensor, row);

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> action) => Step(action, 0, action);

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> before, double delay, ReadOnlySpan<float> action)
    {
        if (IsOver)
            throw new InvalidOperationException("The episode is over.");
        cast.Flow.ClearGuests();
        if (cast.Flow.Count > 0)
            place.Announce(ego, cast.Flow);
        cast.Step(Frame, ego.Speed, Perceive().S, lights);
        Move(before, delay, action);
        Frame++;
        Settle();
    }

    /// <inheritdoc/>
    public void Hold(Span<float> action) => Encode(0, ego.Steering, action);

    private void Move(ReadOnlySpan<float> before, double delay, ReadOnlySpan<float> action)
    {
        var speed = ego.Speed;
        if (delay > 0)
            Move(before, Math.Min(delay, world.TimeStep));
        if (delay < world.TimeStep)
            Move(action, world.TimeStep - delay);
        if (delay > 0)
            ego.Acceleration = (ego.Speed - speed) / world.TimeStep;
    }

    private void Move(ReadOnlySpan<float> action, double duration)
    {
        var (acceleration, steeringRate) = world.Codec.Decode(action, ego, duration);
        EgoDynamics.Step(ref ego, acceleration, steeringRate, duration, world.Vehicle, world.Section.Ego.MayReverse);
    }

    /// <inheritdoc/>
    public void Measure(Span<double> values) => metrics.Measure(values);

    /// <inheritdoc/>
    public void Draw(ICollection<SceneActor> actorsDrawn)
    {
        var origin = world.Graph.Network.Origin;
        actorsDrawn.Add(
            new SceneActor(
                0,
                SceneActorKind.Ego,
                ego.X + origin.X,
                ego.Y + origin.Y,
                ego.Heading,
                world.Vehicle.Length,
                world.Vehicle.Width,
                ego.Speed
            )
        );
        foreach (ref readonly var other in actors.Present)
        {
            actorsDrawn.Add(
                new SceneActor(
                    other.Id + 1,
                    actors.KindOf(other.Id),
                    other.X + origin.X,
                    other.Y + origin.Y,
                    actors.HeadingOf(other.Id),
                    2 * other.HalfLength,
                    2 * other.HalfWidth,
                    other.Speed
                )
            );
        }

        LightDrawing.Draw(world.Graph.Network, lights, cast.Capacity + 1, actorsDrawn);
    }

    // The new frame: who is where, what it scores, whether it ends, and the checksum of it all.
    private void Settle()
    {
        perceived = false;
        for (var i = 0; i < lights.Length; i++)
            lights[i] = world.Graph.Network.Lights[i].StateAt(world.FirstStep + Frame);
        actors.Clear();
        cast.Appear(Frame, actors);
        History?.Add(actors);
        var (s, d) = world.Route.Locate(ego.X, ego.Y, ref routeHint);
        place.Find(ego, s, d);
        var atGoal = Frame > 0 && (world.Goal?.IsReached(ego, s, Frame) ?? false);
        var findings = metrics.Add(Sample(s, atGoal), actors.Present);
        Note(findings, atGoal);
        collided |= findings.Collision != CollisionKind.None;
        // Whatever the start looks like, one step is always taken.
        if (Frame == 0)
            Ending = "";
        else if (collided)
            Ending = "collision";
        else if (atGoal)
            Ending = "goal";
        else if (Frame >= world.Horizon)
            Ending = "horizon";
        else if (s >= world.Route.Length - (world.Vehicle.Length / 2) && world.Goal is null)
            Ending = "endOfRoute";
        Chain();
    }

    private EgoSample Sample(double s, bool atGoal) =>
        new()
        {
            X = ego.X,
            Y = ego.Y,
            Heading = ego.Heading,
            Cos = ego.Cos,
            Sin = ego.Sin,
            Speed = ego.Speed,
            Acceleration = ego.Acceleration,
            LateralAcceleration = ego.Speed * ego.YawRate,
            Lane = place.Lane,
            LaneArc = place.Along,
            SpeedLimit = place.SpeedLimit,
            OffRoadDistance = place.OffRoad,
            InOneLane = place.InOneLane,
            InIntersection = place.InIntersection,
            RouteArc = s,
            AtGoal = atGoal,
        };

    private void Note(in FrameFindings findings, bool atGoal)
    {
        if (findings.Collision != CollisionKind.None)
        {
            var fault = findings.AtFault ? "at fault" : "not at fault";
            Tell("collision", $"hits {NameOf(findings.Agent)} ({fault})");
        }

        if (findings.LeftRoad)
            Tell("offRoad", "leaves the road");
        if (findings.BrakedHard)
            Tell("hardBraking", "brakes hard");
        if (findings.NearMiss)
            Tell("nearMiss", $"comes within a second of {NameOf(findings.NearestAgent)}");
        if (atGoal)
            Tell("goal", "reaches the goal");
    }

    private void Tell(string kind, string text)
    {
        var origin = world.Graph.Network.Origin;
        events.Add(new SceneEvent(Frame * world.TimeStep, kind, text, ego.X + origin.X, ego.Y + origin.Y));
    }

    private string NameOf(int agent)
    {
        if (agent < 0)
            return "somebody";
        var kind = actors.KindOf(agent) switch
        {
            SceneActorKind.Pedestrian => "pedestrian",
            SceneActorKind.Truck => "truck",
            SceneActorKind.TwoWheeler => "two-wheeler",
            SceneActorKind.Static => "obstacle",
            _ => "car",
        };
        return $"{kind} {agent + 1}";
    }

    private double NextStopLine()
    {
        if (lights.Length == 0)
            return double.PositiveInfinity;
        var front = world.Route.Locate(ego.X, ego.Y, ref routeHint).S + (world.Vehicle.Length / 2);
        foreach (var (at, light) in world.StopLines)
        {
            if (at > front && lights[light] is not (LightState.Green or LightState.Inactive))
                return at;
        }

        return double.PositiveInfinity;
    }

    private void Chain()
    {
        Span<double> state = [ego.X, ego.Y, ego.Heading, ego.Steering, ego.Speed, ego.Acceleration, ego.YawRate];
        Checksum = cast.Chain(Hash64.Chain(Hash64.Mix(Checksum, (ulong)Frame), state));
    }
}
