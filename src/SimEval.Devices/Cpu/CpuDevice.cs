using SimEval.Devices.Asic;
using SimEval.Devices.Probing;
using SimEval.Devices.Torch;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Cpu;

/// <summary>Device class "cpu": ONNX models through ONNX Runtime's C API, and TorchScript through libtorch.</summary>
public sealed class CpuDevice : IModelDevice, ITensorDevice
{
    /// <inheritdoc cref="IModelDevice.DeviceClass"/>
    public string DeviceClass => "cpu";

    /// <summary>"avx2/onnxruntime 1.30.0".</summary>
    public string Numerics => $"{ProcessorFeatures.InstructionSet}/{Runtime}";

    /// <summary>It may: ONNX Runtime fuses nothing across a value that is asked for.</summary>
    public bool ObservationMayChange => true;

    /// <summary>"onnxruntime 1.30.0". Throws <see cref="ModelException"/> when it is not installed.</summary>
    public static string Runtime => $"onnxruntime {OnnxRuntimeApi.Instance.Version}";

    /// <inheritdoc/>
    public ILoadedModel Load(ReadOnlyMemory<byte> bytes, ModelOptions options)
    {
        if (TorchDevice.IsTorchScript(bytes.Span))
            return new TorchDevice().Load(bytes, options);
        var api = OnnxRuntimeApi.Instance;
        CheckSize(bytes.Length, options);
        var summary = Summary(bytes);
        if (summary.HasExternalData)
            throw new ModelException(
                ModelFault.Unsupported,
                "the model keeps weights in other files; save it as one file (in PyTorch: external_data=False)"
            );
        var session = CreateSession(api, bytes, options);
        try
        {
            return new CpuModel(api, session, SignatureOf(api, session, bytes), options, Int8Probe.Of(summary));
        }
        catch
        {
            api.ReleaseSession(session);
            throw;
        }
    }

    /// <summary>
    /// Opens a model. Asked for values, the graph is given them as outputs: the runtime then fuses nothing across them. A value
    /// that is a sequence or an optional, or that the runtime takes out before it runs a graph, is left out.
    /// </summary>
    /// <inheritdoc/>
    public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null)
    {
        if (TorchDevice.IsTorchScript(file.Bytes.Span))
            return new TorchDevice().Open(file, options, values);
        var api = OnnxRuntimeApi.Instance;
        CheckSize(file.Bytes.Length, options);
        var asked = values ?? [];
        var bytes = file.Bytes;
        if (asked.Count > 0 || Summary(bytes).HasExternalData)
            bytes = WholeModel.Of(file, options, asked);
        var session = CreateSession(api, bytes, options);
        try
        {
            var all = SignatureOf(api, session, bytes);
            var own = asked.Count == 0 ? all.Outputs.Count : OnnxSummary.Read(file.Bytes.Span).Outputs.Count;
            var signature = new ModelSignature(all.Inputs, [.. all.Outputs.Take(own)]);
            RequireTensors(signature);
            var inner = all.Outputs.Skip(own).Where(tensor => tensor.Type != ElementType.Undefined);
            return new CpuTensorModel(api, session, signature, [.. inner], options.RunTime);
        }
        catch
        {
            api.ReleaseSession(session);
            throw;
        }
    }

    /// <inheritdoc/>
    public Graph? Graph(ModelFile file) => TorchDevice.GraphOf(file, DeviceClass);

    private static nint CreateSession(OnnxRuntimeApi api, ReadOnlyMemory<byte> bytes, ModelOptions options)
    {
        try
        {
            try
            {
                return api.CreateSession(bytes.Span, options.Threads);
            }
            catch (OnnxRuntimeException e) when (RuntimeRefusal.IsOfSharedConstants(e))
            {
                return api.CreateSession(WholeModel.WithSeparateConstants(bytes), options.Threads);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw RuntimeRefusal.Of(e, bytes);
        }
    }

    private static ModelSignature SignatureOf(OnnxRuntimeApi api, nint session, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return new ModelSignature(api.Tensors(session, outputs: false), api.Tensors(session, outputs: true));
        }
        catch (OnnxRuntimeException e)
        {
            throw RuntimeRefusal.Of(e, bytes);
        }
    }

    private static void CheckSize(long bytes, ModelOptions options)
    {
        if (bytes > options.MaximumBytes)
            throw new ModelException(
                ModelFault.TooLarge,
                $"the model has {bytes:N0} bytes; the limit is {options.MaximumBytes:N0}"
            );
    }

    private static OnnxSummary Summary(ReadOnlyMemory<byte> bytes)
    {
        AsicLoading.RefuseArtifact(new ModelFile("", bytes), "cpu");
        try
        {
            return OnnxSummary.Read(bytes.Span);
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    private static void RequireTensors(ModelSignature signature)
    {
        if (signature.Inputs.Concat(signature.Outputs).Any(tensor => tensor.Type == ElementType.Undefined))
            throw new ModelException(
                ModelFault.Unsupported,
                "an input or output is a sequence, a map or an optional; SimEval runs models of tensors"
            );
    }
}
