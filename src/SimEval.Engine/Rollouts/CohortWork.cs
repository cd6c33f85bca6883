using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Rollouts;

/// <summary>A rollout that a cohort is to carry out.</summary>
/// <param name="Key">Which.</param>
/// <param name="Durable">The frames that an earlier process made durable; null: none.</param>
public sealed record Member(RolloutKey Key, FrameRecording? Durable);

/// <summary>
/// The members of a cohort that nobody has begun, in the fixed order. Lanes that share a cohort take from one queue, so that
/// no lane falls idle while another has a backlog. Thread-safe.
/// </summary>
public sealed class MemberQueue(IReadOnlyList<Member> members)
{
    private int next;

    /// <summary>All members, those taken included.</summary>
    public IReadOnlyList<Member> All => members;

    /// <summary>Members that nobody has taken.</summary>
    public int Left => Math.Max(0, members.Count - Volatile.Read(ref next));

    /// <summary>Takes the next member; null when there is none left.</summary>
    public Member? Take()
    {
        if (Left == 0)
            return null;
        var index = Interlocked.Increment(ref next) - 1;
        return index < members.Count ? members[index] : null;
    }
}

/// <summary>What one cohort needs to run.</summary>
/// <param name="Cohort">Its number in the run.</param>
/// <param name="Members">Its rollouts without those that have ended.</param>
/// <param name="Worlds">The world of a point.</param>
/// <param name="ScenarioSeed">Root of all randomness.</param>
/// <param name="Policy">A built-in or recorded policy for one episode; null for a model variant.</param>
/// <param name="InputSources">For a model: which layout tensor fills each bound input.</param>
/// <param name="Recurrent">Whether the model keeps state between frames.</param>
/// <param name="MetricCount">Size of a result's values.</param>
/// <param name="Delay">How long a model's actions are on their way; null: as measured.</param>
public sealed record CohortWork(
    int Cohort,
    MemberQueue Members,
    Func<PointKey, IWorld> Worlds,
    ulong ScenarioSeed,
    Func<IWorld, IPolicy>? Policy,
    IReadOnlyList<int> InputSources,
    bool Recurrent,
    int MetricCount,
    TimeSpan? Delay
)
{
    /// <summary>
    /// A frame's deadline: how long after its observation its forward begins at the latest, as a share of the world's time step,
    /// where the executor lets frames wait for one another at all.
    /// </summary>
    public double FrameDeadline { get; init; } = 1;
}

/// <summary>A rollout that has ended on a lane and is not yet durable.</summary>
/// <param name="Result">How it ended; metrics that need the reference are NaN yet.</param>
/// <param name="Recording">All its frames.</param>
/// <param name="DurableFrames">Frames that are durable already.</param>
public sealed record EndedRollout(RolloutResult Result, FrameRecording Recording, int DurableFrames);
