using System.Globalization;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Models;
using SimEval.Models.Costs;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Engine.Executors;

/// <summary>How a model is run.</summary>
/// <param name="Lanes">Lanes that run forwards at the same time: each has activations and tables of its own.</param>
/// <param name="Slots">Rollouts of one lane, each with a row of every input, state and action; 0 outside the loop.</param>
/// <param name="Batch">Most rows of one forward.</param>
public sealed record ModelUse(int Lanes, int Slots, int Batch)
{
    /// <summary>As a function of tensors: one forward at a time.</summary>
    /// <param name="rows">Rows of it.</param>
    public static ModelUse Tensors(long rows) => new(1, 0, (int)Math.Clamp(rows, 1, int.MaxValue));
}

/// <summary>
/// Memory that models take together, accounted before any of them is loaded: each file twice (as it is read, and as a runtime
/// lays its weights out); for every lane the activations that are alive at once at the largest batch; and for every lane the
/// rows of its slots and of a batch. Where a file's shapes do not tell the activations (TorchScript, artifacts, open sizes),
/// what is known counts, and the error says that it is the least. Not thread-safe.
/// </summary>
public sealed class ModelMemory
{
    private const int CopiesOfWeights = 2;
    private readonly ModelOptions options;
    private readonly ModelUse use;
    private readonly Int128 limit;
    private Int128 taken;

    /// <summary>Nothing taken yet.</summary>
    /// <param name="options">The limit; 0: half of what this process may use.</param>
    /// <param name="use">How each model is run.</param>
    public ModelMemory(ModelOptions options, ModelUse use)
    {
        limit = options.Memory > 0 ? options.Memory : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        (this.options, this.use) = (options, use);
    }

    /// <summary>Takes what a model of the closed loop needs. Throws <see cref="ModelException"/> when that is more than is left.</summary>
    /// <param name="file">The model.</param>
    /// <param name="request">What it is to be fitted to: the rows of a model that does not tell its own, and which are its states.</param>
    public void Take(ModelFile file, BindingRequest request) =>
        Take(
            file,
            SizesOf(file, request, everyValue: false)
                // All the observation, and the action, in float32.
                ?? new Sizes(
                    file.Bytes.Length,
                    null,
                    4 * (request.Observation.Sum(tensor => (long)tensor.Size) + request.Action.Size),
                    0
                )
        );

    /// <summary>Takes what a model needs as a function of tensors. Throws <see cref="ModelException"/> when that is more than is left.</summary>
    /// <param name="file">The model.</param>
    /// <param name="everyValue">Whether every value inside it is kept until the forward ends, to be compared.</param>
    public void Take(ModelFile file, bool everyValue = false) =>
        Take(file, SizesOf(file, null, everyValue) ?? new Sizes(file.Bytes.Length, null, 0, 0));

    private void Take(ModelFile file, Sizes sizes)
    {
        var weights = CopiesOfWeights * sizes.Weights;
        var activations = use.Lanes * (sizes.Activations ?? 0);
        var tables = use.Lanes * ((use.Slots + (Int128)use.Batch) * sizes.Row + use.Batch * sizes.NextStateRow);
        var all = weights + activations + tables;
        if (all > limit - taken)
            throw new ModelException(
                ModelFault.TooLarge,
                (file.Path.Length > 0 ? $"{file.Path}: " : "")
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"it takes {(sizes.Activations is null ? "at least" : "about")} {all:N0} bytes of memory ({weights:N0} for weights, {(sizes.Activations is null ? "an unknown number" : $"{activations:N0}")} for activations at batch {use.Batch}, {tables:N0} for rows of inputs, outputs and states{Where()}), {taken:N0} are taken by models before it, and the limit is {limit:N0} (models.memory)"
                    )
            );
        taken += all;
    }

    private string Where() =>
        use.Slots == 0 ? "" : $", on {use.Lanes} lane{(use.Lanes == 1 ? "" : "s")} of {use.Slots} slots";

    // Null where the file is no ONNX, or one that the device will refuse in its own words.
    private Sizes? SizesOf(ModelFile file, BindingRequest? request, bool everyValue)
    {
        try
        {
            var model = OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file, options.MaximumBytes));
            var alone = ModelCost.Of(model, 1);
            var together = use.Batch == 1 ? alone : ModelCost.Of(model, use.Batch);
            var states = (request?.States ?? []).SelectMany(s => new[] { s.Input, s.Output }).ToHashSet();
            var nextStates = (request?.States ?? []).Select(s => s.Output).ToHashSet();
            var inputs = model.Graph.Inputs.Where(input => !model.Graph.Initializers.ContainsKey(input.Name));
            var rows = inputs.Concat(model.Graph.Outputs).Select(value => value.Name).ToList();
            return new Sizes(
                Math.Max(file.Bytes.Length, alone.WeightBytes),
                everyValue ? AllValues(together) : together.PeakActivationBytes,
                rows.Where(name => !nextStates.Contains(name))
                    .Aggregate((Int128)0, (all, name) => all + RowBytes(name)),
                nextStates.Where(rows.Contains).Aggregate((Int128)0, (all, name) => all + RowBytes(name))
            );

            // Rows of the loop are float32, but for states; others are in the model's own type.
            Int128 RowBytes(string name) =>
                alone.Types.TryGetValue(name, out var type) && type.Count is { } count
                    ? count * (request is null || states.Contains(name) ? Bits(type) : Math.Max(32, Bits(type))) / 8
                    : 0;
        }
        catch (OnnxFormatException)
        {
            return null;
        }
    }

    private static Int128? AllValues(ModelCost cost) =>
        cost.Types.Values.Any(type => type.Count is null)
            ? null
            : cost.Types.Values.Aggregate((Int128)0, (all, type) => all + (Int128)type.Count!.Value * Bits(type) / 8);

    // A text has no fixed size; it counts as a reference does.
    private static int Bits(TensorType type) =>
        type.Element is ElementType.Undefined or ElementType.Text ? 64 : type.Element.Bits();

    /// <summary>Bytes of one model, at one lane.</summary>
    /// <param name="Weights">Its file, and what lies beside it.</param>
    /// <param name="Activations">At the largest batch; null: not known before it is loaded.</param>
    /// <param name="Row">Of one row of inputs, outputs and states as they come.</param>
    /// <param name="NextStateRow">Of one row of states as a forward gives them, which only a batch has.</param>
    private sealed record Sizes(Int128 Weights, Int128? Activations, Int128 Row, Int128 NextStateRow);
}
