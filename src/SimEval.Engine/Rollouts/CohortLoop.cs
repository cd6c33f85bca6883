using SimEval.Engine.Executors;
using SimEval.Metrics;

namespace SimEval.Engine.Rollouts;

/// <summary>
/// The hot path: the closed loop of one cohort's rollouts on a lane. A pass takes each rollout one frame on: the action that
/// came back is applied, the next observation is written into the rollout's slot and submitted. A rollout that ends gives
/// its slot to the next member, so that batches stay full. Nothing is allocated per frame.
/// </summary>
public sealed class CohortLoop
{
    // A built-in policy needs no batch: one rollout at a time, taken on by many frames, keeps its world in the cache.
    private const int FramesPerVisit = 256;

    private readonly CohortWork work;
    private readonly Executor? executor;
    private readonly List<ActiveRollout> active = [];
    private readonly int window;

    /// <summary>A cohort on a lane.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="executor">The lane's executor of the variant's model; null for a built-in policy.</param>
    /// <param name="window">Most rollouts of a model side by side, at least 1.</param>
    public CohortLoop(CohortWork work, Executor? executor, int window)
    {
        this.work = work;
        this.executor = executor;
        this.window = executor is null ? 1 : window;
    }

    /// <summary>Its number in the run.</summary>
    public int Cohort => work.Cohort;

    /// <summary>Whether nothing runs and nobody is left to begin; other lanes that share the cohort may still run some.</summary>
    public bool IsOver => active.Count == 0 && work.Members.Left == 0;

    /// <summary>Rollouts that run now.</summary>
    public int Active => active.Count;

    /// <summary>Frames stepped, those stepped again after a resume included.</summary>
    public long Frames { get; private set; }

    /// <summary>Rollouts that ended since the last <see cref="TakeEnded"/>.</summary>
    public int EndedWaiting => ended.Count;

    private List<EndedRollout> ended = [];

    /// <summary>The rollouts that ended since the last call.</summary>
    public IReadOnlyList<EndedRollout> TakeEnded()
    {
        var taken = ended;
        ended = [];
        return taken;
    }

    /// <summary>Running rollouts with at least <paramref name="frames"/> frames that are not durable.</summary>
    internal IEnumerable<ActiveRollout> Undurable(int frames) =>
        active.Where(rollout => rollout.Recording.Count - rollout.DurableFrames >= frames);

    /// <summary>One pass.</summary>
    public void Advance()
    {
        Fill();
        for (var i = active.Count - 1; i >= 0; i--)
        {
            var rollout = active[i];
            if (rollout.InFlight && executor!.IsWaiting(rollout.Slot))
                continue;
            if (Turn(rollout) is not { } end)
                continue;
            ended.Add(end);
            active[i] = active[^1];
            active.RemoveAt(active.Count - 1);
            Release(rollout.Slot);
        }
    }

    private void Fill()
    {
        while (active.Count < window && work.Members.Left > 0)
        {
            var slot = executor is null ? -1 : executor.Acquire();
            if (executor is not null && slot < 0)
                return;
            if (work.Members.Take() is not { } member)
            {
                Release(slot);
                return;
            }

            try
            {
                active.Add(ActiveRollout.Start(work, member, slot));
            }
#pragma warning disable CA1031 // a world that throws fails its rollout, visibly, and no other
            catch (Exception error)
#pragma warning restore CA1031
            {
                ended.Add(FailedAtStart(member, error));
                Release(slot);
            }
        }
    }

    private void Release(int slot)
    {
        if (slot >= 0)
            executor!.Release(slot);
    }

    // One frame of one rollout (some, for a built-in policy). What it throws is the infrastructure's failure: a model's own
    // failure comes as a fault of its slot.
    private EndedRollout? Turn(ActiveRollout rollout)
    {
        try
        {
            if (executor is null)
            {
                for (var i = 0; i < FramesPerVisit && !rollout.Episode.IsOver; i++, Frames++)
                    rollout.ActAndStep();
                return rollout.Episode.IsOver ? Completed(rollout) : null;
            }

            if (rollout.InFlight)
            {
                rollout.InFlight = false;
                var action = executor.Take(rollout.Slot);
                if (executor.Fault(rollout.Slot) is { } fault)
                    return rollout.End(RolloutOutcome.ModelFailed, work.MetricCount, fault);
                Frames += rollout.Apply(action, work.Delay ?? executor.ForwardTime(rollout.Slot));
            }

            if (rollout.Episode.IsOver)
                return Completed(rollout);
            for (var input = 0; input < work.InputSources.Count; input++)
                rollout.Episode.Observe(work.InputSources[input], executor.Input(input, rollout.Slot));
            executor.Submit(rollout.Slot, rollout.FrameDeadline);
            rollout.InFlight = true;
            return null;
        }
#pragma warning disable CA1031 // see above
        catch (Exception error)
#pragma warning restore CA1031
        {
            return rollout.End(RolloutOutcome.InfrastructureError, work.MetricCount, error.Message);
        }
    }

    private EndedRollout Completed(ActiveRollout rollout) =>
        rollout.End(RolloutOutcome.Completed, work.MetricCount, null);

    private EndedRollout FailedAtStart(Member member, Exception error)
    {
        var values = new double[work.MetricCount];
        Array.Fill(values, double.NaN);
        var result = new RolloutResult(
            member.Key,
            RolloutOutcome.InfrastructureError,
            0,
            0,
            "error",
            values,
            error.Message
        );
        return new EndedRollout(result, new FrameRecording(1, 1), 0);
    }
}
