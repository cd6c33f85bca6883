using System.Security.Cryptography;
using System.Text;
using SimEval.Devices;
using SimEval.Engine.Inference;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Engine.Compression;

/// <summary>What a model is calibrated and measured on: the inputs of some frames, by name.</summary>
/// <param name="Frames">Frames, each with every input of the model.</param>
public sealed record CalibrationFrames(IReadOnlyList<IReadOnlyDictionary<string, Tensor>> Frames)
{
    /// <summary>
    /// Arrays of a file as frames. A model of a batch of one, given arrays of N rows (or with an axis of N before the input's
    /// own), is given N frames; any other takes the arrays as they are.
    /// </summary>
    /// <param name="signature">The model's inputs.</param>
    /// <param name="arrays">Arrays by input.</param>
    public static CalibrationFrames Of(ModelSignature signature, IReadOnlyDictionary<string, Tensor> arrays)
    {
        var rows = signature.Inputs.Select(input =>
            arrays.TryGetValue(input.Name, out var array) ? RowsOf(input, array) : 0
        );
        if (arrays.Count == 0 || rows.Distinct().ToList() is not [> 1 and var count])
            return new CalibrationFrames([arrays]);
        return new CalibrationFrames([
            .. Enumerable
                .Range(0, (int)count)
                .Select(row =>
                    signature.Inputs.ToDictionary(
                        input => input.Name,
                        input =>
                            TensorStack
                                .Rows(arrays[input.Name], row, 1)
                                .Reshape([.. input.Dims.Select(size => (long)size)])
                    )
                ),
        ]);
    }

    /// <summary>SHA-256 over the frames: names, types, shapes and elements, in order.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var frame in Frames)
        {
            foreach (var (name, tensor) in frame.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor}\n"));
                hash.AppendData(tensor.Data.Span);
                hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', tensor.Texts)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>At most so many of the frames, evenly spread.</summary>
    public CalibrationFrames Sample(int count) =>
        Frames.Count <= count
            ? this
            : new CalibrationFrames([
                .. Enumerable.Range(0, count).Select(i => Frames[(int)((long)i * Frames.Count / count)]),
            ]);

    // Frames that an array holds for an input of known sizes; 0 where it is to be taken whole.
    private static long RowsOf(ModelTensor input, Tensor array)
    {
        if (input.Dims.Any(size => size < 0) || array.Dims.Count == 0 || array.Type.Bits() is > 0 and < 8)
            return 0;
        var own = input.Dims.Aggregate(1L, (product, size) => product * size);
        return own > 0 && array.Dims[0] * own == array.Count ? array.Dims[0] : 0;
    }
}
