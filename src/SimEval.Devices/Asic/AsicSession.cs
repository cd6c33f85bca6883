using System.Runtime.InteropServices;
using SimEval.Devices.Sessions;
using SimEval.Models;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Programs;

namespace SimEval.Devices.Asic;

/// <summary>
/// The slot tables of one lane over an emulated board: rows are copied into a batch, the program runs, actions and states are
/// copied back. A row's result depends on nothing but its own row and state.
/// </summary>
internal sealed class AsicSession : IModelSession
{
    private const string NotFinite = "the model gave NaN or infinity";
    private readonly AsicBoundModel model;
    private readonly float[][] inputs;
    private readonly float[] actions;
    private readonly byte[][] states;
    private readonly string?[] faults;
    private readonly int[] inOrder;
    private readonly BatchBuckets buckets;
    private readonly int[] filled;
    private readonly ProgramRun?[] runs;
    private readonly byte[] row;

    /// <summary>Makes the tables.</summary>
    /// <param name="model">What runs.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="buckets">How slots are cut into batches.</param>
    public AsicSession(AsicBoundModel model, int slots, BatchBuckets buckets)
    {
        (this.model, this.buckets) = (model, buckets);
        Slots = slots;
        var rows = model.Rows;
        inputs = [.. rows.Inputs.Select(input => new float[checked(slots * input.RowSize)])];
        states = [.. rows.States.Select(state => new byte[checked(slots * state.RowBytes)])];
        actions = new float[checked(slots * rows.Action.RowSize)];
        faults = new string?[slots];
        inOrder = [.. Enumerable.Range(0, slots)];
        filled = new int[buckets.Largest];
        runs = new ProgramRun?[buckets.Largest + 1];
        row = new byte[rows.Inputs.Append(rows.Action).Max(shape => shape.RowBytes)];
    }

    /// <inheritdoc/>
    public int Slots { get; }

    /// <inheritdoc/>
    public Span<float> Input(int input, int slot) => Row(inputs[input], slot, model.Rows.Inputs[input].RowSize);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(int slot) => Row(actions, slot, model.Rows.Action.RowSize);

    /// <inheritdoc/>
    public string? Fault(int slot) => faults[slot];

    /// <inheritdoc/>
    public void WarmUp()
    {
        foreach (var size in buckets.ToWarmUp())
            RunBatch(inOrder.AsSpan(0, Math.Min(size, Slots)));
        for (var slot = 0; slot < Slots; slot++)
            Reset(slot);
    }

    /// <inheritdoc/>
    public void Reset(int slot)
    {
        faults[slot] = null;
        Row(actions, slot, model.Rows.Action.RowSize).Clear();
        for (var i = 0; i < inputs.Length; i++)
            Input(i, slot).Clear();
        for (var i = 0; i < states.Length; i++)
            State(i, slot).Clear();
    }

    /// <inheritdoc/>
    public void SaveState(int slot, Span<byte> state)
    {
        for (var i = 0; i < states.Length; i++)
        {
            State(i, slot).CopyTo(state);
            state = state[model.Rows.States[i].RowBytes..];
        }
    }

    /// <inheritdoc/>
    public void RestoreState(int slot, ReadOnlySpan<byte> state)
    {
        for (var i = 0; i < states.Length; i++)
        {
            var target = State(i, slot);
            state[..target.Length].CopyTo(target);
            state = state[target.Length..];
        }
    }

    /// <inheritdoc/>
    public int Run(ReadOnlySpan<int> slots)
    {
        var failed = 0;
        while (slots.Length > 0)
            failed += RunBatch(buckets.Next(ref slots));
        return failed;
    }

    /// <inheritdoc/>
    public int Run(int count) => Run(inOrder.AsSpan(0, count));

    /// <inheritdoc/>
    public void Dispose() => Array.Clear(runs);

    private int RunBatch(ReadOnlySpan<int> slots)
    {
        var rows = buckets.Filled(slots, filled);
        var size = rows.Length;
        var run = runs[size] ??= Prepared(size);
        Gather(run, rows);
        try
        {
            run.Run();
        }
        catch (CompileException e)
        {
            return Failed(slots, e.Message);
        }

        return Scatter(run, slots, size);
    }

    private int Failed(ReadOnlySpan<int> slots, string message)
    {
        if (slots.Length == 1)
        {
            faults[slots[0]] = message;
            return 1;
        }

        var failed = 0;
        foreach (ref readonly var slot in slots)
            failed += RunBatch(new ReadOnlySpan<int>(in slot));
        return failed;
    }

    private void Gather(ProgramRun run, ReadOnlySpan<int> slots)
    {
        var rows = model.Rows;
        for (var i = 0; i < inputs.Length; i++)
        {
            var shape = rows.Inputs[i];
            var target = run.Input(shape.Name);
            for (var place = 0; place < slots.Length; place++)
            {
                var source = Row(inputs[i], slots[place], shape.RowSize);
                if (shape.Type == ElementType.Float32)
                    shape.Put(MemoryMarshal.AsBytes(source), target, place, slots.Length);
                else
                {
                    ElementConversion.FromFloat(source, row.AsSpan(0, shape.RowBytes), shape.Type);
                    shape.Put(row.AsSpan(0, shape.RowBytes), target, place, slots.Length);
                }
            }
        }

        for (var i = 0; i < states.Length; i++)
        {
            var shape = rows.States[i];
            for (var place = 0; place < slots.Length; place++)
                shape.Put(State(i, slots[place]), run.Input(shape.Name), place, slots.Length);
        }
    }

    private int Scatter(ProgramRun run, ReadOnlySpan<int> slots, int size)
    {
        var rows = model.Rows;
        var failed = 0;
        var bytes = row.AsSpan(0, rows.Action.RowBytes);
        var given = run.Value(rows.Action.Name);
        for (var place = 0; place < slots.Length; place++)
        {
            var slot = slots[place];
            var action = Row(actions, slot, rows.Action.RowSize);
            rows.Action.Take(given, bytes, place, size);
            ElementConversion.ToFloat(bytes, action, rows.Action.Type);
            faults[slot] = IsFinite(action) ? null : NotFinite;
            failed += faults[slot] is null ? 0 : 1;
            for (var i = 0; i < states.Length; i++)
                rows.States[i].Take(run.Value(rows.StateOutputs[i].Name), State(i, slot), place, size);
        }

        return failed;
    }

    private ProgramRun Prepared(int batch)
    {
        var run = model.Prepare(batch);
        foreach (var (name, _, bytes) in model.Rows.Constants)
            bytes.CopyTo(run.Input(name));
        return run;
    }

    private Span<byte> State(int state, int slot) => Row(states[state], slot, model.Rows.States[state].RowBytes);

    private static Span<T> Row<T>(T[] table, int slot, int size) => table.AsSpan(slot * size, size);

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }
}
