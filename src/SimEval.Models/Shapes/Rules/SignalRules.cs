using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Signals and text.</summary>
internal static class SignalRules
{
    private static readonly string[] Windows = ["BlackmanWindow", "HammingWindow", "HannWindow"];

    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            .. Windows.Select(name => (name, (ShapeRule)Window)),
            ("DFT", Fourier),
            ("STFT", ShortTime),
            ("MelWeightMatrix", Mel),
            (
                "StringNormalizer",
                node => node.Output(0, ElementType.Text, node.Shape(0)?.SkipLast(1).Append(Dim.Unknown).ToArray())
            ),
            ("TfIdfVectorizer", TfIdf),
        ];

    private static void Window(RuleContext node) =>
        node.Output(0, node.ElementOf("output_datatype", ElementType.Float32), [One(node, 0).ToDim()]);

    private static SymbolicInteger One(RuleContext node, int input) =>
        node.Values(input) is [var value] ? value : SymbolicInteger.Unknown;

    private static void Fourier(RuleContext node)
    {
        if (node.ShapeFrom(0, 2)?.ToArray() is not { } shape)
            return;
        // Until version 19 the axis was an attribute.
        var axisInput =
            node.Opset >= 20 && node.Has(2) ? One(node, 2).Number : node.Int("axis", node.Opset >= 20 ? -2 : 1);
        if (axisInput is not { } axis)
            shape = ConstantRules.Unknowns(node, shape.Length);
        else
        {
            var at = node.Axis(axis, shape.Length);
            SymbolicInteger length = node.Has(1) ? One(node, 1) : shape[at];
            shape[at] = (node.Int("onesided", 0) != 0 ? length / 2 + 1 : length).ToDim();
        }

        shape[^1] = node.Int("onesided", 0) != 0 && node.Int("inverse", 0) != 0 ? 1 : 2;
        node.Output(0, node.Element(0), shape);
    }

    private static void ShortTime(RuleContext node)
    {
        var signal = node.Shape(0);
        var length =
            node.Has(3) ? One(node, 3)
            : node.Shape(2) is [var window] ? (SymbolicInteger)window
            : SymbolicInteger.Unknown;
        var frames = signal is { Count: >= 2 }
            ? ((SymbolicInteger)signal[1] - length) / One(node, 1) + 1
            : SymbolicInteger.Unknown;
        var bins = node.Int("onesided", 1) != 0 ? length / 2 + 1 : length;
        node.Output(
            0,
            node.Element(0),
            [signal is { Count: >= 1 } ? signal[0] : Dim.Unknown, frames.ToDim(), bins.ToDim(), 2]
        );
    }

    private static void Mel(RuleContext node) =>
        node.Output(
            0,
            node.ElementOf("output_datatype", ElementType.Float32),
            [(One(node, 1) / 2 + 1).ToDim(), One(node, 0).ToDim()]
        );

    private static void TfIdf(RuleContext node)
    {
        var width = node.Ints("ngram_indexes") is { Length: > 0 } columns
            ? new Dim(Math.Max(columns.Max() + 1, -1))
            : Dim.Unknown;
        node.Output(0, ElementType.Float32, node.Shape(0)?.SkipLast(1).Append(width).ToArray());
    }
}
