using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Recurrent layers: X (steps, batch, inputs), W (directions, gates * hidden, inputs).</summary>
internal static class RecurrentRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("RNN", node => Recurrent(node, 1)),
            ("GRU", node => Recurrent(node, 3)),
            ("LSTM", node => Recurrent(node, 4)),
        ];

    private static void Recurrent(RuleContext node, int gates)
    {
        var x = node.Shape(0, 3);
        var batchFirst = node.Int("layout", 0) != 0;
        Dim directions = node.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        var size = node.Int("hidden_size", 0);
        var hidden =
            size > 0 ? size
            : node.Shape(1, 3) is { } weights ? ((SymbolicInteger)weights[1] / gates).ToDim()
            : Dim.Unknown;
        if (node.Node.Attributes.ContainsKey("hidden_size"))
        {
            var rows = ((SymbolicInteger)hidden * gates).ToDim();
            node.Fits(1, directions, rows, x is null ? Dim.Unknown : x[2]);
            node.Fits(2, directions, rows, hidden);
            node.Fits(3, directions, ((SymbolicInteger)rows * 2).ToDim());
        }

        var steps = x is null ? Dim.Unknown : x[batchFirst ? 1 : 0];
        var batch = x is null ? Dim.Unknown : x[batchFirst ? 0 : 1];
        node.Output(
            0,
            node.Element(0),
            batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]
        );
        for (var state = 1; state < node.Outputs; state++)
            node.Output(state, node.Element(0), batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]);
    }
}
