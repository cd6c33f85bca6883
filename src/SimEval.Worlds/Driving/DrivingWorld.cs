using System.Collections.Immutable;
using SimEval.Scenarios;
using SimEval.Scenarios.Layouts;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Actions;
using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Binding;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Episodes;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Policies;
using SimEval.Worlds.Driving.Population;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Sensing;
using SimEval.Worlds.Driving.Traffic;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving;

/// <summary>Where the ego starts.</summary>
/// <param name="Lane">Its lane.</param>
/// <param name="Along">Arc length on it, m.</param>
/// <param name="RouteS">Arc length along its route, m.</param>
/// <param name="Speed">m/s.</param>
internal readonly record struct EgoStart(int Lane, double Along, double RouteS, double Speed);

/// <summary>A bound driving world. Immutable: all rollouts of a point share it.</summary>
internal sealed class DrivingWorld : IWorld
{
    /// <inheritdoc/>
    public required double TimeStep { get; init; }

    /// <inheritdoc/>
    public required int Horizon { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorLayout> Observation => Observer.Layouts;

    /// <inheritdoc/>
    public TensorLayout Action => Codec.Layout;

    /// <inheritdoc/>
    public required IReadOnlyList<ScenePath> Backdrop { get; init; }

    public required DrivingSection Section { get; init; }

    public required LaneGraph Graph { get; init; }

    public required RouteFrame Route { get; init; }

    public required VehicleParameters Vehicle { get; init; }

    public required ActionCodec Codec { get; init; }

    public required IObserver Observer { get; init; }

    public required EgoState Start { get; init; }

    public required EgoStart EgoStart { get; init; }

    /// <summary>Speed in m/s that the ego is asked to drive where it may.</summary>
    public double Cruise => Section.Ego.Cruise;

    public IGoal? Goal { get; init; }

    /// <summary>The planning problem of a CommonRoad file, or null.</summary>
    public PlanningTask? Task { get; init; }

    /// <summary>The step of the source's clock at frame 0.</summary>
    public int FirstStep { get; init; }

    /// <summary>Stop lines along the route that lights govern, ascending: arc length and light.</summary>
    public ImmutableArray<(double At, int Light)> StopLines { get; init; } = [];

    /// <summary>Actors that follow their recording.</summary>
    public ImmutableArray<RecordedActor> Recorded { get; init; } = [];

    /// <summary>Recorded vehicles that drive by themselves instead; those of frame 0 first.</summary>
    public IReadOnlyList<Entry> Reacting { get; init; } = [];

    /// <summary>Lanes that a fill spreads over.</summary>
    public IReadOnlyList<int> FillLanes { get; init; } = [];

    /// <summary>Lanes of the main road in the ego's direction, rightmost first.</summary>
    public IReadOnlyList<int> MainLanes { get; init; } = [];

    /// <summary>Lanes that oncoming traffic drives, in order.</summary>
    public IReadOnlyList<int>? OncomingWay { get; init; }

    /// <summary>Arc length on that way from which the first of them starts at the latest.</summary>
    public double OncomingFrom { get; init; }

    /// <summary>At an intersection, the lanes from the ego's arm by turn ("left", "straight", "right").</summary>
    public IReadOnlyDictionary<string, int[]> Turns { get; init; } = new Dictionary<string, int[]>();

    /// <summary>Where a cut-in needs room: lanes, and arc lengths from and to.</summary>
    public (IReadOnlyList<int> Lanes, double From, double To)? CutInCorridor { get; init; }

    /// <summary>The lane of a number (0 is the rightmost), or -1.</summary>
    public int MainLane(int number) => number >= 0 && number < MainLanes.Count ? MainLanes[number] : -1;

    /// <inheritdoc/>
    IEpisode IWorld.Start(ulong scenarioSeed, PointKey point, int seed)
    {
        var builder = new CastBuilder(this, name => Philox.ForStream(scenarioSeed, point, seed, name));
        return new DrivingEpisode(this, builder.Build(Hash64.Of(scenarioSeed, point.Value, (ulong)seed)));
    }

    /// <inheritdoc/>
    public IPolicy? CreatePolicy(string name, byte[]? recording, ICollection<ScenarioError> errors)
    {
        switch (name)
        {
            case "recorded":
                return recording switch
                {
                    null => Missing(errors),
                    _ when ActionRecording.Is(recording) => RepeatedActionsPolicy.Read(this, recording, errors),
                    _ => RecordedPolicy.Read(this, recording, errors),
                };
            case "expert":
                return new ExpertPolicy();
            case "constantVelocity":
                return new ConstantVelocityPolicy();
            default:
                errors.Add(
                    new ScenarioError(
                        name,
                        0,
                        0,
                        "",
                        $"the driving world has no policy \"{name}\"",
                        Nearest.Suggest(name, DrivingWorldKind.PolicyNames)
                    )
                );
                return null;
        }
    }

    private static RecordedPolicy? Missing(ICollection<ScenarioError> errors)
    {
        errors.Add(
            new ScenarioError("recorded", 0, 0, "", "the policy \"recorded\" needs a CommonRoad solution to follow")
        );
        return null;
    }
}
