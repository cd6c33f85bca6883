using SimEval.Models;
using SimEval.Models.Asic;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Conformance;

/// <summary>How one backend test ended.</summary>
/// <param name="Test">The test.</param>
/// <param name="Failure">Why it failed; null: it did not.</param>
/// <param name="Skipped">Why it was not run; null: it was.</param>
public sealed record ConformanceResult(BackendTest Test, string? Failure, string? Skipped);

/// <summary>
/// Runs ONNX backend tests on a device. What a device says that it does not implement is skipped, with its reason; a wrong
/// output, or a model or tensor that cannot be read, is a failure.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="options">Limits.</param>
public sealed class ConformanceRun(ITensorDevice device, ModelOptions options)
{
    /// <summary>Runs one test.</summary>
    public ConformanceResult Run(BackendTest test)
    {
        try
        {
            var file = new ModelFile(test.ModelPath, File.ReadAllBytes(test.ModelPath));
            using var model = device.Open(file, options);
            return test.DataSets.Select(set => Compare(test, file, model, set))
                    .FirstOrDefault(result => result is not null)
                ?? new ConformanceResult(test, null, null);
        }
        catch (ModelException lacking) when (lacking.Fault == ModelFault.Unsupported)
        {
            return new ConformanceResult(test, null, Reason(lacking));
        }
        catch (ModelException refused) when (refused.Fault != ModelFault.RuntimeMissing)
        {
            return new ConformanceResult(test, refused.Message, null);
        }
        catch (OnnxFormatException damaged)
        {
            return new ConformanceResult(test, damaged.Message, null);
        }
    }

    // Without the name of this test's node, so that tests that lack the same are counted together.
    private static string Reason(ModelException lacking) =>
        lacking.InnerException is CompileException { Reason: { } reason, Stopper: { } stopper }
            ? $"{stopper}: {reason}"
            : lacking.Message;

    private ConformanceResult? Compare(BackendTest test, ModelFile file, ITensorModel model, string dataSet)
    {
        var inputs = Tensors(dataSet, "input", model.Signature.Inputs);
        var expected = Tensors(dataSet, "output", model.Signature.Outputs);
        if (model.Signature.Inputs.FirstOrDefault(input => !Fits(input, inputs)) is { } misfit)
            return new ConformanceResult(
                test,
                null,
                $"the test's own data contradict its model: '{misfit.Name}' is declared {ModelTensor.ShapeText(misfit.Dims)}"
            );
        var actual = model.Run(inputs);
        foreach (var (name, wanted) in expected)
        {
            if (BackendTolerance.Difference(wanted, actual[name]) is not { } difference)
                continue;
            return KnownDeviation.Of(file, GraphOf(file), wanted, actual[name]) is { } reason
                ? new ConformanceResult(test, null, reason)
                : new ConformanceResult(test, $"{Path.GetFileName(dataSet)}: output '{name}' {difference}", null);
        }

        return null;
    }

    // A declared rank that the data do not have; a size may differ where the model leaves it open.
    private static bool Fits(ModelTensor declared, Dictionary<string, Tensor> inputs) =>
        !inputs.TryGetValue(declared.Name, out var given)
        || declared.Dims.Count == 0
        || declared.Dims.Count == given.Dims.Count;

    private Graph? GraphOf(ModelFile file)
    {
        try
        {
            return device.Graph(file);
        }
        catch (ModelException)
        {
            // The device ran it; what only the graph would tell is not known then.
            return null;
        }
    }

    // Numbered files follow the model's declarations; a file without a number goes by the name inside it.
    private static Dictionary<string, Tensor> Tensors(string dataSet, string kind, IReadOnlyList<ModelTensor> declared)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var path in BackendTest.FilesOf(dataSet, kind))
        {
            var (name, tensor) = Read(path);
            if (BackendTest.NumberOf(path, kind) is { } number)
                name =
                    number < declared.Count
                        ? declared[number].Name
                        : throw new OnnxFormatException(
                            $"{Path.GetFileName(path)}: the model has {declared.Count} {kind}s"
                        );
            var wanted =
                declared.FirstOrDefault(candidate => candidate.Name == name)
                ?? throw new OnnxFormatException($"{Path.GetFileName(path)}: the model has no {kind} '{name}'");
            // ONNX 1.12 wrote bfloat16 test data as its bits.
            tensors[name] =
                wanted.Type == ElementType.BFloat16 && tensor.Type == ElementType.UInt16
                    ? new Tensor(ElementType.BFloat16, tensor.Dims, tensor.Data)
                    : tensor;
        }

        return tensors;
    }

    private static (string Name, Tensor Tensor) Read(string path)
    {
        try
        {
            return OnnxTensorReader.Read(File.ReadAllBytes(path));
        }
        catch (OnnxFormatException e)
        {
            throw new OnnxFormatException($"{Path.GetFileName(path)}: {e.Message}", e);
        }
    }
}
