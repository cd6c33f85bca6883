using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Rollouts;

/// <summary>A rollout that a cohort is to carry out.</summary>
/// <param name="Key">Which.</param>
/// <param name="Durable">The frames that an earlier process made durable; null: none.</param>
public sealed record Member(RolloutKey Key, FrameRecording? Durable);

/// <summary>What one cohort needs to run.</summary>
/// <param name="Cohort">Its number in the run.</param>
/// <param name="Members">Its rollouts, in the fixed order, without those that have ended.</param>
/// <param name="Worlds">The world of a point.</param>
/// <param name="ScenarioSeed">Root of all randomness.</param>
/// <param name="Policy">A built-in or recorded policy for one episode; null for a model variant.</param>
/// <param name="InputSources">For a model: which layout tensor fills each bound input.</param>
/// <param name="Recurrent">Whether the model keeps state between frames.</param>
/// <param name="MetricCount">Size of a result's values.</param>
public sealed record CohortWork(
    int Cohort,
    IReadOnlyList<Member> Members,
    Func<PointKey, IWorld> Worlds,
    ulong ScenarioSeed,
    Func<IWorld, IPolicy>? Policy,
    IReadOnlyList<int> InputSources,
    bool Recurrent,
    int MetricCount
);

/// <summary>A rollout that has ended on a lane and is not yet durable.</summary>
/// <param name="Result">How it ended; metrics that need the reference are NaN yet.</param>
/// <param name="Recording">All its frames.</param>
/// <param name="DurableFrames">Frames that are durable already.</param>
public sealed record EndedRollout(RolloutResult Result, FrameRecording Recording, int DurableFrames);
