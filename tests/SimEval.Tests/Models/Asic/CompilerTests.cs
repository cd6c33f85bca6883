using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Models;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;
using SimEval.Tests.Devices.Asic;
using Xunit;

namespace SimEval.Tests.Models.Asic;

public class CompilerTests
{
    [Fact]
    public void What_lies_between_dequantized_and_quantized_is_one_instruction()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 8), 0.03f, 120);
        var w = model.Weights("w", [8, 4], 1, 0.01f);
        var y = model.Node("Gemm", [x, w, model.Bias("b", w, 0.03f, 4)], "y");
        var r = model.Quantized(model.Node("Relu", [y], "r"), 0.05f, 0);
        model.Output(model.Quantized(model.Node("Sigmoid", [r], "s"), 1 / 256f, 0));
        Assert.Equal(["QuantizeLinear", "asic.MatMul", "asic.Table", "DequantizeLinear"], Instructions(model, "g1"));
    }

    [Fact]
    public void Moves_of_quantized_elements_move_bytes()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 2, 8), 0.03f, 120);
        var turned = model.Node("Transpose", [x], "t", ("perm", new AttributeValue.Ints([0, 2, 1])));
        var flat = model.Node("Flatten", [turned], "f");
        model.Output(model.Quantized(flat, 0.03f, 120));
        Assert.Equal(["QuantizeLinear", "Transpose", "Flatten", "DequantizeLinear"], Instructions(model, "g1"));
    }

    [Fact]
    public void What_gives_what_it_takes_hides_no_product()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 8), 0.03f, 120);
        var cast = model.Node("Cast", [x], "c", ("to", new AttributeValue.Int((long)ElementType.Float32)));
        var same = model.Node("Transpose", [cast], "t", ("perm", new AttributeValue.Ints([0, 1])));
        var product = model.Node("MatMul", [same, model.Weights("w", [8, 4], 1, 0.01f)], "y");
        model.Output(model.Quantized(model.Node("Dropout", [product], "d"), 0.05f, 30));
        Assert.Equal(["QuantizeLinear", "asic.MatMul", "DequantizeLinear"], Instructions(model, "g1"));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
    }

    [Fact]
    public void Sizes_that_the_model_fixes_are_computed_before_the_board_sees_them()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", 2, 3, 4), 0.03f, 120);
        var first = model.Node("Gather", [model.Node("Shape", [x], "s"), model.Integers("zero", 0)], "f");
        var sizes = model.Node("Concat", [first, model.Integers("rest", -1)], "z", ("axis", new AttributeValue.Int(0)));
        model.Output(model.Quantized(model.Node("Reshape", [x, sizes], "y"), 0.03f, 120));
        Assert.Equal(["QuantizeLinear", "Reshape", "DequantizeLinear"], Instructions(model, "g1"));
    }

    [Fact]
    public void A_model_fits_the_second_generation_and_not_the_first_and_a_word_says_why()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 8), 0.03f, 120);
        model.Output(model.Quantized(model.Node("LogSoftmax", [x], "y"), 1 / 32f, 255));
        Assert.Contains("LogSoftmax", Instructions(model, "g2"));
        var refused = Assert.Throws<CompileException>(() => Instructions(model, "g1"));
        Assert.Contains(
            "board g1 has no LogSoftmax in float32 (g2, g3 have it)",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("LogSoftmax", refused.Stopper);
    }

    [Fact]
    public void A_product_over_no_rows_costs_nothing()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 3, 0, 17), 0.03f, 120);
        var w = model.Weights("w", [3, 17, 9], -1, 0.004f);
        model.Output(model.Quantized(model.Node("MatMul", [x, w], "y"), 0.05f, 99));
        var g3 = BoardLibrary.Get("g3");
        Assert.Equal(0, AsicCompiler.Schedule(Compiled(model, g3), g3, 1)!.Macs);
    }

    [Theory]
    [InlineData("ConvTranspose", "strides", 1L << 30)]
    [InlineData("Conv", "pads", (1L << 31) - 1)]
    [InlineData("Conv", "dilations", (1L << 31) - 1)]
    public void Windows_beyond_any_memory_are_refused(string operation, string attribute, long value)
    {
        var model = new QdqBuilder(1);
        var w = model.Floats("w", [2, 2, 3], 1);
        long[] values = attribute == "pads" ? [value, value] : [value];
        model.Output(
            model.Node(
                operation,
                [model.Input("x", -1, 2, 9), w],
                "y",
                (attribute, new AttributeValue.Ints([.. values]))
            )
        );
        var device = new AsicDevice(BoardLibrary.Get("g2"));
        Assert.Throws<ModelException>(() => device.Open(new ModelFile("", model.Bytes()), new ModelOptions()));
    }

    [Fact]
    public void Padding_beyond_any_memory_is_refused_before_it_is_made()
    {
        var model = new QdqBuilder(1);
        model.Output(model.Node("Pad", [model.Input("x", -1, 9), model.Integers("pads", 0, 0, 0, 2_000_000_000)], "y"));
        var device = new AsicDevice(BoardLibrary.Get("g1"));
        var refused = Assert.Throws<ModelException>(() =>
            device.Open(new ModelFile("", model.Bytes()), new ModelOptions())
        );
        Assert.Contains("elements is larger than", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_to_quantize_is_not_given_for_what_is_quantized()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 2, 5, 5, 5), 0.03f, 120);
        var y = model.Node("Conv", [x, model.Weights("w", [3, 2, 2, 2, 2], 0, 0.004f)], "y");
        model.Output(model.Quantized(y, 0.05f, 99));
        var refused = Assert.Throws<CompileException>(() => Instructions(model, "g1"));
        Assert.Contains("windows of one or two axes", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("quantize the model first", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_beyond_the_chip_are_refused_where_none_come_from_outside()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 800), 0.03f, 120);
        var w = model.Weights("w", [800, 700], 1, 0.01f);
        model.Output(model.Quantized(model.Node("MatMul", [x, w], "y"), 0.05f, 99));
        var (g1, g2) = (BoardLibrary.Get("g1"), BoardLibrary.Get("g2"));
        var refused = Assert.Throws<CompileException>(() => AsicCompiler.Schedule(Compiled(model, g1), g1, 1));
        Assert.Contains("does not fit board g1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("it fits g2, g3", refused.Message, StringComparison.Ordinal);
        Assert.True(AsicCompiler.Schedule(Compiled(model, g2), g2, 1)!.WeightsResident);
    }

    [Fact]
    public void Weights_beyond_the_chip_come_from_outside_once_a_forward()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 2500), 0.03f, 120);
        var w = model.Weights("w", [2500, 2000], 1, 0.01f);
        model.Output(model.Quantized(model.Node("MatMul", [x, w], "y"), 0.05f, 99));
        var board = BoardLibrary.Get("g2");
        var schedule = AsicCompiler.Schedule(Compiled(model, board), board, 1)!;
        Assert.False(schedule.WeightsResident);
        var layer = Assert.Single(schedule.Layers, layer => layer.Product is not null);
        Assert.InRange(layer.DramBytes, 5_000_000, 5_100_000);
        Assert.Equal((long)Math.Ceiling(layer.DramBytes / board.DramBytesPerCycle), layer.Cycles);
        Assert.True(layer.Tile!.N < 2000 || layer.Tile.K < 2500);
    }

    [Fact]
    public void A_schedule_counts_what_the_formulas_say()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 256), 0.03f, 120);
        var w = model.Weights("w", [256, 256], 1, 0.01f);
        model.Output(model.Quantized(model.Node("MatMul", [x, w], "y"), 0.05f, 99));
        var board = BoardLibrary.Get("g1");
        var one = Product(AsicCompiler.Schedule(Compiled(model, board), board, 1)!);
        var many = Product(AsicCompiler.Schedule(Compiled(model, board), board, 64)!);
        Assert.Equal((12_031, 65_536), (one.Cycles, one.Macs));
        Assert.Equal((28_159, 64 * 65_536), (many.Cycles, many.Macs));
        Assert.Equal(one.Macs * board.Energy.Mac + one.SramBytes * board.Energy.SramByte, one.EnergyPj, 1e-6);

        static SimEval.Models.Asic.Scheduling.LayerCost Product(SimEval.Models.Asic.Scheduling.Schedule schedule) =>
            schedule.Layers.Single(layer => layer.Product is not null);
    }

    private static AsicProgram Compiled(QdqBuilder model, Board board) => AsicCompiler.Compile(model.Model(), board);

    private static IEnumerable<string> Instructions(QdqBuilder model, string board) =>
        Compiled(model, BoardLibrary.Get(board))
            .Graph.Nodes.Select(node => node.Domain.Length > 0 ? $"{node.Domain}.{node.Operator}" : node.Operator);
}
