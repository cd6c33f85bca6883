namespace SimEval.Entities.Boards;

/// <summary>Where a board is in its life.</summary>
public enum BoardLifecycle
{
    /// <summary>Not known yet.</summary>
    Unknown,

    /// <summary>Found, not yet checked.</summary>
    Discovered,

    /// <summary>Checked: may be leased.</summary>
    Ready,

    /// <summary>Failed its check: not to be leased until checked again.</summary>
    Quarantined,
}

/// <summary>A lease of a board: who holds it, under which fencing epoch.</summary>
public sealed record BoardLease(string Holder, long Epoch);

/// <summary>What happens to a board.</summary>
public abstract record BoardEvent
{
    private BoardEvent() { }

    /// <summary>It was found.</summary>
    public sealed record Enrolled(string Serial, string DeviceClass, string Description) : BoardEvent;

    /// <summary>A check ended.</summary>
    public sealed record Checked(bool Healthy, string Finding) : BoardEvent;

    /// <summary>It was leased.</summary>
    public sealed record Leased(BoardLease Lease) : BoardEvent;

    /// <summary>The lease ended.</summary>
    public sealed record Released(long Epoch, string Reason) : BoardEvent;
}

/// <summary>One accelerator, or this machine's processor.</summary>
/// <param name="Serial">Serial; "" before it is enrolled.</param>
/// <param name="DeviceClass">"cpu".</param>
/// <param name="Description">What it is, in words.</param>
/// <param name="Lifecycle">Where it is in its life.</param>
/// <param name="Lease">Its lease; null: free.</param>
/// <param name="LastEpoch">The greatest lease epoch so far.</param>
/// <param name="Finding">What the last check found.</param>
public sealed record Board(
    string Serial,
    string DeviceClass,
    string Description,
    BoardLifecycle Lifecycle,
    BoardLease? Lease,
    long LastEpoch,
    string Finding
)
{
    /// <summary>Before anything happened.</summary>
    public static Board Initial { get; } = new("", "", "", BoardLifecycle.Unknown, null, 0, "");

    /// <summary>The state after an event. Throws on a pair that cannot be.</summary>
    public static Board Evolve(Board state, BoardEvent happened) =>
        happened switch
        {
            BoardEvent.Enrolled e => state with
            {
                Serial = e.Serial,
                DeviceClass = e.DeviceClass,
                Description = e.Description,
                Lifecycle = BoardLifecycle.Discovered,
            },
            BoardEvent.Checked e => state with
            {
                Lifecycle = e.Healthy ? BoardLifecycle.Ready : BoardLifecycle.Quarantined,
                Finding = e.Finding,
            },
            BoardEvent.Leased e when state is { Lifecycle: BoardLifecycle.Ready, Lease: null } => state with
            {
                Lease = e.Lease,
                LastEpoch = e.Lease.Epoch,
            },
            BoardEvent.Released => state with { Lease = null },
            _ => throw new InvalidOperationException($"board: {happened.GetType().Name} cannot follow {state}"),
        };
}
