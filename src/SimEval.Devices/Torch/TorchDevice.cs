using SimEval.Devices.Asic;
using SimEval.Devices.Probing;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;

namespace SimEval.Devices.Torch;

/// <summary>
/// Device classes "torch" (libtorch on the processor) and "cuda" (the same on a GPU): TorchScript modules as they are, and ONNX
/// graphs lowered to ATen calls.
/// </summary>
/// <param name="deviceClass">"torch" or "cuda".</param>
public sealed class TorchDevice(string deviceClass = TorchDevice.Torch) : IModelDevice, ITensorDevice
{
    /// <summary>libtorch on the processor.</summary>
    public const string Torch = "torch";

    /// <summary>libtorch on the first GPU.</summary>
    public const string Cuda = "cuda";

    /// <inheritdoc cref="IModelDevice.DeviceClass"/>
    public string DeviceClass => deviceClass;

    /// <summary>"avx2/libtorch 1.13.0", "cuda/libtorch 2.11.0".</summary>
    public string Numerics =>
        $"{(deviceClass == Cuda ? Cuda : ProcessorFeatures.InstructionSet)}/{TorchApi.Instance.Version}";

    /// <summary>Whether SimEval's library over libtorch is on this machine; whether it loads is not tried.</summary>
    public static bool IsInstalled => TorchLibrary.Path is not null;

    /// <inheritdoc/>
    public ILoadedModel Load(ReadOnlyMemory<byte> bytes, ModelOptions options)
    {
        var api = Prepare(bytes, options);
        if (IsTorchScript(bytes.Span))
        {
            ScriptIntegrity.Check(bytes);
            var module = new TorchModule(api, api.LoadScript(bytes.Span, Place));
            var script = ScriptSignature.Parse(api.SignatureOf(module.Handle));
            return new TorchModel(module, script, options, deviceClass);
        }

        var model = Read(new ModelFile("", bytes), deviceClass);
        var signature = SignatureOf(model.Graph);
        var program = Lowered(model, [.. signature.Outputs.Select(output => output.Name)]);
        return new TorchModel(new TorchModule(api, api.LoadProgram(program, Place)), signature, options, deviceClass);
    }

    /// <inheritdoc/>
    public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null)
    {
        var api = Prepare(file.Bytes, options);
        if (IsTorchScript(file.Bytes.Span))
        {
            if (values is { Count: > 0 })
                throw new ModelException(
                    ModelFault.Unsupported,
                    $"a TorchScript module has no values that can be named; '{values.First()}' was asked for"
                );
            ScriptIntegrity.Check(file.Bytes);
            var script = new TorchModule(api, api.LoadScript(file.Bytes.Span, Place));
            var told = ScriptSignature.Parse(api.SignatureOf(script.Handle));
            return new TorchTensorModel(script, told, [.. told.Outputs.Select(output => output.Name)]);
        }

        var model = Read(file, deviceClass);
        var signature = SignatureOf(model.Graph);
        var given = signature.Outputs.Select(output => output.Name).Concat(values ?? []).Distinct().ToList();
        var program = api.LoadProgram(Lowered(model, given), Place);
        return new TorchTensorModel(new TorchModule(api, program), signature, given);
    }

    /// <inheritdoc/>
    public Graph? Graph(ModelFile file) => GraphOf(file, deviceClass);

    /// <summary>The graph of an ONNX model; null for a TorchScript module. Throws as <see cref="ITensorDevice.Graph"/> does.</summary>
    internal static Graph? GraphOf(ModelFile file, string deviceClass) =>
        IsTorchScript(file.Bytes.Span) ? null : Read(file, deviceClass).Graph;

    /// <summary>Whether the bytes are a zip archive, which TorchScript's files are and ONNX's never.</summary>
    public static bool IsTorchScript(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PK\u0003\u0004"u8);

    private string Place => deviceClass == Cuda ? "cuda:0" : "cpu";

    private TorchApi Prepare(ReadOnlyMemory<byte> bytes, ModelOptions options)
    {
        if (bytes.Length > options.MaximumBytes)
            throw new ModelException(
                ModelFault.TooLarge,
                $"the model has {bytes.Length:N0} bytes; the limit is {options.MaximumBytes:N0}"
            );
        var api = TorchApi.Instance;
        if (deviceClass == Cuda && !api.HasCuda)
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"{api.Version} here is built without CUDA. Build SimEval's library against PyTorch's libtorch: SIMEVAL_LIBTORCH=FOLDER src/native/torch/install.sh"
            );
        if (deviceClass == Cuda && api.CudaDevices == 0)
            throw new ModelException(ModelFault.RuntimeMissing, "there is no CUDA device on this machine");
        api.SetThreads(options.Threads);
        return api;
    }

    private static OnnxModel Read(ModelFile file, string deviceClass)
    {
        AsicLoading.RefuseArtifact(file, deviceClass);
        try
        {
            return OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file));
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    /// <summary>The program that gives these values. What passes find to do, each forward saves; a value that is asked for stays.</summary>
    private static byte[] Lowered(OnnxModel model, IReadOnlyList<string> given)
    {
        var outputs = given.Select(name => new GraphValue(name, TensorType.Unknown));
        try
        {
            var asked = model with { Graph = model.Graph with { Outputs = [.. outputs] } };
            return GraphLowering.Lower(PassPipeline.Run(asked, GraphPass.All).Model, given);
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    private static ModelSignature SignatureOf(Graph graph)
    {
        var values = graph.Inputs.Concat(graph.Outputs);
        if (values.FirstOrDefault(value => value.Type.Kind != ValueKind.Tensor) is { } other)
            throw new ModelException(
                ModelFault.Unsupported,
                $"'{other.Name}' is a {other.Type}; SimEval runs models of tensors"
            );
        return new ModelSignature([.. graph.Inputs.Select(TensorOf)], [.. graph.Outputs.Select(TensorOf)]);
    }

    private static ModelTensor TensorOf(GraphValue value) =>
        new(
            value.Name,
            value.Type.Element,
            [.. (value.Type.Shape ?? []).Select(size => size.IsKnown ? (int)Math.Min(size.Size, int.MaxValue) : -1)]
        );
}
