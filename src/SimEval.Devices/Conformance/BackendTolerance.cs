using SimEval.Devices.Tensors;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Conformance;

/// <summary>
/// When an output is right: ONNX's own backend test tolerances for floats (|a - e| &lt;= 1e-7 + 1e-3 |e|, as numpy's
/// assert_allclose has it; NaN equals NaN, an infinity itself), equality for integers, bool and text.
/// </summary>
public static class BackendTolerance
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    /// <summary>What is wrong with an output, or null when it is right.</summary>
    /// <param name="expected">What the test says.</param>
    /// <param name="actual">What the device gave.</param>
    public static string? Difference(Tensor expected, Tensor actual)
    {
        if (expected.Type != actual.Type || !expected.Dims.SequenceEqual(actual.Dims))
            return $"gives {actual}, expected {expected}";
        if (expected.Type == ElementType.Text)
        {
            var at = expected.Texts.Zip(actual.Texts).ToList().FindIndex(pair => pair.First != pair.Second);
            return at < 0 ? null : $"element {at} is '{actual.Texts[at]}', expected '{expected.Texts[at]}'";
        }

        if (!TensorNumbers.IsReal(expected.Type) || !expected.Type.IsFloat())
            return expected.Data.Span.SequenceEqual(actual.Data.Span) ? null : FirstOf(expected, actual, 0, 0);
        return FirstOf(expected, actual, Relative, Absolute);
    }

    private static string? FirstOf(Tensor expected, Tensor actual, double relative, double absolute)
    {
        if (!TensorNumbers.IsReal(expected.Type))
            return "differs";
        var wanted = TensorNumbers.Read(expected);
        var given = TensorNumbers.Read(actual);
        var wrong = 0;
        var first = -1;
        for (var i = 0; i < wanted.Length; i++)
        {
            if (IsClose(wanted[i], given[i], relative, absolute))
                continue;
            wrong++;
            first = first < 0 ? i : first;
        }

        return wrong == 0
            ? null
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{wrong} of {wanted.Length} elements are wrong; element {first} is {given[first]:R}, expected {wanted[first]:R}"
            );
    }

    private static bool IsClose(double wanted, double given, double relative, double absolute) =>
        wanted.Equals(given) || wanted == given || Math.Abs(given - wanted) <= absolute + relative * Math.Abs(wanted);
}
