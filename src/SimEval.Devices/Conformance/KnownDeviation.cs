using System.Globalization;
using System.Security.Cryptography;
using SimEval.Devices.Tensors;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Conformance;

/// <summary>
/// Outputs that differ from a test's though neither is wrong: where the standard leaves an output open, or where the test's
/// data contradict their own model. Looked at only after a comparison has failed; such a test counts as skipped, by its reason.
/// </summary>
internal static class KnownDeviation
{
    private const double FloatRounding = 1e-6;

    // Tests of ONNX 1.12 whose data read an operator differently from ONNX Runtime, by SHA-256 of their model.
    private static readonly Dictionary<string, string> Tests = new(StringComparer.Ordinal)
    {
        // test_maxunpool_export_with_output_shape
        ["8502dff2f6dff12420488b21aec81d278cf08ea7c9a2cb59e28a95f87bc8f7f0"] =
            "MaxUnpool: the test reads indices in the inferred shape, ONNX Runtime in the output_shape that is asked for",
        // test_resize_downsample_scales_cubic_align_corners
        ["08b6ff1fbbb57338050b199549f3be7b8ec474db5a1eab6afb5a380427c93530"] = AlignCorners,
        // test_resize_downsample_scales_linear_align_corners
        ["edcaa8ab835fbe686ec931a2f7cac30d701a84e2d1a213fc0f2d60d85232d9ed"] = AlignCorners,
    };

    private const string AlignCorners =
        "Resize: the test's align_corners goes by scale x size, ONNX Runtime's by the output's whole size";

    /// <summary>Why an output that differs is not wrong, or null.</summary>
    /// <param name="file">The model.</param>
    /// <param name="graph">Its graph, where there is one.</param>
    /// <param name="expected">What the test says.</param>
    /// <param name="actual">What the device gave.</param>
    public static string? Of(ModelFile file, Graph? graph, Tensor expected, Tensor actual)
    {
        if (Tests.TryGetValue(Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span)), out var reason))
            return reason;
        if (graph is null)
            return null;
        if (graph.Nodes.FirstOrDefault(IsRandom) is { } random)
            return $"{random.Operator}: a random operator, whose outputs no test can state";
        if (graph.Nodes.FirstOrDefault(node => node.Operator is "DFT" or "STFT") is { } transform)
            return IsRounding(expected, actual)
                ? $"{transform.Operator}: sums that cancel to 0 differ by the rounding of float32"
                : null;
        if (!graph.Nodes.Any(node => node.Operator is "Cast" or "CastLike"))
            return null;
        return IsSameNumbersAsText(expected, actual)
                ? "Cast: the same numbers as text, with another number of digits, which the standard leaves open"
            : IsTruncated(expected, actual)
                ? "Cast to bfloat16: the test truncates, as ONNX did up to 1.12; later versions round to nearest"
            : null;
    }

    private static bool IsRandom(Node node) =>
        node.Operator is "Bernoulli" or "Multinomial"
        || node.Operator.StartsWith("Random", StringComparison.Ordinal)
        // In training mode only: its third input says so.
        || (node.Operator == "Dropout" && node.Inputs.Length > 2 && node.Inputs[2].Length > 0);

    private static bool IsRounding(Tensor expected, Tensor actual)
    {
        if (expected.Type != actual.Type || !expected.Type.IsFloat() || !expected.Dims.SequenceEqual(actual.Dims))
            return false;
        var wanted = TensorNumbers.Read(expected);
        var largest = wanted.Select(Math.Abs).DefaultIfEmpty().Max();
        return wanted
            .Zip(TensorNumbers.Read(actual))
            .All(pair => Math.Abs(pair.First - pair.Second) <= FloatRounding * largest);
    }

    private static bool IsTruncated(Tensor expected, Tensor actual) =>
        expected.Type == ElementType.BFloat16
        && actual.Type == ElementType.BFloat16
        && expected.Dims.SequenceEqual(actual.Dims)
        && expected
            .Span<ushort>()
            .ToArray()
            .Zip(actual.Span<ushort>().ToArray())
            // Away from zero by one unit in the last place, or equal; NaN has many encodings.
            .All(pair => pair.Second - pair.First is 0 or 1 || (IsNotANumber(pair.First) && IsNotANumber(pair.Second)));

    private static bool IsNotANumber(ushort bfloat16) => (bfloat16 & 0x7FFF) > 0x7F80;

    private static bool IsSameNumbersAsText(Tensor expected, Tensor actual) =>
        expected.Type == ElementType.Text
        && actual.Type == ElementType.Text
        && expected.Dims.SequenceEqual(actual.Dims)
        && expected
            .Texts.Zip(actual.Texts)
            .All(pair =>
                pair.First == pair.Second
                || (
                    Number(pair.First) is { } wanted
                    && Number(pair.Second) is { } given
                    && Math.Abs(wanted - given) <= FloatRounding * Math.Abs(wanted)
                )
            );

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
