using SimEval.Devices;
using SimEval.Devices.Tensors;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Scenarios.Numerics;

namespace SimEval.Engine.Comparison;

/// <summary>
/// Inputs for a model that nothing is known of: floats uniform in [-1, 1), 8-bit integers over their range, other integers
/// uniform in 0 to 3 (small enough to be an index into most things), bool even. The same seed and frame give the same tensors
/// on any machine.
/// </summary>
/// <param name="signature">The model's signature; free axes have size 1.</param>
/// <param name="seed">Root of the draws.</param>
public sealed class RandomInputs(ModelSignature signature, ulong seed)
{
    private const uint IntegersBelow = 4;

    /// <summary>
    /// Runs the model over frames 0 to <paramref name="count"/> - 1. Throws <see cref="ModelException"/>; that a free axis had
    /// size 1 may be why, and is then said.
    /// </summary>
    public IEnumerable<IReadOnlyDictionary<string, Tensor>> Run(ITensorModel model, int count)
    {
        for (var frame = 0; frame < count; frame++)
        {
            var inputs = Frame(frame);
            IReadOnlyDictionary<string, Tensor>? outputs = null;
            Hinted(() => outputs = model.Run(inputs));
            yield return outputs!;
        }
    }

    /// <summary>Does something with random inputs; a failure says what the inputs may have to do with it.</summary>
    public void Hinted(Action run)
    {
        try
        {
            run();
        }
        catch (ModelException e)
            when (e.Fault == ModelFault.RunFailed
                && signature.Inputs.FirstOrDefault(input => input.Dims.Skip(1).Any(size => size < 0)) is { } free
            )
        {
            throw new ModelException(
                e.Fault,
                $"{e.Message} (random inputs have size 1 where {free} is free; give it real ones with --inputs)",
                e
            );
        }
    }

    /// <summary>The inputs of one frame. Throws <see cref="ModelException"/> for an input that cannot be drawn (text, complex).</summary>
    /// <param name="frame">Number of the frame.</param>
    public IReadOnlyDictionary<string, Tensor> Frame(int frame)
    {
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var input in signature.Inputs)
        {
            var random = new Philox(Hash64.Of(seed, Hash64.OfText(input.Name)));
            long[] dims = [.. input.Dims.Select(size => size < 0 ? 1L : size)];
            var numbers = new double[dims.Aggregate(1L, (product, size) => product * size)];
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = Draw(random, input.Type, (ulong)frame, (ulong)i);
            try
            {
                inputs[input.Name] = TensorNumbers.Write(input.Type, dims, numbers);
            }
            catch (ArgumentException)
            {
                throw new ModelException(
                    ModelFault.Unbindable,
                    $"no random values are drawn for the input {input}; give it with --inputs"
                );
            }
        }

        return inputs;
    }

    private static double Draw(Philox random, ElementType type, ulong frame, ulong index) =>
        type switch
        {
            _ when type.IsFloat() => random.Uniform(frame, index) * 2 - 1,
            ElementType.Bool => random.Below(2, frame, index),
            ElementType.UInt8 => random.Below(256, frame, index),
            ElementType.Int8 => random.Below(256, frame, index) - 128.0,
            _ => random.Below(IntegersBelow, frame, index),
        };
}
