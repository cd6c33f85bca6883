using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SimEval.Devices.Binding;
using SimEval.Devices.Probing;
using SimEval.Devices.Sessions;
using SimEval.Models;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Asic;

/// <summary>A program bound to a layout.</summary>
internal sealed class AsicBoundModel : IBoundModel
{
    private const int ProbedRows = 8;
    private readonly AsicModel model;
    private readonly IReadOnlyList<(string Name, Tensor Value)> constants;

    private AsicBoundModel(AsicModel model, ModelBinding binding, TensorShape action)
    {
        (this.model, Binding) = (model, binding);
        Shapes = SessionShapes.Of(binding, action);
        constants = [.. binding.Constants.Select(constant => (constant.Tensor.Name, constant.Value))];
        Probe = null!;
    }

    /// <inheritdoc/>
    public ModelBinding Binding { get; }

    /// <inheritdoc/>
    public ProbeReport Probe { get; private set; }

    /// <inheritdoc/>
    public int StateBytes => Shapes.StateBytes;

    /// <inheritdoc/>
    public TimeSpan? ModelledLatency =>
        // Rounded up to 100 ns: no action arrives at once.
        model.Schedule
            is { } schedule
            ? TimeSpan.FromTicks((long)Math.Ceiling(schedule.Seconds * TimeSpan.TicksPerSecond))
            : null;

    /// <summary>Its tensors.</summary>
    public SessionShapes Shapes { get; }

    /// <summary>Binds and probes.</summary>
    public static AsicBoundModel Make(AsicModel model, ModelBinding binding, int maximumBatch)
    {
        var watch = Stopwatch.StartNew();
        var trial = ActionTrial.Run(
            binding,
            maximumBatch,
            batch => ActionOf(model, binding, batch),
            (_, failure) => new ModelException(ModelFault.Unsupported, failure.Message, failure)
        );
        RequireMemory(model, maximumBatch);
        var bound = new AsicBoundModel(model, binding, trial.Action);
        IReadOnlyList<int> sizes = trial.Batchable
            ? [.. SizesOf(model, maximumBatch).Where(size => size == 1 || model.Fits(Sizes(binding, size)))]
            : [1];
        var doubt = trial.Doubt;
        var (hash, equal) = bound.Try(sizes);
        if (!equal)
            (sizes, doubt) = ([1], "a row's result depends on the rows beside it");
        var finding = doubt is null
            ? $"Batch-invariant by construction: integers and functions of single rows, the same bits on every machine ({AsicProducts.Best.Name})."
            : $"Runs at batch 1: {doubt}.";
        bound.Probe = new ProbeReport(
            sizes,
            maximumBatch,
            doubt is null,
            new NumericsClass("any", $"SimEval {model.Board.DeviceClass}", hash),
            finding,
            watch.Elapsed
        )
        {
            RoundsUp = model.Buckets.Count > 0,
        };
        return bound;
    }

    /// <summary>A run of a batch, its constants in place.</summary>
    public ProgramRun Prepare(int batch)
    {
        var run = model.Prepare(Sizes(Binding, batch));
        foreach (var (name, value) in constants)
            value.Data.Span.CopyTo(run.Input(name));
        return run;
    }

    /// <inheritdoc/>
    public IModelSession CreateSession(int slots) => new AsicSession(this, slots, Probe.BucketsFor(slots));

    // What the action's declaration leaves open is known when the program is laid out. Checks the states on the way.
    private static (ElementType, int[]) ActionOf(AsicModel model, ModelBinding binding, int batch)
    {
        IReadOnlyDictionary<string, Operand> operands;
        try
        {
            operands = model.Layout(Sizes(binding, batch)).Operands;
        }
        catch (ModelException e) when (batch > 1)
        {
            throw new ForwardException(e.Message);
        }

        foreach (var state in binding.States)
        {
            var (given, taken) = (operands[state.Output.Name].Dims, operands[state.Input.Name].Dims);
            if (batch == 1 && !given.SequenceEqual(taken))
                throw new ModelException(
                    ModelFault.Unbindable,
                    $"state output '{state.Output.Name}' gives {ModelTensor.ShapeText(given)}, but its input takes {ModelTensor.ShapeText(taken)}"
                );
        }

        var action = operands[binding.Action.Name];
        return (action.Type, action.Dims);
    }

    private static Dictionary<string, int[]> Sizes(ModelBinding binding, int batch)
    {
        var sizes = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (var input in binding.Inputs)
            Add(input.Tensor, input.Row, input.BatchAxis);
        foreach (var state in binding.States)
            Add(state.Input, state.Row, state.BatchAxis);
        foreach (var constant in binding.Constants)
            Add(constant.Tensor, constant.Tensor.Dims, -1);
        return sizes;

        void Add(ModelTensor tensor, IReadOnlyList<int> row, int axis) =>
            sizes[tensor.Name] = axis < 0 ? [.. row] : [.. row.Take(axis), batch, .. row.Skip(axis)];
    }

    // An emulated row costs the same in every batch, so that rows beyond the frames that wait are worth nothing unless asked for.
    private static IReadOnlyList<int> SizesOf(AsicModel model, int maximumBatch) =>
        model.Buckets.Count == 0
            ? BatchProbe.PowersOfTwo(maximumBatch)
            : BatchProbe.Declared(model.Buckets, maximumBatch);

    // What a batch needs is known before it is allocated: every value once, for all rows.
    private static void RequireMemory(AsicModel model, int batch)
    {
        if (model.Schedule is not { } schedule)
            return;
        var needed = schedule.WeightBytes * 3 + schedule.Layers.Sum(layer => layer.SramBytes) * batch * 2;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        if (needed > available)
            throw new ModelException(
                ModelFault.TooLarge,
                $"emulating the model at batch {batch} takes about {needed:N0} bytes, more than half of the {available * 2:N0} that this process may use; a smaller batch takes less"
            );
    }

    // Rows alone, then together: the hash of what they give, and whether it is the same.
    private (string Hash, bool Equal) Try(IReadOnlyList<int> sizes)
    {
        using var session = new AsicSession(this, ProbedRows, new BatchBuckets(ProbedRows, sizes));
        Fill(session);
        var alone = new List<byte[]>();
        for (var slot = 0; slot < ProbedRows; slot++)
        {
            try
            {
                session.Forward([slot]);
            }
            catch (ForwardException e)
            {
                throw new ModelException(
                    ModelFault.RunFailed,
                    $"the model fails on observations in [-1, 1]: {e.Message}",
                    e
                );
            }

            alone.Add(Result(session, slot));
        }

        Fill(session);
        session.Run(ProbedRows);
        var equal = Enumerable
            .Range(0, ProbedRows)
            .All(slot => Result(session, slot).AsSpan().SequenceEqual(alone[slot]));
        var hash = SHA256.HashData([.. alone.SelectMany(row => row)]);
        return (Convert.ToHexStringLower(hash)[..16], equal);
    }

    private void Fill(AsicSession session)
    {
        for (var slot = 0; slot < ProbedRows; slot++)
        {
            session.Reset(slot);
            for (var input = 0; input < Binding.Inputs.Count; input++)
            {
                var row = session.Input(input, slot);
                // Knuth's multiplicative sequence, between -1 and 1.
                for (var i = 0; i < row.Length; i++)
                    row[i] = (int)((uint)(i + 1 + slot * 9973 + input * 7919) * 2654435761) / 2147483648f;
            }
        }
    }

    private byte[] Result(AsicSession session, int slot)
    {
        var action = MemoryMarshal.AsBytes(session.Output(slot)).ToArray();
        var state = new byte[StateBytes];
        session.SaveState(slot, state);
        return [.. action, .. state];
    }
}
