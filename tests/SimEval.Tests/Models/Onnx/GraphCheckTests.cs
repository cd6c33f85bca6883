using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Models.Onnx;

public class GraphCheckTests
{
    [Fact]
    public void Nodes_out_of_order_are_sorted()
    {
        var model = OnnxReader.Read(
            Model().Node("Relu", ["b"], ["y"]).Node("Neg", ["x"], ["a"]).Node("Abs", ["a"], ["b"]).ToBytes()
        );
        Assert.Equal(["Neg", "Abs", "Relu"], model.Graph.Nodes.Select(node => node.Operator));
    }

    [Fact]
    public void Nodes_in_order_stay_where_they_are()
    {
        var model = OnnxReader.Read(
            Model()
                .Node("Neg", ["x"], ["a"])
                .Node("Abs", ["x"], ["b"])
                .Node("Exp", ["b"], ["c"])
                .Node("Add", ["a", "c"], ["y"])
                .ToBytes()
        );
        Assert.Equal(["Neg", "Abs", "Exp", "Add"], model.Graph.Nodes.Select(node => node.Operator));
    }

    [Fact]
    public void A_cycle_is_told_with_its_nodes() =>
        Refuses(
            Model()
                .Node("Add", ["x", "c"], ["a"])
                .Node("Abs", ["a"], ["b"])
                .Node("Neg", ["b"], ["c"])
                .Node("Exp", ["c"], ["y"]),
            "cycle",
            "'Add_0' (Add), then node 'Abs_1' (Abs), then node 'Neg_2' (Neg)"
        );

    [Fact]
    public void A_cycle_through_a_subgraph_is_one() =>
        Refuses(
            Model().Node("If", ["x"], ["y"], ("then_branch", Branch("y", "p")), ("else_branch", Branch("x", "q"))),
            "cycle"
        );

    [Fact]
    public void A_name_is_given_once()
    {
        Refuses(Model().Node("Abs", ["x"], ["y"]).Node("Neg", ["x"], ["y"]), "'y' is given twice");
        Refuses(Model().Node("Abs", ["x"], ["x"]).Node("Neg", ["x"], ["y"]), "'x' is given twice");
        Refuses(Model().Node("Abs", ["x"], ["y"]).Output("y", ["2"]), "output 'y' twice");
        Refuses(
            Model().Node("If", ["x"], ["y"], ("then_branch", Branch("x", "p")), ("else_branch", Branch("x", "x"))),
            "given by a graph around it"
        );
    }

    [Fact]
    public void What_is_taken_is_given()
    {
        Refuses(Model().Node("Abs", ["z"], ["y"]), "node 'Abs_0' (Abs) takes 'z', which nothing gives");
        Refuses(Model().Node("Abs", ["x"], ["z"]), "nothing gives the output 'y'");
        Refuses(
            Model().Node("If", ["x"], ["y"], ("then_branch", Branch("z", "p")), ("else_branch", Branch("x", "q"))),
            "takes 'z'"
        );
    }

    [Fact]
    public void Branches_may_use_the_same_names_beside_each_other() =>
        OnnxReader.Read(
            Model()
                .Node("If", ["x"], ["y"], ("then_branch", Branch("x", "p")), ("else_branch", Branch("x", "p")))
                .ToBytes()
        );

    private static OnnxBuilder Model() => new OnnxBuilder("g").Input("x", ["2"]).Output("y", ["2"]);

    private static OnnxBuilder Branch(string takes, string gives) =>
        new OnnxBuilder("inner").Node("Neg", [takes], [gives]).Output(gives, ["2"]);

    private static void Refuses(OnnxBuilder model, params string[] because)
    {
        var refused = Assert.Throws<OnnxFormatException>(() => OnnxReader.Read(model.ToBytes()));
        Assert.All(because, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
    }
}
