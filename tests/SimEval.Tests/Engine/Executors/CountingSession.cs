using SimEval.Devices;

namespace SimEval.Tests.Engine.Executors;

/// <summary>
/// Slots of a model that adds its input to its state and gives the sum; an input of NaN is that slot's fault. It keeps what it
/// was asked to run, and takes time by a manual clock.
/// </summary>
internal sealed class CountingSession(int slots, ManualTime time) : IModelSession
{
    private readonly float[] inputs = new float[slots];
    private readonly float[] states = new float[slots];
    private readonly string?[] faults = new string?[slots];

    public int Slots => slots;

    /// <summary>The slots of each run, in order.</summary>
    public List<int[]> Runs { get; } = [];

    public TimeSpan ForwardTime { get; set; }

    /// <summary>How often it was warmed up, and whether that was before everything else.</summary>
    public int WarmUps { get; private set; }

    public Span<float> Input(int input, int slot) => inputs.AsSpan(slot, 1);

    public ReadOnlySpan<float> Output(int slot) => states.AsSpan(slot, 1);

    public string? Fault(int slot) => faults[slot];

    public void WarmUp()
    {
        if (Runs.Count > 0)
            throw new InvalidOperationException("a frame has run before");
        time.Advance(TimeSpan.FromSeconds(3));
        WarmUps++;
    }

    public void Reset(int slot)
    {
        inputs[slot] = states[slot] = 0;
        faults[slot] = null;
    }

    public void SaveState(int slot, Span<byte> state) => throw new NotSupportedException();

    public void RestoreState(int slot, ReadOnlySpan<byte> state) => throw new NotSupportedException();

    public int Run(int count) => Run([.. Enumerable.Range(0, count)]);

    public int Run(ReadOnlySpan<int> slots)
    {
        Runs.Add(slots.ToArray());
        time.Advance(ForwardTime);
        var failed = 0;
        foreach (var slot in slots)
        {
            faults[slot] = float.IsNaN(inputs[slot]) ? "not a number" : null;
            failed += faults[slot] is null ? 0 : 1;
            states[slot] += inputs[slot];
        }

        return failed;
    }

    public void Dispose() { }
}
