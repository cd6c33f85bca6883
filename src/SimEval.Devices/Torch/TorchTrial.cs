using SimEval.Devices.Binding;
using SimEval.Devices.Sessions;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Torch;

/// <summary>Runs a freshly bound model on zeros, and finds the shapes that TorchScript declares nowhere.</summary>
/// <param name="module">The model; its state, where it keeps one inside, is not that of a rollout afterwards.</param>
/// <param name="signature">What it takes and gives.</param>
internal sealed class TorchTrial(TorchModule module, ModelSignature signature)
{
    // A batch that is unlike the small sizes in which models have axes of their own.
    private const int ShapeBatch = 5;

    // Of recurrent layers in one state.
    private const int MostLayers = 4;

    private const int MostStateTrials = 2000;

    /// <summary>
    /// The binding with all shapes known: inputs as the layout has them, else flattened, else without a batch axis; states by
    /// search. Throws <see cref="ModelException"/> when nothing fits.
    /// </summary>
    public ModelBinding Resolve(ModelBinding binding, Func<string, ForwardException, ModelException> explain)
    {
        ForwardException? first = null;
        foreach (var candidate in InputCandidates(binding))
        {
            try
            {
                return ResolveStates(candidate);
            }
            catch (ForwardException e)
            {
                first ??= e;
            }
        }

        throw explain("the model fails on an observation of zeros", first!);
    }

    /// <summary>
    /// The action of a forward of zeros. Throws <see cref="ForwardException"/> when it fails, or when a state does not come back
    /// in the shape in which it went in.
    /// </summary>
    public (ElementType Type, int[] Sizes) ActionOf(ModelBinding binding, int batch)
    {
        var results = Forward(binding, batch);
        foreach (var state in binding.States)
        {
            var taken = new TensorShape(state.Input.Type, state.Row, state.BatchAxis).Dims(batch);
            var given = Result(results, state.Output.Name);
            if (!given.Dims.SequenceEqual(taken))
                throw new ForwardException(
                    $"state output '{state.Output.Name}' gives {given}, but its input takes {ModelTensor.ShapeText(taken.Select(size => (int)size))}"
                );
        }

        var action = Result(results, binding.Action.Name);
        return (action.Type, [.. action.Dims.Select(size => (int)size)]);
    }

    private Tensor[] Forward(ModelBinding binding, int batch)
    {
        using var arguments = new TrialArguments(signature, binding, batch);
        return module.Api.Run(module.Handle, arguments.Tensors);
    }

    private Tensor Result(Tensor[] results, string name)
    {
        var place = signature.Outputs.ToList().FindIndex(output => output.Name == name);
        return place < results.Length
            ? results[place]
            : throw new ForwardException($"forward gave {results.Length} results; '{name}' is not among them");
    }

    private static IEnumerable<ModelBinding> InputCandidates(ModelBinding binding)
    {
        yield return binding;
        if (binding.Inputs.All(input => input.Tensor.Dims.Count > 0))
            yield break;
        ModelBinding With(Func<BoundInput, BoundInput> change, bool batchable) =>
            binding with
            {
                Inputs = [.. binding.Inputs.Select(input => input.Tensor.Dims.Count > 0 ? input : change(input))],
                Batchable = batchable,
            };
        if (binding.Inputs.Any(input => input.Row.Count > 1))
            yield return With(
                input => input with { Row = [input.Row.Aggregate(1, (size, next) => size * next)] },
                binding.Batchable
            );
        yield return With(input => input with { BatchAxis = -1 }, batchable: false);
    }

    private ModelBinding ResolveStates(ModelBinding binding)
    {
        var open = binding.States.Select((state, i) => (state, i)).Where(s => s.state.Row.Count == 0).ToList();
        if (open.Count == 0)
        {
            ActionOf(binding, 1);
            return binding;
        }

        ForwardException? last = null;
        var trials = 0;
        foreach (var batch in new[] { binding.Batchable ? ShapeBatch : 1, 1 })
        foreach (var shapes in StateCandidates(binding, open.Count))
        {
            if (++trials > MostStateTrials)
                break;
            var states = binding.States.ToArray();
            foreach (var ((state, i), (row, axis)) in open.Zip(shapes))
                states[i] = state with { Row = row, BatchAxis = axis };
            var candidate = binding with { States = states };
            try
            {
                ActionOf(candidate, batch);
                return candidate;
            }
            catch (ForwardException e)
            {
                last = e;
            }
        }

        throw new ModelException(
            ModelFault.Unbindable,
            $"no shape was found for the state {string.Join(", ", open.Select(s => $"'{s.state.Input.Name}'"))}: TorchScript declares none, and "
                + "none of [batch, n], [layers, batch, n] and [batch, 1, n] with an extent n of the model's weights, inputs or action runs and comes back as it went in. "
                + "Keep such a state in a buffer of the module instead"
                + (last is null ? "" : $" (the last trial said: {last.Message})")
        );
    }

    // All states alike first, which is what LSTM cells have; then each with a shape of its own.
    private IEnumerable<IReadOnlyList<(int[] Row, int Axis)>> StateCandidates(ModelBinding binding, int count)
    {
        var known = signature.Extents.Concat(binding.Inputs.SelectMany(input => input.Row)).Append(binding.ActionSize);
        var shapes = known.Distinct().OrderDescending().SelectMany(StateShapes).ToList();
        foreach (var shape in shapes)
            yield return [.. Enumerable.Repeat(shape, count)];
        if (count != 2)
            yield break;
        foreach (var one in shapes)
        foreach (var other in shapes)
            yield return [one, other];
    }

    private static IEnumerable<(int[] Row, int Axis)> StateShapes(int extent)
    {
        yield return ([extent], 0);
        for (var layers = 1; layers <= MostLayers; layers++)
            yield return ([layers, extent], 1);
        yield return ([1, extent], 0);
    }
}
