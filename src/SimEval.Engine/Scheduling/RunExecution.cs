using SimEval.Actors.Mailboxes;
using SimEval.Engine.Aggregators;
using SimEval.Engine.Rollouts;
using SimEval.Metrics.Results;

namespace SimEval.Engine.Scheduling;

/// <summary>What an execution needs.</summary>
/// <param name="Plan">The work.</param>
/// <param name="Fold">The fold, with what earlier processes made durable.</param>
/// <param name="Works">What each cohort still has to do, in the order in which lanes are to take them.</param>
/// <param name="Looks">Declared looks in pairs, ascending, the end left out; none when stopping is off.</param>
/// <param name="Decide">At a look, by its index: the reason to stop, or null to go on. A function of the look's prefix alone.</param>
public sealed record ExecutionInput(
    RunPlan Plan,
    ResultFolder Fold,
    IReadOnlyList<(CohortWork Work, string Variant)> Works,
    IReadOnlyList<int> Looks,
    Func<ResultSet, int, string?> Decide
);

/// <summary>
/// Carries out a run: hands cohorts to lanes with room (a lane that finds none left shares the longest), folds what has become durable, and stops at a declared look. The
/// order in which results come decides nothing: a look sees a prefix of the fixed order, once it is whole.
/// </summary>
public sealed class RunExecution : Actor<RunMessage>
{
    private readonly ExecutionInput input;
    private readonly IReadOnlyList<ActorRef<LaneMessage>> lanes;
    private readonly TaskCompletionSource<ExecutionEnd> end;
    private readonly Queue<(CohortWork Work, string Variant)> waiting;
    private readonly List<(CohortWork Work, string Variant)> begun = [];
    private readonly TimeSpan drainDeadline;
    private RunMessage.Stop? stopping;
    private int stoppedAtPairs = -1;
    private int nextLook;

    /// <summary>An execution.</summary>
    /// <param name="input">What to do.</param>
    /// <param name="lanes">Lanes, idle.</param>
    /// <param name="end">Completed when it has ended; never faulted.</param>
    /// <param name="drainDeadline">Longest time that lanes may take to make durable what they have.</param>
    public RunExecution(
        ExecutionInput input,
        IReadOnlyList<ActorRef<LaneMessage>> lanes,
        TaskCompletionSource<ExecutionEnd> end,
        TimeSpan drainDeadline
    )
    {
        this.input = input;
        this.lanes = lanes;
        this.end = end;
        this.drainDeadline = drainDeadline;
        waiting = new Queue<(CohortWork, string)>(input.Works);
    }

    /// <inheritdoc/>
    protected override void Started()
    {
        if (LookIsDue() || IsComplete())
            return;
        for (var lane = 0; lane < lanes.Count; lane++)
            Assign(new LaneReport(lane, true, true));
    }

    /// <inheritdoc/>
    protected override void Receive(RunMessage message)
    {
        switch (message)
        {
            case RunMessage.Lane { Report: var report }:
                Assign(report);
                break;
            case RunMessage.Durable durable:
                foreach (var result in durable.Results)
                    input.Fold.Add(result);
                if (!LookIsDue())
                    IsComplete();
                break;
            case RunMessage.Stop stop when stopping is null:
                Stop(stop);
                break;
            case RunMessage.Drained drained:
                End(
                    drained.Failure is { } failure
                        ? new ExecutionEnd(ExecutionEndKind.Failed, 0, failure.Message, failure)
                        : EndOf(stopping!)
                );
                break;
            case RunMessage.Look look:
                look.At(input.Fold);
                break;
        }
    }

    private ExecutionEnd EndOf(RunMessage.Stop stop) =>
        new(
            stop.Kind,
            stoppedAtPairs < 0 ? input.Fold.Results.CompletePairs : stoppedAtPairs,
            stop.Reason,
            stop.Failure
        );

    private void Assign(LaneReport report)
    {
        if (stopping is not null || !report.HasRoom)
            return;
        begun.RemoveAll(cohort => cohort.Work.Members.Left == 0);
        if (waiting.TryDequeue(out var next))
            begun.Add(next);
        else if (begun.Count > 0)
            next = begun.MaxBy(cohort => cohort.Work.Members.Left);
        else
            return;
        lanes[report.Lane].Tell(new LaneMessage.Assign(next.Work, next.Variant));
    }

    private bool LookIsDue()
    {
        var results = input.Fold.Results;
        while (stopping is null && nextLook < input.Looks.Count && results.CompletePairs >= input.Looks[nextLook])
        {
            var look = nextLook++;
            if (input.Decide(results, look) is not { } reason)
                continue;
            stoppedAtPairs = input.Looks[look];
            Stop(new RunMessage.Stop(ExecutionEndKind.StoppedAtLook, reason));
        }

        return stopping is not null;
    }

    private bool IsComplete()
    {
        if (stopping is not null || input.Fold.Seen < input.Plan.Variants.Count * input.Plan.Pairs.Count)
            return false;
        End(new ExecutionEnd(ExecutionEndKind.Complete, input.Plan.Pairs.Count, "complete"));
        return true;
    }

    private void Stop(RunMessage.Stop stop)
    {
        stopping = stop;
        waiting.Clear();
        var drains = lanes.Select(lane => lane.Ask<bool>(reply => new LaneMessage.Drain(reply), drainDeadline));
        Context.PipeToSelf(
            Task.WhenAll(drains),
            _ => new RunMessage.Drained(null),
            failure => new RunMessage.Drained(failure)
        );
    }

    private void End(ExecutionEnd how)
    {
        end.TrySetResult(how);
        Context.Stop();
    }
}
