using SimEval.Devices.Binding;
using SimEval.Devices.Probing;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Processes;

/// <summary>
/// Device class "process" for what runs models as functions of named tensors: a policy in a program of its own, named by its
/// file, is greeted with the layout of <see cref="ModelOptions.Policy"/>, and every row that it is given is the first frame
/// of a rollout. A file that ends in .py is run by python3, any other as it is.
/// </summary>
public sealed class ProgramTensorDevice : ITensorDevice
{
    private const string PythonSuffix = ".py";

    // As large as an executor's batches are unless configured otherwise.
    private const int MostFrames = 64;

    /// <inheritdoc/>
    public string DeviceClass => ProgramDevice.DeviceClass;

    /// <summary>"process/avx2": what the program computes with is known only once it runs.</summary>
    public string Numerics => $"{DeviceClass}/{ProcessorFeatures.InstructionSet}";

    /// <summary>
    /// Starts, greets and probes the program. Throws <see cref="ModelException"/> with its last words when that fails, when it
    /// holds state, and when its file is not the one that was read.
    /// </summary>
    /// <inheritdoc/>
    public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null)
    {
        if (options.Policy is not { } layout)
            throw new ModelException(
                ModelFault.Unsupported,
                "a program is a policy of a world, and there is no world here whose observations it could be offered"
            );
        var path = Path.GetFullPath(file.Path);
        // A program is run where it lies, beside what it imports.
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Bytes.Span))
            throw new ModelException(
                ModelFault.Unreadable,
                $"{path} is not there any more, or no longer what it was when it was first read"
            );
        var isPython = path.EndsWith(PythonSuffix, StringComparison.Ordinal);
        var command = new ProgramCommand(isPython ? ["python3", path] : [path], Path.GetDirectoryName(path)!);
        var model = Started(file, command, layout, options);
        return model.IsRecurrent
            ? throw new ModelException(
                ModelFault.Unsupported,
                $"{file.Path} holds state from frame to frame, so that it is no function of its inputs; run it as a variant of a scenario"
            )
            : new ProgramTensorModel(model);
    }

    /// <summary>None: nothing is seen of what a program computes.</summary>
    public Graph? Graph(ModelFile file) => null;

    private static ProgramModel Started(
        ModelFile file,
        ProgramCommand command,
        BindingRequest layout,
        ModelOptions options
    )
    {
        try
        {
            return (ProgramModel)new ProgramDevice(options.Programs).Open(command, layout, MostFrames);
        }
        catch (ModelException e)
        {
            throw new ModelException(e.Fault, $"{file.Path}: {e.Message}", e);
        }
    }
}
