using System.Numerics;
using System.Runtime.InteropServices;
using SimEval.Devices.Binding;

namespace SimEval.Devices.Sessions;

/// <summary>A forward that the runtime refused, in its own words.</summary>
internal class ForwardException(string message) : Exception(message);

/// <summary>What a session's tables are made for.</summary>
/// <param name="Inputs">Inputs fed from the observation.</param>
/// <param name="States">Recurrent states.</param>
/// <param name="Action">The action.</param>
internal sealed record SessionShapes(
    IReadOnlyList<TensorShape> Inputs,
    IReadOnlyList<TensorShape> States,
    TensorShape Action
)
{
    /// <summary>What a state's row holds at the start of a rollout; null: zeros.</summary>
    public IReadOnlyList<byte[]?> InitialStates { get; init; } = [.. States.Select(_ => (byte[]?)null)];

    /// <summary>Bytes of all states of one slot.</summary>
    public int StateBytes => States.Sum(state => state.RowBytes);

    /// <summary>What is bound, and the action as a trial gave it.</summary>
    public static SessionShapes Of(ModelBinding binding, TensorShape action) =>
        new(
            [.. binding.Inputs.Select(input => new TensorShape(input.Tensor.Type, input.Row, input.BatchAxis))],
            [.. binding.States.Select(state => new TensorShape(state.Input.Type, state.Row, state.BatchAxis))],
            action
        );
}

/// <summary>
/// The slot tables of one lane, whatever runs the model. A step of some slots:
/// <list type="number">
/// <item>cut the slots into batches of sizes that the probe allows (<see cref="BatchBuckets"/>);</item>
/// <item>gather the rows and states of a batch into the stage, or use the tables where they lie right already;</item>
/// <item>one forward;</item>
/// <item>scatter actions and new states back to the slots;</item>
/// <item>a row that is not finite is that slot's fault. A forward that fails is repeated row by row, so that it is the fault
/// of the rows that cause it.</item>
/// </list>
/// </summary>
internal abstract class SlotSession : IModelSession
{
    private const string NotFinite = "the model gave NaN or infinity";

    private readonly SessionShapes shapes;
    private readonly BatchBuckets buckets;
    private readonly int[] inOrder;
    private readonly int[] filled;
    private readonly string?[] faults;
    private int faulted;
    private bool disposed;

    /// <summary>Makes the tables.</summary>
    /// <param name="shapes">What the tables hold.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="buckets">How slots are cut into batches.</param>
    protected SlotSession(SessionShapes shapes, int slots, BatchBuckets buckets)
    {
        (this.shapes, this.buckets) = (shapes, buckets);
        Slots = slots;
        MaximumBatch = buckets.Largest;
        Inputs = [.. shapes.Inputs.Select(shape => new TensorTable(shape, slots, MaximumBatch, native: false))];
        StatesIn = [.. shapes.States.Select(shape => new TensorTable(shape, slots, MaximumBatch, native: true))];
        StatesOut = [.. shapes.States.Select(shape => new TensorTable(shape, 1, MaximumBatch, native: true))];
        Action = new TensorTable(shapes.Action, slots, MaximumBatch, native: false);
        inOrder = [.. Enumerable.Range(0, slots)];
        filled = new int[MaximumBatch];
        faults = new string?[slots];
        for (var slot = 0; slot < slots; slot++)
            ResetStates(slot);
    }

    /// <inheritdoc/>
    public int Slots { get; }

    /// <summary>Most rows of one forward.</summary>
    protected int MaximumBatch { get; }

    /// <summary>Inputs, one table each.</summary>
    protected TensorTable[] Inputs { get; }

    /// <summary>States as a forward takes them.</summary>
    protected TensorTable[] StatesIn { get; }

    /// <summary>States as a forward gives them; only their stages are used.</summary>
    protected TensorTable[] StatesOut { get; }

    /// <summary>The action.</summary>
    protected TensorTable Action { get; }

    /// <inheritdoc/>
    public Span<float> Input(int input, int slot) => Inputs[input].Row(CheckSlot(slot));

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(int slot) => Action.Row(CheckSlot(slot));

    /// <inheritdoc/>
    public string? Fault(int slot) => faults[slot];

    /// <summary>A slot's recurrent state, one of several.</summary>
    public Span<byte> StateRow(int state, int slot) => StatesIn[state].RowBytes(CheckSlot(slot));

    /// <inheritdoc/>
    public void WarmUp()
    {
        Span<int> reversed = [.. inOrder.Select(slot => Slots - 1 - slot)];
        foreach (var size in buckets.ToWarmUp())
        {
            RunBatch(inOrder.AsSpan(0, Math.Min(size, Slots)));
            if (Slots > 1 && PreparesByPlace)
                RunBatch(reversed[..Math.Min(size, Slots)]);
        }

        for (var slot = 0; slot < Slots; slot++)
            Reset(slot);
    }

    /// <inheritdoc/>
    public void Reset(int slot)
    {
        CheckSlot(slot);
        SetFault(slot, null);
        Action.Row(slot).Clear();
        foreach (var table in Inputs)
            table.Row(slot).Clear();
        ResetStates(slot);
    }

    /// <inheritdoc/>
    public void SaveState(int slot, Span<byte> state)
    {
        foreach (var table in StatesIn)
        {
            var row = table.RowBytes(CheckSlot(slot));
            row.CopyTo(state);
            state = state[row.Length..];
        }
    }

    /// <inheritdoc/>
    public void RestoreState(int slot, ReadOnlySpan<byte> state)
    {
        foreach (var table in StatesIn)
        {
            var row = table.RowBytes(CheckSlot(slot));
            state[..row.Length].CopyTo(row);
            state = state[row.Length..];
        }
    }

    /// <inheritdoc/>
    public int Run(ReadOnlySpan<int> slots)
    {
        foreach (var slot in slots)
            CheckSlot(slot);
        return RunChecked(slots);
    }

    /// <inheritdoc/>
    public int Run(int count) => RunChecked(inOrder.AsSpan(0, count));

    /// <summary>
    /// One forward of exactly these slots; one may be named more than once, and then has its own row each time. Throws what the
    /// runtime throws. Returns whether every action is finite.
    /// </summary>
    public bool Forward(ReadOnlySpan<int> slots)
    {
        var inPlace = slots.Length <= Slots && slots.SequenceEqual(inOrder.AsSpan(0, slots.Length));
        foreach (var table in Inputs)
            Gather(table, slots, inPlace);
        foreach (var table in StatesIn)
            Gather(table, slots, inPlace);
        Execute(slots.Length, inPlace);
        if (!inPlace || !Action.IsDirect)
            Action.Scatter(slots);
        for (var i = 0; i < StatesIn.Length; i++)
            StatesIn[i].TakeFrom(StatesOut[i], slots);
        if (Action.IsDirect)
            return IsFinite(MemoryMarshal.Cast<byte, float>(Action.Rows(slots.Length, inPlace)));
        foreach (var slot in slots)
            if (!IsFinite(Action.Row(slot)))
                return false;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        Free();
        Action.Dispose();
        foreach (var table in Inputs.Concat(StatesIn).Concat(StatesOut))
            table.Dispose();
    }

    /// <summary>Whether a first forward over gathered rows prepares something, though one in place has been run.</summary>
    protected virtual bool PreparesByPlace => true;

    /// <summary>
    /// One forward over the first rows of each table's memory (<see cref="TensorTable.Address"/>): inputs and states in are
    /// there, the action and the stages of the states out are to be written. Throws <see cref="ForwardException"/>.
    /// </summary>
    protected abstract void Execute(int batch, bool inPlace);

    /// <summary>Frees what the runtime has over the tables, before they are freed.</summary>
    protected abstract void Free();

    private static void Gather(TensorTable table, ReadOnlySpan<int> slots, bool inPlace)
    {
        if (!inPlace || !table.IsDirect)
            table.Gather(slots);
    }

    private void ResetStates(int slot)
    {
        for (var i = 0; i < StatesIn.Length; i++)
        {
            var row = StatesIn[i].RowBytes(slot);
            if (shapes.InitialStates[i] is { } initial)
                initial.CopyTo(row);
            else
                row.Clear();
        }
    }

    private int RunChecked(ReadOnlySpan<int> slots)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var failed = 0;
        while (slots.Length > 0)
            failed += RunBatch(buckets.Next(ref slots));
        return failed;
    }

    private int RunBatch(ReadOnlySpan<int> slots)
    {
        bool finite;
        try
        {
            finite = Forward(buckets.Filled(slots, filled));
        }
        catch (ForwardException e)
        {
            if (slots.Length == 1)
            {
                SetFault(slots[0], $"the model failed: {e.Message.ReplaceLineEndings(" ")}");
                return 1;
            }

            var one = 0;
            for (var i = 0; i < slots.Length; i++)
                one += RunBatch(slots.Slice(i, 1));
            return one;
        }

        if (finite && faulted == 0)
            return 0;
        var failed = 0;
        foreach (var slot in slots)
        {
            SetFault(slot, IsFinite(Action.Row(slot)) ? null : NotFinite);
            failed += faults[slot] is null ? 0 : 1;
        }

        return failed;
    }

    private void SetFault(int slot, string? fault)
    {
        faulted += (fault is null ? 0 : 1) - (faults[slot] is null ? 0 : 1);
        faults[slot] = fault;
    }

    // A finite number less itself is 0, any other is NaN, which no sum loses.
    private static bool IsFinite(ReadOnlySpan<float> row)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var sums = Vector<float>.Zero;
        foreach (ref readonly var values in vectors)
            sums += values - values;
        var sum = Vector.Sum(sums);
        foreach (var value in row[(vectors.Length * Vector<float>.Count)..])
            sum += value - value;
        return sum == 0;
    }

    private int CheckSlot(int slot)
    {
        if ((uint)slot >= (uint)Slots)
            throw new ArgumentOutOfRangeException(nameof(slot), slot, $"slots are 0 to {Slots - 1}");
        return slot;
    }
}
