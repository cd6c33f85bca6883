using System.Collections.Immutable;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Models;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Costs;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;
using SimEval.Models.Shapes;
using Xunit;

namespace SimEval.Tests.Models.Shapes;

/// <summary>Models that no exporter writes: inference and passes end with a graph or a message, whatever they hold.</summary>
public class HostileModelTests
{
    private static readonly AsicDevice Board = new(BoardLibrary.Get("g3"));

    private static readonly long[] Extremes = [long.MinValue, long.MaxValue, -65, -1, 0, 1, 2, 65, 1L << 32, 1L << 62];

    [OnnxTestDataFact]
    public void Damaged_operators_are_inferred_passed_counted_and_compiled_or_refused()
    {
        var random = new Random(20);
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        var (inferred, refused) = (0, 0);
        foreach (var folder in OnnxTestData.NodeTests())
        {
            var model = OnnxReader.Read(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
            for (var i = 0; i < 12; i++)
            {
                try
                {
                    var damaged = model with { Graph = Damaged(model.Graph, random) };
                    PassPipeline.Run(damaged, GraphPass.All);
                    inferred++;
                    ModelCost.Of(damaged, 2);
                    if (i == 0)
                        Board.Open(new ModelFile("", OnnxWriter.Write(damaged)), new ModelOptions()).Dispose();
                }
                catch (Exception e) when (e is OnnxFormatException or ModelException)
                {
                    refused++;
                }
                catch (Exception e)
                {
                    wrong.Add(
                        $"{model.Graph.Nodes[^1].Operator}: {e.GetType().Name} {string.Join(" < ", (e.StackTrace ?? "").Split('\n').Take(3))}"
                    );
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(inferred > 1000 && refused > 1000, $"{inferred} inferred, {refused} refused");
    }

    [Fact]
    public void A_chain_that_grows_the_rank_is_refused()
    {
        var model = new OnnxBuilder("g").Input("x0", ["1"]).Output("x30", []).Constant("axes", [5], [0L, 1, 2, 3, 4]);
        for (var i = 0; i < 30; i++)
            model.Node("Unsqueeze", [$"x{i}", "axes"], [$"x{i + 1}"]);
        var refused = Assert.Throws<OnnxFormatException>(() => ShapeInference.Infer(OnnxReader.Read(model.ToBytes())));
        Assert.Contains("dimensions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_that_double_from_node_to_node_are_followed_only_while_small()
    {
        var model = new OnnxBuilder("g").Constant("x0", [2], [1L, 2]).Output("x60", [], (int)ElementType.Int64);
        for (var i = 0; i < 60; i++)
            model.Node("Concat", [$"x{i}", $"x{i}"], [$"x{i + 1}"], ("axis", 0L));
        var types = ShapeInference.Infer(OnnxReader.Read(model.ToBytes())).Graph.Types;
        Assert.Equal("int64[1024]", types["x9"].ToString());
        Assert.Equal($"int64[{1L << 61}]", types["x60"].ToString());
    }

    [Fact]
    public void Loops_inside_loops_do_not_multiply_the_work()
    {
        var body = Body(0);
        for (var depth = 1; depth < 16; depth++)
            body = Body(depth).Node("Loop", ["", "", "s" + depth], ["n" + depth], ("body", body));
        var model = new OnnxBuilder("g")
            .Input("x", ["2"])
            .Output("y", ["k"])
            .Node("Loop", ["", "", "x"], ["y"], ("body", body));
        Assert.Null(ShapeInference.Infer(OnnxReader.Read(model.ToBytes())).Graph.Types["y"].Count);

        static OnnxBuilder Body(int depth)
        {
            var builder = new OnnxBuilder("body" + depth)
                .Input("i" + depth, [], (int)ElementType.Int64)
                .Input("go" + depth, [], (int)ElementType.Bool)
                .Input("s" + depth, ["n" + depth])
                .Node("Identity", ["go" + depth], ["goes" + depth])
                .Output("goes" + depth, [], (int)ElementType.Bool)
                .Output("n" + depth, ["m" + depth]);
            return depth == 0 ? builder.Node("Concat", ["s0", "s0"], ["n0"], ("axis", 0L)) : builder;
        }
    }

    private static Graph Damaged(Graph graph, Random random)
    {
        var inputs = graph.Inputs.Select(input => input with { Type = Damaged(input.Type, random) });
        // Some inputs are constants, so that values are followed as well as sizes.
        var constants = graph.Initializers;
        foreach (var input in graph.Inputs.Where(input => input.Type.Element == ElementType.Int64))
        {
            var count = random.Next(6);
            if (random.Next(2) == 0)
                constants = constants.SetItem(
                    input.Name,
                    Tensor.Of([count], [.. Enumerable.Range(0, count).Select(_ => Pick(random))])
                );
        }

        return graph with
        {
            Inputs = [.. inputs.Where(input => !constants.ContainsKey(input.Name))],
            Initializers = constants,
            Nodes = [.. graph.Nodes.Select(node => Damaged(node, random))],
            Types = ImmutableSortedDictionary.Create<string, TensorType>(StringComparer.Ordinal),
        };
    }

    private static TensorType Damaged(TensorType type, Random random) =>
        random.Next(4) switch
        {
            0 => type with { Shape = [.. Enumerable.Range(0, random.Next(6)).Select(_ => Size(random))] },
            1 => type with { Shape = type.Shape?.Select(size => random.Next(2) == 0 ? size : Size(random)).ToArray() },
            2 => random.Next(3) == 0 ? TensorType.Unknown : type with { Kind = ValueKind.Sequence },
            _ => type,
        };

    private static SimEval.Models.Graphs.Node Damaged(SimEval.Models.Graphs.Node node, Random random) =>
        random.Next(6) switch
        {
            0 => node with { Inputs = [.. node.Inputs.Take(random.Next(node.Inputs.Length + 1))] },
            1 => node with { Inputs = [.. node.Inputs.Select(name => random.Next(3) == 0 ? "" : name)] },
            2 => node with { Attributes = node.Attributes.Clear() },
            _ => node with
            {
                Attributes = node.Attributes.SetItems(
                    node.Attributes.Select(pair => KeyValuePair.Create(pair.Key, Damaged(pair.Value, random)))
                ),
            },
        };

    private static AttributeValue Damaged(AttributeValue value, Random random) =>
        (value, random.Next(4)) switch
        {
            (_, 0) => value,
            (AttributeValue.OfGraph(var graph), _) => new AttributeValue.OfGraph(
                graph with
                {
                    Nodes = [.. graph.Nodes.Select(node => Damaged(node, random))],
                }
            ),
            (AttributeValue.Ints(var values), 1) => new AttributeValue.Ints([
                .. values.Take(random.Next(values.Length + 1)),
            ]),
            (AttributeValue.Ints(var values), _) => new AttributeValue.Ints([.. values.Select(_ => Pick(random))]),
            (AttributeValue.Int, 1) => new AttributeValue.Text(""),
            (AttributeValue.Int, _) => new AttributeValue.Int(Pick(random)),
            (AttributeValue.Text, _) => new AttributeValue.Text(random.Next(2) == 0 ? "" : "SAME_UPPER"),
            _ => value,
        };

    private static long Pick(Random random) => Extremes[random.Next(Extremes.Length)];

    private static Dim Size(Random random) => random.Next(3) == 0 ? Dim.Named("n") : Math.Max(Pick(random), -1);
}
