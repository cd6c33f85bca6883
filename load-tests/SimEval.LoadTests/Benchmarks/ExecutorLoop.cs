using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Engine.Executors;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>A lane's executor over a model on device class cpu, from "observation" to "action".</summary>
internal sealed class ExecutorLoop : IDisposable
{
    private readonly ILoadedModel model;
    private readonly float[] observation;
    private readonly int[] slots;
    private readonly StageClock clock = new(TimeProvider.System);
    private float sum;

    /// <summary>Loads the model; every frame is the same observation.</summary>
    public ExecutorLoop(byte[] bytes, int observed, int acted, int batch, int slots)
    {
        model = new CpuDevice().Load(bytes, new ModelOptions());
        var request = new BindingRequest
        {
            Observation = [new TensorSpec("observation", [observed], "")],
            Action = new TensorSpec("action", [acted], ""),
        };
        var binding =
            ModelBinder.Bind(model.Signature, request, [])
            ?? throw new InvalidOperationException("the model does not fit");
        Executor = new Executor(model.Bind(binding, batch).CreateSession(slots), batch, TimeSpan.Zero, clock);
        observation = [.. Enumerable.Range(0, observed).Select(i => (i % 7 - 3) * 0.3f)];
        this.slots = [.. Enumerable.Range(0, batch).Select(_ => Executor.Acquire())];
        foreach (var slot in this.slots)
            Executor.Release(slot);
    }

    /// <summary>The executor.</summary>
    public Executor Executor { get; }

    /// <summary>A frame of every slot of a batch, as a lane does them: observe, submit, forward, take. Returns the frames.</summary>
    public long Step()
    {
        clock.Pass();
        foreach (var slot in slots)
            Submit(slot);
        while (Executor.RunReady() > 0) { }

        foreach (var slot in slots)
            Take(slot);
        return slots.Length;
    }

    /// <summary>Observes and submits one slot.</summary>
    public void Submit(int slot)
    {
        observation.CopyTo(Executor.Input(0, slot));
        Executor.Submit(slot);
    }

    /// <summary>Takes a slot's action.</summary>
    public void Take(int slot)
    {
        if (Executor.Fault(slot) is { } fault)
            throw new InvalidOperationException(fault);
        sum += Executor.Take(slot)[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Executor.Dispose();
        model.Dispose();
    }
}
