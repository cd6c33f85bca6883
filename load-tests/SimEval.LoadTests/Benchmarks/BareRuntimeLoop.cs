using SimEval.Devices.Cpu;
using SimEval.Devices.Sessions;
using SimEval.Models;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// ONNX Runtime by its C API and nothing else: forwards of up to a batch over memory that is allocated once. The floor under
/// device class cpu.
/// </summary>
internal sealed unsafe class BareRuntimeLoop : IDisposable
{
    private readonly OnnxRuntimeApi api = OnnxRuntimeApi.Instance;
    private readonly nint session;
    private readonly AlignedMemory input;
    private readonly AlignedMemory output;
    private readonly NativeNames inputNames = new(["observation"]);
    private readonly NativeNames outputNames = new(["action"]);
    private readonly nint[][] values;
    private readonly int batch;

    /// <summary>Opens a model from "observation" to "action".</summary>
    public BareRuntimeLoop(byte[] model, int observed, int acted, int batch)
    {
        this.batch = batch;
        session = api.CreateSession(model, threads: 1);
        input = new AlignedMemory((long)batch * observed * sizeof(float));
        output = new AlignedMemory((long)batch * acted * sizeof(float));
        // By number of frames; of none there is no tensor.
        values =
        [
            [],
            .. Enumerable
                .Range(1, batch)
                .Select(frames => (nint[])[Tensor(input, frames, observed), Tensor(output, frames, acted)]),
        ];
    }

    /// <summary>One forward of the batch; returns its frames.</summary>
    public long Step() => Step(batch);

    /// <summary>One forward of some frames, at least 1 and at most the batch; returns them.</summary>
    public long Step(int frames)
    {
        fixed (nint* all = values[frames])
            api.Run(session, 0, inputNames.Pointer, all, 1, outputNames.Pointer, all + 1, 1);
        return frames;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in values.SelectMany(pair => pair))
            api.ReleaseValue(value);
        api.ReleaseSession(session);
        inputNames.Dispose();
        outputNames.Dispose();
        input.Dispose();
        output.Dispose();
    }

    private nint Tensor(AlignedMemory memory, int frames, int width) =>
        api.CreateTensor(memory.Address, (long)frames * width * sizeof(float), [frames, width], ElementType.Float32);
}
