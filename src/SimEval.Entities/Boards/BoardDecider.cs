namespace SimEval.Entities.Boards;

/// <summary>What a board can be asked to do.</summary>
public abstract record BoardCommand
{
    private BoardCommand() { }

    /// <summary>Make it known; again with the same description changes nothing.</summary>
    public sealed record Enroll(string Serial, string DeviceClass, string Description) : BoardCommand;

    /// <summary>Note what a check found.</summary>
    public sealed record NoteCheck(bool Healthy, string Finding) : BoardCommand;

    /// <summary>Lease it. The holder it is leased to already keeps its lease.</summary>
    public sealed record Lease(string Holder) : BoardCommand;

    /// <summary>Give it back; only the holder's epoch can.</summary>
    public sealed record Release(long Epoch, string Reason) : BoardCommand;
}

/// <summary>What a board decides.</summary>
public static class BoardDecider
{
    /// <summary>The entity type's name in addresses.</summary>
    public const string Type = "board";

    /// <summary>The decision on a command in a state.</summary>
    public static Decision<BoardEvent> Decide(Board state, BoardCommand command) =>
        (state.Lifecycle, command) switch
        {
            (not BoardLifecycle.Unknown, BoardCommand.Enroll c) when c.Description == state.Description =>
                Decision<BoardEvent>.Nothing,
            (_, BoardCommand.Enroll) when state.Lease is not null => Refuse("it is leased"),
            (_, BoardCommand.Enroll c) => Decision<BoardEvent>.Of(
                new BoardEvent.Enrolled(c.Serial, c.DeviceClass, c.Description)
            ),
            (BoardLifecycle.Unknown, _) => Refuse("no such board"),
            (_, BoardCommand.NoteCheck c) => Decision<BoardEvent>.Of(new BoardEvent.Checked(c.Healthy, c.Finding)),
            (_, BoardCommand.Lease c) when state.Lease?.Holder == c.Holder => new() { Answer = state.Lease.Epoch },
            (_, BoardCommand.Lease) when state.Lease is { } lease => Refuse(
                $"{state.Serial} is leased to {lease.Holder}"
            ),
            (BoardLifecycle.Ready, BoardCommand.Lease c) => new()
            {
                Events = [new BoardEvent.Leased(new BoardLease(c.Holder, state.LastEpoch + 1))],
                Answer = state.LastEpoch + 1,
            },
            (_, BoardCommand.Lease) => Refuse($"{state.Serial} is {state.Lifecycle}, not Ready: {state.Finding}"),
            (_, BoardCommand.Release c) when state.Lease?.Epoch != c.Epoch => Decision<BoardEvent>.Nothing,
            (_, BoardCommand.Release c) => Decision<BoardEvent>.Of(new BoardEvent.Released(c.Epoch, c.Reason)),
            _ => throw new InvalidOperationException($"board: no decision on {command.GetType().Name}"),
        };

    private static Decision<BoardEvent> Refuse(string reason) => Decision<BoardEvent>.Rejected(reason);
}
