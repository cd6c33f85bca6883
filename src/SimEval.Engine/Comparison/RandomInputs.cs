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
/// <param name="lastSize">Size of last axes that are free, the first axis left out.</param>
public sealed class RandomInputs(ModelSignature signature, ulong seed, int lastSize = 1)
{
    // A model that reads a stretch of samples or tokens may need more than one; which sizes it takes, only a run tells.
    private static readonly int[] Sizes = [1, 16, 64, 256, 512];

    private const uint IntegersBelow = 4;
    private const int MostElements = 1 << 26;

    /// <summary>
    /// Inputs that a model runs on: its free axes of size 1, or, where it fails so, last axes of a larger size. Throws
    /// <see cref="ModelException"/> when it fails on all of them.
    /// </summary>
    public static RandomInputs For(ITensorModel model, ulong seed)
    {
        var sizes =
            model.Signature.OpenShapes ? [.. model.Signature.Extents.Concat(Sizes).Distinct()]
            : model.Signature.Inputs.Any(HasFreeLast) ? Sizes
            : Sizes[..1];
        ModelException? first = null;
        foreach (var size in sizes)
        {
            var inputs = new RandomInputs(model.Signature, seed, size);
            try
            {
                model.Run(inputs.Frame(0));
                return inputs;
            }
            catch (ModelException e) when (e.Fault == ModelFault.RunFailed)
            {
                first ??= e;
            }
        }

        throw sizes.Length == 1
            ? first!
            : new ModelException(
                ModelFault.RunFailed,
                $"{first!.Message} (random inputs had sizes of {string.Join(", ", sizes)} where the model leaves them free; give it real ones with --inputs)",
                first
            );
    }

    /// <summary>The inputs of one frame. Throws <see cref="ModelException"/> for an input that cannot be drawn (text, complex, too large).</summary>
    /// <param name="frame">Number of the frame.</param>
    public IReadOnlyDictionary<string, Tensor> Frame(int frame)
    {
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var input in signature.Inputs)
        {
            var random = new Philox(Hash64.Of(seed, Hash64.OfText(input.Name)));
            var dims = input.Dims.Select(size => size < 0 ? 1L : size).ToArray();
            if (HasFreeLast(input))
                dims[^1] = lastSize;
            // One row: TorchScript's int, float and bool arguments are of other types.
            if (signature.OpenShapes && input is { Dims.Count: 0, Type: ElementType.Float32 or ElementType.Float16 })
                dims = [1, lastSize];
            var count = ModelTensor.Elements(dims);
            if (count > MostElements)
                throw new ModelException(
                    ModelFault.Unbindable,
                    $"the input {input} has {count:N0} elements; at most {MostElements:N0} random ones are drawn"
                );
            var numbers = new double[(int)count];
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

    private static bool HasFreeLast(ModelTensor input) => input.Dims.Count > 1 && input.Dims[^1] < 0;
}
