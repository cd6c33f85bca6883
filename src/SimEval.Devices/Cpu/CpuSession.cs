using System.Runtime.InteropServices;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Cpu;

/// <summary>Slots of a model in ONNX Runtime; its tensors over the tables are made once for each batch size.</summary>
internal sealed unsafe class CpuSession : SlotSession
{
    private readonly CpuBoundModel model;
    private readonly Dictionary<(TensorTable Table, int Batch, nint Address), nint> tensors = [];
    private readonly nint*[] values;
    private readonly int inputCount;
    private readonly int outputCount;

    /// <summary>Makes the tables.</summary>
    /// <param name="model">What runs.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="buckets">How slots are cut into batches.</param>
    public CpuSession(CpuBoundModel model, int slots, BatchBuckets buckets)
        : base(model.Shapes, slots, buckets)
    {
        model.Model.AddReference();
        this.model = model;
        inputCount = Inputs.Length + StatesIn.Length + model.ConstantValues.Count;
        outputCount = 1 + StatesOut.Length;
        values = new nint*[2 * (MaximumBatch + 1)];
    }

    /// <summary>The runtime's run options, or 0.</summary>
    public nint RunOptions { get; set; }

    /// <inheritdoc/>
    protected override void Execute(int batch, bool inPlace)
    {
        ref var run = ref values[2 * batch + (inPlace ? 1 : 0)];
        if (run is null)
            run = Values(batch, inPlace);
        model.Model.Api.Run(
            model.Model.Handle,
            RunOptions,
            model.InputNames.Pointer,
            run,
            inputCount,
            model.OutputNames.Pointer,
            run + inputCount,
            outputCount
        );
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        foreach (var tensor in tensors.Values)
            model.Model.Api.ReleaseValue(tensor);
        foreach (var run in values)
            NativeMemory.Free(run);
        model.Model.Release();
    }

    private nint* Values(int batch, bool inPlace)
    {
        nint[] all =
        [
            .. Inputs.Concat(StatesIn).Select(table => TensorOver(table, batch, inPlace)),
            .. model.ConstantValues,
            TensorOver(Action, batch, inPlace),
            .. StatesOut.Select(table => TensorOver(table, batch, inPlace: false)),
        ];
        var made = (nint*)NativeMemory.Alloc((nuint)all.Length, (nuint)sizeof(nint));
        all.CopyTo(new Span<nint>(made, all.Length));
        return made;
    }

    private nint TensorOver(TensorTable table, int batch, bool inPlace)
    {
        var key = (table, batch, table.Address(inPlace));
        if (!tensors.TryGetValue(key, out var tensor))
        {
            var shape = table.Shape;
            var bytes = (long)batch * shape.RowBytes;
            tensors[key] = tensor = model.Model.Api.CreateTensor(key.Item3, bytes, shape.Dims(batch), shape.Type);
        }

        return tensor;
    }
}
