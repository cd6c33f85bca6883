using SimEval.Devices;
using SimEval.Devices.Tensors;
using SimEval.Engine.Replay;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Engine.Inference;

/// <summary>The work of a batch inference, cut into units that each give the same arrays whenever they are run.</summary>
public abstract class InferenceUnits
{
    /// <summary>Number of units.</summary>
    public abstract int Count { get; }

    /// <summary>The arrays of one unit, in a fixed order; none for a rollout of which nothing was recorded.</summary>
    /// <exception cref="ModelException">The model fails; the message says on what.</exception>
    public abstract Task<IReadOnlyList<KeyValuePair<string, Tensor>>> RunAsync(int unit, CancellationToken cancel);
}

/// <summary>
/// A recorded run's rollouts, one a unit, frame by frame at batch 1, as the model would have been asked in the loop. Beside the
/// model's outputs, each unit gives where its frames are from and what was recorded there.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="recorded">The run.</param>
public sealed class RolloutUnits(ITensorModel model, RecordedRun recorded) : InferenceUnits
{
    /// <summary>Index of the unit that a frame is from.</summary>
    public const string RolloutArray = "recorded.rollout";

    /// <summary>Index of the frame in its rollout.</summary>
    public const string FrameArray = "recorded.frame";

    /// <summary>The recorded action.</summary>
    public const string ActionArray = "recorded.action";

    /// <inheritdoc/>
    public override int Count => recorded.Rollouts.Count;

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<KeyValuePair<string, Tensor>>> RunAsync(int unit, CancellationToken cancel)
    {
        var key = recorded.Rollouts[unit];
        if (await recorded.RolloutAsync(key, cancel).ConfigureAwait(false) is not { } rollout)
            return [];
        var outputs = model.Signature.Outputs.ToDictionary(output => output.Name, _ => new List<Tensor>());
        var frames = new List<int>();
        var actions = new List<float>();
        try
        {
            foreach (var (frame, given) in recorded.Infer(rollout))
            {
                cancel.ThrowIfCancellationRequested();
                foreach (var (name, tensors) in outputs)
                    tensors.Add(given[name]);
                frames.Add(frame.Frame);
                actions.AddRange(frame.Action);
            }
        }
        catch (ModelException e)
        {
            throw new ModelException(e.Fault, $"rollout {key}, {e.Message}", e);
        }

        if (frames.Count == 0)
            return [];
        long[] action = [frames.Count, .. recorded.World.Action.Shape.Select(size => (long)size)];
        int[] from = [.. frames.Select(_ => unit)];
        return
        [
            .. model.Signature.Outputs.Select(output =>
                KeyValuePair.Create(output.Name, TensorStack.Frames(output.Name, outputs[output.Name]))
            ),
            KeyValuePair.Create(RolloutArray, Tensor.Of<int>(ElementType.Int32, [from.Length], from)),
            KeyValuePair.Create(FrameArray, Tensor.Of<int>(ElementType.Int32, [from.Length], frames.ToArray())),
            KeyValuePair.Create(ActionArray, Tensor.Of<float>(ElementType.Float32, action, actions.ToArray())),
        ];
    }
}

/// <summary>
/// Given tensors: blocks of rows where every input and output has a free first axis (rows are then taken to be independent),
/// else all at once. A block has 256 rows, fewer where its outputs would be large.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="inputs">Its inputs.</param>
public sealed class RowUnits(ITensorModel model, IReadOnlyDictionary<string, Tensor> inputs) : InferenceUnits
{
    private const int MostRowsPerUnit = 256;
    private const long MostBytesPerUnit = 256L << 20;

    private readonly long rows = RowsOf(model.Signature, inputs);
    private readonly long rowsPerUnit = RowsPerUnit(model.Signature);

    /// <summary>Most rows of one forward over such inputs, where they can be cut into blocks.</summary>
    public static long MostRows(IReadOnlyDictionary<string, Tensor> inputs) =>
        Math.Min(
            MostRowsPerUnit,
            inputs.Values.Select(tensor => tensor.Dims.Count > 0 ? tensor.Dims[0] : 1).Append(1).Max()
        );

    /// <inheritdoc/>
    public override int Count => rows <= 0 ? 1 : (int)((rows + rowsPerUnit - 1) / rowsPerUnit);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<KeyValuePair<string, Tensor>>> RunAsync(int unit, CancellationToken cancel)
    {
        var block = inputs;
        if (rows > 0)
        {
            var first = unit * rowsPerUnit;
            var count = Math.Min(rowsPerUnit, rows - first);
            block = inputs.ToDictionary(pair => pair.Key, pair => TensorStack.Rows(pair.Value, first, count));
        }

        var outputs = model.Run(block);
        return Task.FromResult<IReadOnlyList<KeyValuePair<string, Tensor>>>([
            .. model.Signature.Outputs.Select(output => KeyValuePair.Create(output.Name, outputs[output.Name])),
        ]);
    }

    // By what the outputs declare, so that a run that is resumed is cut as it was begun. Of a free axis 1 is known.
    private static long RowsPerUnit(ModelSignature signature)
    {
        var bytes = signature.Outputs.Aggregate(
            (Int128)1,
            (all, output) =>
                all
                + output.Dims.Skip(1).Aggregate((Int128)output.Type.Bits() / 8, (row, size) => row * Math.Max(size, 1))
        );
        return (long)Int128.Clamp(MostBytesPerUnit / bytes, 1, MostRowsPerUnit);
    }

    // Rows to cut; 0 where the model is to be given everything at once.
    private static long RowsOf(ModelSignature signature, IReadOnlyDictionary<string, Tensor> inputs)
    {
        TensorInputs.Check(signature, inputs);
        var free = signature
            .Inputs.Concat(signature.Outputs)
            .All(tensor => tensor.Dims.Count > 0 && tensor.Dims[0] < 0);
        var sizes = inputs.Values.Select(tensor => tensor.Dims.Count > 0 ? tensor.Dims[0] : -1).Distinct().ToList();
        var cuttable = inputs.Values.All(tensor => tensor.Type == ElementType.Text || tensor.Type.Bits() >= 8);
        return free && cuttable && sizes.Count == 1 ? sizes[0] : 0;
    }
}
