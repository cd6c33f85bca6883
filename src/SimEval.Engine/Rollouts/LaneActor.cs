using SimEval.Actors.Mailboxes;

namespace SimEval.Engine.Rollouts;

/// <summary>What a lane understands.</summary>
public abstract record LaneMessage
{
    private LaneMessage() { }

    /// <summary>Run a cohort.</summary>
    public sealed record Assign(CohortWork Work, string Variant) : LaneMessage;

    /// <summary>Take everything some frames on.</summary>
    internal sealed record Continue : LaneMessage
    {
        public static Continue Message { get; } = new();
    }

    /// <summary>The store has caught up, or failed.</summary>
    internal sealed record StoreSettled(Exception? Failure) : LaneMessage;

    /// <summary>Step no further; make durable what there is; answer when it is.</summary>
    public sealed record Drain(ReplyTo<bool> Reply) : LaneMessage;
}

/// <summary>What a lane tells its run.</summary>
/// <param name="Lane">Index of the lane.</param>
/// <param name="HasRoom">It can take another cohort.</param>
/// <param name="IsIdle">It has nothing to step, and all it had is durable.</param>
public sealed record LaneReport(int Lane, bool HasRoom, bool IsIdle);

/// <summary>
/// A lane as an actor on a thread of its own. Between turns it looks into its mailbox, so that a stop is answered within
/// some frames; while the store is behind it steps nothing (back-pressure), so memory stays bounded.
/// </summary>
public sealed class LaneActor : Actor<LaneMessage>
{
    private const int TurnsPerMessage = 8;

    private readonly int index;
    private readonly Lane lane;
    private readonly Action<LaneReport> report;
    private readonly Action<Exception> fail;
    private long frames;
    private bool running;
    private bool drained;
    private bool roomTold;

    /// <summary>A lane.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="report">Told when there is room, and when it has fallen idle.</param>
    /// <param name="fail">Told when the store failed: nothing more can be made durable.</param>
    public LaneActor(int index, Lane lane, Action<LaneReport> report, Action<Exception> fail)
    {
        this.index = index;
        this.lane = lane;
        this.report = report;
        this.fail = fail;
    }

    /// <summary>Frames stepped so far. Safe from any thread.</summary>
    public long Frames => Volatile.Read(ref frames);

    /// <inheritdoc/>
    protected override void Receive(LaneMessage message)
    {
        switch (message)
        {
            case LaneMessage.Assign assign when !drained:
                lane.Add(assign.Work, assign.Variant);
                roomTold = false;
                Kick();
                break;
            case LaneMessage.Continue when drained:
                running = false;
                break;
            case LaneMessage.Continue:
                try
                {
                    Continue();
                }
#pragma warning disable CA1031 // whatever it is, the run must hear of it
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    running = false;
                    fail(failure);
                }

                break;
            case LaneMessage.StoreSettled { Failure: { } failure }:
                running = false;
                fail(failure);
                break;
            case LaneMessage.StoreSettled when lane.IsIdle:
                running = false;
                report(new LaneReport(index, true, true));
                break;
            case LaneMessage.StoreSettled when !drained:
                Context.Self.Tell(LaneMessage.Continue.Message);
                break;
            case LaneMessage.Drain drain:
                drained = true;
                Context.PipeToSelf(
                    Drained(drain.Reply),
                    () => new LaneMessage.StoreSettled(null),
                    failure => new LaneMessage.StoreSettled(failure)
                );
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Stopped(Exception? failure) => lane.Dispose();

    private void Kick()
    {
        if (running)
            return;
        running = true;
        Context.Self.Tell(LaneMessage.Continue.Message);
    }

    private void Continue()
    {
        for (var turn = 0; turn < TurnsPerMessage && !lane.IsIdle && !lane.IsHeldBack; turn++)
            lane.Turn();
        Volatile.Write(ref frames, lane.FramesNow);
        if (lane.IsIdle || lane.IsHeldBack)
            Context.PipeToSelf(
                lane.IsIdle ? lane.Settled() : lane.OldestFlush(),
                () => new LaneMessage.StoreSettled(null),
                failure => new LaneMessage.StoreSettled(failure)
            );
        else
            Context.Self.Tell(LaneMessage.Continue.Message);
        if (roomTold || !lane.HasRoom)
            return;
        roomTold = true;
        report(new LaneReport(index, true, false));
    }

    private async Task Drained(ReplyTo<bool> reply)
    {
        try
        {
            await lane.FlushAll().ConfigureAwait(false);
            reply.Tell(true);
        }
        catch (Exception failure)
        {
            reply.Fail(failure);
            throw;
        }
    }
}
