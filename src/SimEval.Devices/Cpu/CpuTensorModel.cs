using SimEval.Devices.Sessions;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Cpu;

/// <summary>
/// A model in ONNX Runtime as a function of named tensors. Inputs are copied to aligned memory, so that the bits of a run do
/// not depend on where its inputs lie.
/// </summary>
internal sealed unsafe class CpuTensorModel : ITensorModel
{
    private readonly OnnxRuntimeApi api;
    private readonly nint handle;
    private readonly TimeSpan patience;
    private readonly NativeNames inputNames;
    private readonly NativeNames outputNames;
    private readonly List<string> given;
    private bool disposed;

    /// <summary>Takes over a session.</summary>
    /// <param name="api">The runtime.</param>
    /// <param name="handle">The session; released with this.</param>
    /// <param name="signature">The model's own inputs and outputs.</param>
    /// <param name="values">Values inside the graph that the session gives beside its outputs.</param>
    /// <param name="patience">Most time of one forward.</param>
    public CpuTensorModel(
        OnnxRuntimeApi api,
        nint handle,
        ModelSignature signature,
        IReadOnlyList<ModelTensor> values,
        TimeSpan patience
    )
    {
        (this.api, this.handle, this.patience, Signature) = (api, handle, patience, signature);
        given = [.. signature.Outputs.Concat(values).Select(tensor => tensor.Name)];
        inputNames = new NativeNames([.. signature.Inputs.Select(tensor => tensor.Name)]);
        outputNames = new NativeNames(given);
    }

    /// <inheritdoc/>
    public ModelSignature Signature { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        TensorInputs.Check(Signature, inputs);
        var memory = new List<AlignedMemory>();
        var taken = new nint[Signature.Inputs.Count];
        var outputs = new nint[given.Count];
        try
        {
            for (var i = 0; i < taken.Length; i++)
                taken[i] = ValueOf(inputs[Signature.Inputs[i].Name], memory);
            Forward(taken, outputs);
            return Results(outputs);
        }
        finally
        {
            foreach (var value in taken.Concat(outputs).Where(value => value != 0))
                api.ReleaseValue(value);
            foreach (var block in memory)
                block.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        api.ReleaseSession(handle);
        inputNames.Dispose();
        outputNames.Dispose();
    }

    private void Forward(nint[] taken, nint[] outputs)
    {
        using var watchdog = new Watchdog(api, patience);
        try
        {
            fixed (
                nint* i = taken,
                    o = outputs
            )
            {
                api.Run(
                    handle,
                    watchdog.RunOptions,
                    inputNames.Pointer,
                    i,
                    taken.Length,
                    outputNames.Pointer,
                    o,
                    outputs.Length
                );
            }
        }
        catch (OnnxRuntimeException e) when (e.IsNotImplemented)
        {
            throw new ModelException(ModelFault.Unsupported, $"ONNX Runtime does not implement it: {e.Line}", e);
        }
        catch (OnnxRuntimeException e)
        {
            throw watchdog.Explain("the model failed", e);
        }
    }

    private Dictionary<string, Tensor> Results(nint[] outputs)
    {
        var results = new Dictionary<string, Tensor>(given.Count, StringComparer.Ordinal);
        for (var i = 0; i < given.Count; i++)
            results[given[i]] =
                outputs[i] == 0 ? throw NoTensor(given[i]) : api.Read(outputs[i]) ?? throw NoTensor(given[i]);
        return results;
    }

    private nint ValueOf(Tensor tensor, List<AlignedMemory> memory)
    {
        if (tensor.Type == ElementType.Text)
            return api.CreateTextTensor([.. tensor.Dims], tensor.Texts);
        var block = new AlignedMemory(tensor.Data.Length);
        memory.Add(block);
        tensor.Data.Span.CopyTo(block.Span<byte>(0, tensor.Data.Length));
        return api.CreateTensor(block.Address, tensor.Data.Length, [.. tensor.Dims], tensor.Type);
    }

    private static ModelException NoTensor(string name) =>
        new(ModelFault.Unsupported, $"output '{name}' is a sequence or an optional; SimEval runs models of tensors");
}
