using SimEval.Actors.Dispatch;
using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;
using SimEval.Engine.Aggregators;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Executors;
using SimEval.Engine.Persistence;
using SimEval.Engine.Rollouts;
using SimEval.Entities.Aggregates;
using SimEval.Metrics;
using SimEval.Metrics.Results;

namespace SimEval.Engine.Scheduling;

/// <summary>What carrying out a run gave.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Fold">Its results.</param>
/// <param name="Latency">How long frames took by variant, as this process measured it.</param>
/// <param name="SteppedFrames">Frames that this process stepped.</param>
/// <param name="Elapsed">Wall time of this process's stepping.</param>
public sealed record ExecutionOutcome(
    ExecutionEnd End,
    ResultFolder Fold,
    IReadOnlyDictionary<string, ExecutorLatency> Latency,
    long SteppedFrames,
    TimeSpan Elapsed
);

/// <summary>A run under way, for whoever shows its progress.</summary>
public interface IRunWatch
{
    /// <summary>Called when stepping begins.</summary>
    /// <param name="plan">The work.</param>
    /// <param name="frames">Frames stepped so far; safe from any thread.</param>
    /// <param name="look">Runs a function over the fold between two messages; safe from any thread, completes soon.</param>
    void Started(RunPlan plan, Func<long> frames, Func<Action<ResultFolder>, Task> look);
}

/// <summary>Carries out one run: prepares its cohorts, starts the lanes, waits for the end.</summary>
public sealed class RunDriver
{
    private readonly EngineLimits limits;
    private readonly TimeProvider time;
    private readonly EntityHost entities;
    private readonly EntityStates reader;
    private readonly IBlobStore blobs;

    /// <summary>A driver over a process's entities and blobs.</summary>
    public RunDriver(EngineLimits limits, TimeProvider time, EntityHost entities, EntityStates reader, IBlobStore blobs)
    {
        this.limits = limits;
        this.time = time;
        this.entities = entities;
        this.reader = reader;
        this.blobs = blobs;
    }

    /// <summary>Carries out what is left of a run.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="kind">Its world.</param>
    /// <param name="worlds">Worlds of its points.</param>
    /// <param name="variants">Its variants, ready.</param>
    /// <param name="stopping">Early stopping.</param>
    /// <param name="options">How this execution differs.</param>
    /// <param name="watch">Shows progress; null: nobody.</param>
    /// <param name="cancel">Interrupts it in good order.</param>
    public async Task<ExecutionOutcome> ExecuteAsync(
        string run,
        RunPlan plan,
        Worlds.IWorldKind kind,
        WorldLibrary worlds,
        IReadOnlyDictionary<string, PreparedVariant> variants,
        Aggregators.Stopping stopping,
        ExecutionOptions options,
        IRunWatch? watch,
        CancellationToken cancel
    )
    {
        var works = new CohortWorks(plan, worlds, variants, reader, new RecordingReader(blobs), limits.FrameDeadline);
        var (left, ended) = await works.ReadAsync(run).ConfigureAwait(false);
        var fold = new ResultFolder(plan, kind);
        foreach (var result in ended)
            fold.Add(result);
        if (ended.Count > 0)
            await entities.Aggregate(run, new AggregateCommand.Record(ended)).ConfigureAwait(false);
        if (options.Shuffle is { } seed)
            left = CohortWorks.Shuffled(left, seed);
        var input = new ExecutionInput(plan, fold, left, stopping.Looks, stopping.Decide);
        await using var floor = new LaneFloor(LanePlan.Of(limits, Environment.ProcessorCount), limits, time, variants);
        var started = time.GetTimestamp();
        var end = await RunAsync(run, input, floor, watch, cancel).ConfigureAwait(false);
        return new ExecutionOutcome(end, fold, floor.Latency, floor.Frames, time.GetElapsedTime(started));
    }

    private async Task<ExecutionEnd> RunAsync(
        string run,
        ExecutionInput input,
        LaneFloor floor,
        IRunWatch? watch,
        CancellationToken cancel
    )
    {
        var end = new TaskCompletionSource<ExecutionEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        ActorRef<RunMessage>? execution = null;
        var persister = new RolloutPersister(
            run,
            entities,
            blobs,
            results => execution!.Tell(new RunMessage.Durable(results))
        );
        var lanes = floor.Start(
            persister.SaveAsync,
            report => execution!.Tell(new RunMessage.Lane(report)),
            failure => execution!.Tell(new RunMessage.Stop(ExecutionEndKind.Failed, failure.Message, failure))
        );
        execution = floor.System.Start(
            $"run-{run}",
            () => new RunExecution(input, lanes, end, limits.AskDeadline),
            new ActorOptions { Capacity = limits.MailboxCapacity }
        );
        execution.Tell(new RunMessage.Begin());
        watch?.Started(input.Plan, () => floor.Frames, look => Look(execution, look));
        using var wallTime = input.Plan.Scenario.Budget.WallTime is { } most
            ? time.CreateTimer(
                _ =>
                    execution.Tell(
                        new RunMessage.Stop(
                            ExecutionEndKind.WallTime,
                            $"the budget of {most.TotalSeconds:0.###} s of wall time was spent"
                        )
                    ),
                null,
                most,
                Timeout.InfiniteTimeSpan
            )
            : null;
        using var interrupt = cancel.UnsafeRegister(
            _ => execution.Tell(new RunMessage.Stop(ExecutionEndKind.Interrupted, "interrupted")),
            null
        );
        var first = await Task.WhenAny(end.Task, execution.WhenStopped).ConfigureAwait(false);
        if (first == execution.WhenStopped && await execution.WhenStopped.ConfigureAwait(false) is { } broken)
            return new ExecutionEnd(ExecutionEndKind.Failed, 0, broken.Message, broken);
        return await end.Task.ConfigureAwait(false);
    }

    private static Task Look(ActorRef<RunMessage> execution, Action<ResultFolder> look)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var delivery = execution.Tell(
            new RunMessage.Look(fold =>
            {
                look(fold);
                done.TrySetResult();
            })
        );
        if (delivery != Delivery.Accepted)
            done.TrySetResult();
        return Task.WhenAny(done.Task, execution.WhenStopped);
    }
}
