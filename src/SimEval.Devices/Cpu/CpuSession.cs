using System.Runtime.InteropServices;

namespace SimEval.Devices.Cpu;

/// <summary>
/// The slot tables of one lane. A step of some slots:
/// <list type="number">
/// <item>cut the slots into batches of sizes that the probe allows, largest first;</item>
/// <item>gather the rows and states of a batch into the stage, or use the tables where they lie right already;</item>
/// <item>one forward;</item>
/// <item>scatter actions and new states back to the slots;</item>
/// <item>a row that is not finite is that slot's fault. A forward that fails is repeated row by row, so that it is the fault
/// of the rows that cause it.</item>
/// </list>
/// </summary>
internal sealed unsafe class CpuSession : IModelSession
{
    private const string NotFinite = "the model gave NaN or infinity";

    private readonly CpuBoundModel model;
    private readonly TensorTable[] inputs;
    private readonly TensorTable action;
    private readonly TensorTable[] statesIn;
    private readonly TensorTable[] statesOut;
    private readonly int[] largest;
    private readonly int[] inOrder;
    private readonly string?[] faults;
    private readonly nint* values;
    private readonly int inputCount;
    private readonly int outputCount;
    private bool disposed;

    /// <summary>Makes the tables.</summary>
    /// <param name="model">What runs.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="batchSizes">Allowed batch sizes, ascending from 1.</param>
    public CpuSession(CpuBoundModel model, int slots, IReadOnlyList<int> batchSizes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        model.Model.AddReference();
        this.model = model;
        Slots = slots;
        var batch = Math.Min(slots, batchSizes[^1]);
        var api = model.Model.Api;
        inputs = [.. model.Inputs.Select(shape => new TensorTable(api, shape, slots, batch, native: false))];
        statesIn = [.. model.States.Select(shape => new TensorTable(api, shape, slots, batch, native: true))];
        statesOut = [.. model.States.Select(shape => new TensorTable(api, shape, 1, batch, native: true))];
        action = new TensorTable(api, model.Action, slots, batch, native: false);
        largest =
        [
            .. Enumerable.Range(0, batch + 1).Select(n => batchSizes.Where(size => size <= n).DefaultIfEmpty().Max()),
        ];
        inOrder = [.. Enumerable.Range(0, slots)];
        faults = new string?[slots];
        inputCount = inputs.Length + statesIn.Length + model.ConstantValues.Count;
        outputCount = 1 + statesOut.Length;
        values = (nint*)NativeMemory.AllocZeroed((nuint)(inputCount + outputCount), (nuint)sizeof(nint));
    }

    /// <inheritdoc/>
    public int Slots { get; }

    /// <inheritdoc/>
    public Span<float> Input(int input, int slot) => inputs[input].Row(CheckSlot(slot));

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(int slot) => action.Row(CheckSlot(slot));

    /// <inheritdoc/>
    public string? Fault(int slot) => faults[slot];

    /// <summary>A slot's recurrent state, one of several.</summary>
    public Span<byte> StateRow(int state, int slot) => statesIn[state].RowBytes(CheckSlot(slot));

    /// <inheritdoc/>
    public void Reset(int slot)
    {
        CheckSlot(slot);
        faults[slot] = null;
        action.Row(slot).Clear();
        foreach (var table in inputs)
            table.Row(slot).Clear();
        foreach (var table in statesIn)
            table.RowBytes(slot).Clear();
    }

    /// <inheritdoc/>
    public void SaveState(int slot, Span<byte> state)
    {
        foreach (var table in statesIn)
        {
            var row = table.RowBytes(CheckSlot(slot));
            row.CopyTo(state);
            state = state[row.Length..];
        }
    }

    /// <inheritdoc/>
    public void RestoreState(int slot, ReadOnlySpan<byte> state)
    {
        foreach (var table in statesIn)
        {
            var row = table.RowBytes(CheckSlot(slot));
            state[..row.Length].CopyTo(row);
            state = state[row.Length..];
        }
    }

    /// <inheritdoc/>
    public int Run(ReadOnlySpan<int> slots)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        foreach (var slot in slots)
            CheckSlot(slot);
        var failed = 0;
        while (slots.Length > 0)
        {
            var size = largest[Math.Min(slots.Length, largest.Length - 1)];
            failed += RunBatch(slots[..size]);
            slots = slots[size..];
        }

        return failed;
    }

    /// <inheritdoc/>
    public int Run(int count) => Run(inOrder.AsSpan(0, count));

    /// <summary>One forward of exactly these slots. Throws what the runtime throws.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="runOptions">The runtime's run options, or 0.</param>
    public void Forward(ReadOnlySpan<int> slots, nint runOptions = 0)
    {
        var inPlace = slots.SequenceEqual(inOrder.AsSpan(0, slots.Length));
        var next = values;
        foreach (var table in inputs)
            *next++ = InputValue(table, slots, inPlace);
        foreach (var table in statesIn)
            *next++ = InputValue(table, slots, inPlace);
        for (var i = 0; i < model.ConstantValues.Count; i++)
            *next++ = model.ConstantValues[i];
        var outputInPlace = inPlace && action.IsDirect;
        *next++ = outputInPlace ? action.TableValue(slots.Length) : action.StageValue(slots.Length);
        foreach (var table in statesOut)
            *next++ = table.StageValue(slots.Length);
        model.Model.Api.Run(
            model.Model.Handle,
            runOptions,
            model.InputNames.Pointer,
            values,
            inputCount,
            model.OutputNames.Pointer,
            values + inputCount,
            outputCount
        );
        if (!outputInPlace)
            action.Scatter(slots);
        for (var i = 0; i < statesIn.Length; i++)
            statesIn[i].TakeFrom(statesOut[i], slots);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        action.Dispose();
        foreach (var table in inputs.Concat(statesIn).Concat(statesOut))
            table.Dispose();
        NativeMemory.Free(values);
        model.Model.Release();
    }

    private static nint InputValue(TensorTable table, ReadOnlySpan<int> slots, bool inPlace)
    {
        if (inPlace && table.IsDirect)
            return table.TableValue(slots.Length);
        table.Gather(slots);
        return table.StageValue(slots.Length);
    }

    private int RunBatch(ReadOnlySpan<int> slots)
    {
        try
        {
            Forward(slots);
        }
        catch (OnnxRuntimeException e)
        {
            if (slots.Length == 1)
            {
                faults[slots[0]] = $"the model failed: {e.Message.ReplaceLineEndings(" ")}";
                return 1;
            }

            var one = 0;
            for (var i = 0; i < slots.Length; i++)
                one += RunBatch(slots.Slice(i, 1));
            return one;
        }

        var failed = 0;
        foreach (var slot in slots)
        {
            var finite = IsFinite(action.Row(slot));
            faults[slot] = finite ? null : NotFinite;
            failed += finite ? 0 : 1;
        }

        return failed;
    }

    private static bool IsFinite(ReadOnlySpan<float> row)
    {
        foreach (var value in row)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }

    private int CheckSlot(int slot)
    {
        if ((uint)slot >= (uint)Slots)
            throw new ArgumentOutOfRangeException(nameof(slot), slot, $"slots are 0 to {Slots - 1}");
        return slot;
    }
}
