using SimEval.Devices.Sessions;

namespace SimEval.Devices.Processes;

/// <summary>
/// The slot tables of one lane, and the lane's own program. It is started before the first step, and again after a failure, up to
/// a limit. A batch that fails is repeated row by row by a fresh program, so that the failure is that of the rows that
/// cause it; only rows whose rollout has begun in a program that holds state can't be repeated, and fail with it.
/// </summary>
internal sealed class ProgramSession : IModelSession
{
    private const string NotFinite = "the program answered NaN or infinity";
    private const int MostFailureCharacters = 800;

    private readonly ProgramModel model;
    private readonly float[][] inputs;
    private readonly float[] actions;
    private readonly BatchBuckets buckets;
    private readonly int[] inOrder;
    private readonly bool[] begins;
    private readonly int[] generations;
    private readonly string?[] faults;
    private readonly StepMessage message;
    private RunningProgram? program;
    private string lastFailure = "";
    private string? givenUp;
    private int generation;
    private bool disposed;

    /// <summary>Makes the tables.</summary>
    /// <param name="model">What runs.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="buckets">How slots are cut into messages.</param>
    /// <param name="running">A program that has been greeted already and becomes the session's; null: it starts its own.</param>
    public ProgramSession(ProgramModel model, int slots, BatchBuckets buckets, RunningProgram? running)
    {
        (this.model, this.buckets) = (model, buckets);
        Slots = slots;
        program = running;
        generation = running is null ? 0 : 1;
        int[] sizes = [.. model.Binding.Inputs.Select(input => input.Row.Aggregate(1, (product, s) => product * s))];
        inputs = [.. sizes.Select(size => new float[slots * size])];
        actions = new float[slots * model.Binding.ActionSize];
        inOrder = [.. Enumerable.Range(0, slots)];
        begins = new bool[slots];
        Array.Fill(begins, true);
        generations = new int[slots];
        faults = new string?[slots];
        message = new StepMessage(buckets.Largest, sizes.Sum(), model.Binding.ActionSize);
    }

    /// <inheritdoc/>
    public int Slots { get; }

    /// <summary>Messages that failed so far, those repeated included.</summary>
    public int Failures { get; private set; }

    /// <inheritdoc/>
    public Span<float> Input(int input, int slot) => Row(inputs[input], slot);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(int slot) => Row(actions, slot);

    /// <inheritdoc/>
    public string? Fault(int slot) => faults[slot];

    /// <summary>
    /// Starts the program. It is sent no frame: what a policy does in its first steps is its own, and it may do it before it greets.
    /// </summary>
    public void WarmUp()
    {
        try
        {
            EnsureRunning();
        }
        catch (ProgramException failure)
        {
            Failures++;
            lastFailure = Shortened(failure);
        }
    }

    /// <inheritdoc/>
    public void Reset(int slot)
    {
        faults[slot] = null;
        begins[slot] = true;
        Row(actions, slot).Clear();
        foreach (var table in inputs)
            Row(table, slot).Clear();
    }

    /// <summary>Nothing to save: what a program keeps stays with it.</summary>
    public void SaveState(int slot, Span<byte> state) { }

    /// <summary>Nothing to put back.</summary>
    public void RestoreState(int slot, ReadOnlySpan<byte> state) { }

    /// <inheritdoc/>
    public int Run(ReadOnlySpan<int> slots)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var failed = 0;
        while (slots.Length > 0)
            failed += RunBatch(buckets.Next(ref slots));
        return failed;
    }

    /// <inheritdoc/>
    public int Run(int count) => Run(inOrder.AsSpan(0, count));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        program?.Dispose();
    }

    private int RunBatch(ReadOnlySpan<int> slots)
    {
        try
        {
            return Step(slots);
        }
        catch (ProgramException failure)
        {
            Failures++;
            lastFailure = Shortened(failure);
        }

        var failed = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[i];
            if (slots.Length > 1 && givenUp is null && (begins[slot] || !model.IsRecurrent))
            {
                failed += RunBatch(slots.Slice(i, 1));
                continue;
            }

            faults[slot] = lastFailure;
            failed++;
        }

        return failed;
    }

    private static string Shortened(ProgramException failure) =>
        failure.Message.Length <= MostFailureCharacters
            ? failure.Message
            : failure.Message[..MostFailureCharacters] + "...";

    private int Step(ReadOnlySpan<int> slots)
    {
        EnsureRunning();
        if (model.IsRecurrent && Forgotten(slots) is var forgotten and > 0)
            return forgotten + RunOthers(slots);
        var answer = program!.Exchange(
            message.Fill(slots, begins, inputs),
            message.MostAnswerBytes(slots.Length),
            model.Limits.StepTime
        );
        if (message.Check(answer, slots.Length) is { } wrong)
            throw program.End(wrong);
        if (StepMessage.FailureOf(answer) is { } reported)
            throw new ProgramException($"the program reports: {reported}");
        return Take(StepMessage.ActionsOf(answer), slots);
    }

    private int Take(ReadOnlySpan<float> rows, ReadOnlySpan<int> slots)
    {
        var size = model.Binding.ActionSize;
        var failed = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[i];
            var row = rows.Slice(i * size, size);
            row.CopyTo(Row(actions, slot));
            faults[slot] = IsFinite(row) ? null : NotFinite;
            failed += faults[slot] is null ? 0 : 1;
            begins[slot] = false;
            generations[slot] = generation;
        }

        return failed;
    }

    private void EnsureRunning()
    {
        if (program is { HasEnded: false })
            return;
        if (generation > model.Limits.Restarts)
            throw new ProgramException(
                givenUp ??=
                    $"the program has failed {generation} times on this lane and is not started again. The last time: {lastFailure}"
            );
        generation++;
        program = model.Start();
    }

    // A program that holds state has lost it when it was started again: the rollouts it was about can't go on.
    private int Forgotten(ReadOnlySpan<int> slots)
    {
        var count = 0;
        foreach (var slot in slots)
        {
            if (!IsForgotten(slot))
                continue;
            faults[slot] = $"the program was started again and has lost what it held of this rollout: {lastFailure}";
            count++;
        }

        return count;
    }

    private int RunOthers(ReadOnlySpan<int> slots)
    {
        var failed = 0;
        for (var i = 0; i < slots.Length; i++)
            failed += IsForgotten(slots[i]) ? 0 : RunBatch(slots.Slice(i, 1));
        return failed;
    }

    private bool IsForgotten(int slot) => !begins[slot] && generations[slot] != generation;

    private static bool IsFinite(ReadOnlySpan<float> row)
    {
        foreach (var value in row)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }

    private Span<float> Row(float[] table, int slot)
    {
        if ((uint)slot >= (uint)Slots)
            throw new ArgumentOutOfRangeException(nameof(slot), slot, $"slots are 0 to {Slots - 1}");
        var size = table.Length / Slots;
        return table.AsSpan(slot * size, size);
    }
}
