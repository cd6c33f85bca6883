using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Models.Onnx;

/// <summary>Functions that a model defines, written in the place of their calls, compute what ONNX Runtime computes with them.</summary>
public sealed class FunctionInliningTests
{
    [Fact]
    public void Calls_with_attributes_defaults_and_calls_inside_compute_the_same()
    {
        // Leaky(x) = LeakyRelu(x, alpha = slope, 0.5 by default); Twice(x) = Leaky(x, 0.25) + Leaky(x).
        var leaky = Function(
                "Leaky",
                ["x"],
                ["y"],
                Node("LeakyRelu", ["x"], ["inner"])
                    .Message(5, new WireBytes().Text(1, "alpha").Number(20, 1).Text(21, "slope")),
                Node("Identity", ["inner"], ["y"])
            )
            .Message(11, Number("slope", 0.5f));
        var twice = Function(
            "Twice",
            ["x"],
            ["y"],
            Node("Leaky", ["x"], ["a"], "own").Message(5, Number("slope", 0.25f)),
            Node("Leaky", ["x"], ["b"], "own"),
            Node("Add", ["a", "b"], ["y"])
        );
        var file = Model([leaky, twice], Node("Twice", ["x"], ["h"], "own"), Node("Twice", ["h"], ["y"], "own"));
        Assert.Equal([-0.75f * 0.75f, 4 * 1f], ComputesTheSame(file, -1, 1));
        var model = OnnxReader.Read(file);
        Assert.DoesNotContain(model.Graph.Nodes, node => node.Domain.Length > 0);
        Assert.Contains("2 functions", Assert.Single(model.NotKept), StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_inside_a_function_takes_the_function_s_values()
    {
        var then = Branch("then", Node("Neg", ["x"], ["negative"]), "negative");
        var otherwise = Branch("else", Node("Abs", ["half"], ["positive"]), "positive");
        var choose = Function(
            "Choose",
            ["x", "c"],
            ["y"],
            Node("Add", ["x", "x"], ["half"]),
            Node("If", ["c"], ["y"])
                .Message(5, new WireBytes().Text(1, "then_branch").Message(6, then).Number(20, 5))
                .Message(5, new WireBytes().Text(1, "else_branch").Message(6, otherwise).Number(20, 5))
        );
        var file = Model(
            [choose],
            Node("ReduceMax", ["x"], ["most"])
                .Message(5, new WireBytes().Text(1, "keepdims").Number(3, 0).Number(20, 2)),
            Node("Cast", ["most"], ["c"]).Message(5, new WireBytes().Text(1, "to").Number(3, 9).Number(20, 2)),
            Node("Choose", ["x", "c"], ["h"], "own"),
            Node("Choose", ["h", "c"], ["y"], "own")
        );
        Assert.Equal([3f, 5f], ComputesTheSame(file, 3, 5));
        Assert.Equal([12f, 0f], ComputesTheSame(file, -3, 0));
    }

    [Fact]
    public void An_output_that_is_an_input_is_passed_on()
    {
        var swap = Function("Swap", ["a", "b"], ["b", "a"], Node("Identity", ["a"], ["unused"]));
        var file = Model([swap], Node("Neg", ["x"], ["n"]), Node("Swap", ["x", "n"], ["y", "z"], "own"));
        // ONNX Runtime itself refuses such a function.
        Assert.Equal([-1f, 2f], Run(OnnxWriter.Write(OnnxReader.Read(file)), [1, -2]));
    }

    [Fact]
    public void Functions_that_cannot_be_written_out_are_refused()
    {
        Refused(
            "calls itself",
            Model(
                [
                    Function("A", ["x"], ["y"], Node("B", ["x"], ["y"], "own")),
                    Function("B", ["x"], ["y"], Node("A", ["x"], ["y"], "own")),
                ],
                Node("A", ["x"], ["y"], "own")
            )
        );
        Refused(
            "version 9",
            Model(
                [Function("A", ["x"], ["y"]).Message(9, new WireBytes().Number(2, 9))],
                Node("A", ["x"], ["y"], "own")
            )
        );
        Refused("takes 1 values", Model([Function("A", ["x"], ["y"])], Node("A", ["x", "x"], ["y"], "own")));
        Refused("nothing gives", Model([Function("A", ["x"], ["y"])], Node("A", ["x"], ["y"], "own")));
        // Each calls the one before it twice: 2^60 nodes in a few kilobytes.
        var doubling = Enumerable
            .Range(1, 60)
            .Select(i =>
                Function(
                    $"F{i}",
                    ["x"],
                    ["y"],
                    Node($"F{i - 1}", ["x"], ["h"], "own"),
                    Node($"F{i - 1}", ["h"], ["y"], "own")
                )
            )
            .Prepend(Function("F0", ["x"], ["y"], Node("Neg", ["x"], ["y"])))
            .ToArray();
        Refused("parts", Model(doubling, Node("F60", ["x"], ["y"], "own")), new OnnxLimits { Parts = 10_000 });
    }

    private static void Refused(string why, byte[] file, OnnxLimits? limits = null) =>
        Assert.Contains(
            why,
            Assert.Throws<OnnxFormatException>(() => OnnxReader.Read(file, null, limits)).Message,
            StringComparison.Ordinal
        );

    // As the file is, and as it is read and written again.
    private static float[] ComputesTheSame(byte[] file, params float[] x)
    {
        var expected = Run(file, x);
        Assert.Equal(expected, Run(OnnxWriter.Write(OnnxReader.Read(file)), x));
        return expected;
    }

    private static float[] Run(byte[] file, float[] x)
    {
        using var opened = new CpuDevice().Open(new ModelFile("", file), new ModelOptions());
        var outputs = opened.Run(new Dictionary<string, Tensor> { ["x"] = Tensor.Of([2], x.AsSpan()) });
        return outputs["y"].Span<float>().ToArray();
    }

    private static byte[] Model(WireBytes[] functions, params WireBytes[] nodes)
    {
        var graph = new WireBytes().Text(2, "graph").Message(11, Value("x", 2)).Message(12, Value("y", 2));
        foreach (var node in nodes)
            graph.Message(1, node);
        var model = new WireBytes()
            .Number(1, 8)
            .Message(7, graph)
            .Message(8, new WireBytes().Text(1, "").Number(2, 17))
            .Message(8, new WireBytes().Text(1, "own").Number(2, 1));
        foreach (var function in functions)
            model.Message(25, function);
        return model.ToArray();
    }

    private static WireBytes Function(string name, string[] inputs, string[] outputs, params WireBytes[] nodes)
    {
        var function = new WireBytes().Text(1, name).Text(10, "own");
        foreach (var input in inputs)
            function.Text(4, input);
        foreach (var output in outputs)
            function.Text(5, output);
        foreach (var node in nodes)
            function.Message(7, node);
        if (nodes.Length > 0)
            function
                .Message(9, new WireBytes().Text(1, "").Number(2, 17))
                .Message(9, new WireBytes().Text(1, "own").Number(2, 1));
        return function;
    }

    private static WireBytes Branch(string name, WireBytes node, string output) =>
        new WireBytes().Message(1, node).Text(2, name).Message(12, Value(output, 2));

    private static WireBytes Node(string operation, string[] inputs, string[] outputs, string domain = "")
    {
        var node = new WireBytes();
        foreach (var input in inputs)
            node.Text(1, input);
        foreach (var output in outputs)
            node.Text(2, output);
        return node.Text(4, operation).Text(7, domain);
    }

    private static WireBytes Number(string name, float value) =>
        new WireBytes().Text(1, name).Number(20, 1).Float(2, value);

    private static WireBytes Value(string name, long size) =>
        new WireBytes()
            .Text(1, name)
            .Message(
                2,
                new WireBytes().Message(
                    1,
                    new WireBytes().Number(1, 1).Message(2, new WireBytes().Message(1, new WireBytes().Number(1, size)))
                )
            );
}
