using SimEval.Devices.Probing;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices;

/// <summary>A model file as it was read, with the folder that its external data and parts are relative to.</summary>
/// <param name="Path">Where it was read, for messages and for what lies beside it; "" when it has no file.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record ModelFile(string Path, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Does something with the file: a <see cref="ModelException"/> about it names it.</summary>
    public T Naming<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (ModelException e)
        {
            throw Named(e);
        }
    }

    /// <summary>An error about the file, with its name; as it is where it is about the machine, or names it already.</summary>
    public ModelException Named(ModelException error) =>
        Path.Length == 0
        || error.Fault is ModelFault.RuntimeMissing or ModelFault.UnknownDevice
        || error.Message.StartsWith(Path, StringComparison.Ordinal)
            ? error
            : new ModelException(error.Fault, $"{Path}: {error.Message}", error);
}

/// <summary>
/// A device class that runs a model as a function of named tensors of any type and shape: what checking, comparing,
/// conformance and batch inference need, where <see cref="IModelDevice"/> is what the closed loop needs.
/// </summary>
public interface ITensorDevice
{
    /// <summary>The device class: "cpu", "torch", "asic/g2".</summary>
    string DeviceClass { get; }

    /// <summary>
    /// The class of machines that give the same outputs for the same inputs: instruction set and runtime. A run never leaves it.
    /// </summary>
    string Numerics => DeviceClass;

    /// <summary>Whether a model that is asked for values inside its graph may give other outputs than one that is not.</summary>
    bool ObservationMayChange => false;

    /// <summary>
    /// Opens a model. Throws <see cref="ModelException"/> with a plain message when it is no model or holds what the device
    /// cannot run, naming the operator that stops it.
    /// </summary>
    /// <param name="file">The model.</param>
    /// <param name="options">Limits.</param>
    /// <param name="values">Names of values inside the graph that a run shall give beside the outputs; null: none.</param>
    ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null);

    /// <summary>
    /// The graph whose values <see cref="Open"/> can be asked for; null for a model without one (TorchScript). Throws
    /// <see cref="ModelException"/> when the bytes are no model.
    /// </summary>
    Graph? Graph(ModelFile file)
    {
        try
        {
            return OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file)).Graph;
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }
}

/// <summary>A model as a function of named tensors. Not thread-safe.</summary>
public interface ITensorModel : IDisposable
{
    /// <summary>What it takes and gives.</summary>
    ModelSignature Signature { get; }

    /// <summary>What opening it found of its batches; null where opening does not probe.</summary>
    ProbeReport? Probe => null;

    /// <summary>
    /// Whether it keeps state inside, beside its inputs: then each <see cref="Run"/> begins as a rollout begins. Known after the
    /// first forward.
    /// </summary>
    bool KeepsState => false;

    /// <summary>One forward. Throws <see cref="ModelException"/> when it fails or an input is missing or does not fit.</summary>
    /// <param name="inputs">Every input by name.</param>
    /// <returns>Outputs by name, and the values that were asked for.</returns>
    IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs);

    /// <summary>
    /// The forward of a rollout's next frame: as <see cref="Run"/>, but state that a model keeps inside, beside its inputs, goes
    /// on from the step before. Any other model has none.
    /// </summary>
    /// <param name="inputs">Every input by name.</param>
    /// <param name="begins">Whether this is a rollout's first frame.</param>
    IReadOnlyDictionary<string, Tensor> Step(IReadOnlyDictionary<string, Tensor> inputs, bool begins) => Run(inputs);
}
