using SimEval.Devices.Cpu;
using SimEval.Devices.Sessions;
using SimEval.Models;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// ONNX Runtime by its C API and nothing else: one forward of a batch over memory that is allocated once. The floor under
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
    private readonly nint[] values;
    private readonly int batch;

    /// <summary>Opens a model from "observation" to "action".</summary>
    public BareRuntimeLoop(byte[] model, int observed, int acted, int batch)
    {
        this.batch = batch;
        session = api.CreateSession(model, threads: 1);
        input = new AlignedMemory((long)batch * observed * sizeof(float));
        output = new AlignedMemory((long)batch * acted * sizeof(float));
        values =
        [
            api.CreateTensor(input.Address, input.Bytes, [batch, observed], ElementType.Float32),
            api.CreateTensor(output.Address, output.Bytes, [batch, acted], ElementType.Float32),
        ];
    }

    /// <summary>One forward; returns its frames.</summary>
    public long Step()
    {
        fixed (nint* all = values)
            api.Run(session, 0, inputNames.Pointer, all, 1, outputNames.Pointer, all + 1, 1);
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in values)
            api.ReleaseValue(value);
        api.ReleaseSession(session);
        inputNames.Dispose();
        outputNames.Dispose();
        input.Dispose();
        output.Dispose();
    }
}
