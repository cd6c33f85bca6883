using SimEval.Models.Onnx;

namespace SimEval.Devices.Cpu;

/// <summary>Device class "cpu": ONNX models through ONNX Runtime's C API.</summary>
public sealed class CpuDevice : IModelDevice
{
    /// <inheritdoc/>
    public string DeviceClass => "cpu";

    /// <summary>"onnxruntime 1.30.0". Throws <see cref="ModelException"/> when it is not installed.</summary>
    public static string Runtime => $"onnxruntime {OnnxRuntimeApi.Instance.Version}";

    /// <inheritdoc/>
    public ILoadedModel Load(ReadOnlyMemory<byte> bytes, ModelOptions options)
    {
        var api = OnnxRuntimeApi.Instance;
        if (bytes.Length > options.MaximumBytes)
            throw new ModelException(
                ModelFault.TooLarge,
                $"the model has {bytes.Length:N0} bytes; the limit is {options.MaximumBytes:N0}"
            );
        CheckFormat(bytes.Span);
        nint session = 0;
        try
        {
            session = api.CreateSession(bytes.Span, options.Threads);
            var signature = new ModelSignature(
                api.Tensors(session, outputs: false),
                api.Tensors(session, outputs: true)
            );
            return new CpuModel(api, session, signature, options);
        }
        catch (OnnxRuntimeException e)
        {
            if (session != 0)
                api.ReleaseSession(session);
            throw Explained(e);
        }
    }

    private static void CheckFormat(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (OnnxSummary.Read(bytes).HasExternalData)
                throw new ModelException(
                    ModelFault.Unsupported,
                    "the model keeps weights in other files; save it as one file (in PyTorch: external_data=False)"
                );
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    private static ModelException Explained(OnnxRuntimeException e)
    {
        var text = e.Message.ReplaceLineEndings(" ").Trim();
        if (text.Length > 600)
            text = text[..600] + "...";
        return new ModelException(ModelFault.Unsupported, $"ONNX Runtime refuses the model: {text}", e);
    }
}
