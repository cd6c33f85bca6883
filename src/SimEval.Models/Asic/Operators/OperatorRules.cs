using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Makes a step of an instruction. Throws <see cref="CompileException"/> where it cannot take what it is given.</summary>
public delegate Step OperatorRule(OperatorCall call);

/// <summary>Every instruction that the emulator knows, by name; "asic." before those that are not ONNX's.</summary>
public static class OperatorRules
{
    // One line an operator, or a family of operators that share a rule.
    private static readonly IReadOnlyDictionary<string, OperatorRule> Rules = new[]
    {
        Named(Int8MatMul.Place, "asic.MatMul"),
        Named(Int8Conv.Place, "asic.Conv"),
        Named(Tables.Place, "asic.Table"),
        Named(Int8Pairs.Place, "asic.Add", "asic.Sub", "asic.Mul", "asic.Div"),
        Named(PoolRules.Average8, "asic.AveragePool"),
        Named(PoolRules.Global8, "asic.GlobalAveragePool"),
        Named(ReduceRules.Mean8, "asic.ReduceMean"),
        Named(SoftmaxTable.Place, "asic.Softmax"),
        Named(PoolRules.Max, "MaxPool"),
        Named(PoolRules.Average, "AveragePool"),
        Named(PoolRules.Global, "GlobalAveragePool", "GlobalMaxPool"),
        Named(ReduceRules.Place, ReduceRules.Names),
        Named(ReduceRules.Arg, "ArgMax", "ArgMin"),
        Named(FloatProducts.MatMul, "MatMul"),
        Named(FloatProducts.Gemm, "Gemm"),
        Named(FloatProducts.Conv, "Conv"),
        Named(TransposedConvolution.Place, "ConvTranspose"),
        Named(NormalisationRules.Softmax, "Softmax", "LogSoftmax"),
        Named(NormalisationRules.Layer, "LayerNormalization"),
        Named(NormalisationRules.Batch, "BatchNormalization"),
        Named(NormalisationRules.Instance, "InstanceNormalization"),
        Named(RecurrentRules.Lstm, "LSTM"),
        Named(RecurrentRules.Gru, "GRU"),
        Named(RecurrentRules.Rnn, "RNN"),
        Named(CastRules.Cast, "Cast"),
        Named(CastRules.Not, "Not"),
        Named(UnaryRules.Place, UnaryRules.Names),
        Named(UnaryRules.Clip, "Clip"),
        Named(BinaryRules.Place, BinaryRules.Arithmetic),
        Named(BinaryRules.Compare, BinaryRules.Comparisons),
        Named(BinaryRules.Fold, BinaryRules.Variadic),
        Named(BinaryRules.Where, "Where"),
        Named(ReshapeRules.Identity, "Identity", "Dropout"),
        Named(ReshapeRules.Reshape, "Reshape"),
        Named(ReshapeRules.Flatten, "Flatten"),
        Named(ReshapeRules.Squeeze, "Squeeze"),
        Named(ReshapeRules.Unsqueeze, "Unsqueeze"),
        Named(ReshapeRules.Shape, "Shape"),
        Named(ReshapeRules.Size, "Size"),
        Named(ReshapeRules.ConstantOfShape, "ConstantOfShape"),
        Named(ReshapeRules.Range, "Range"),
        Named(MoveRules.Transpose, "Transpose"),
        Named(MoveRules.Expand, "Expand"),
        Named(MoveRules.Tile, "Tile"),
        Named(MoveRules.Slice, "Slice"),
        Named(MoveRules.Gather, "Gather"),
        Named(ElementMoves.Gather, "GatherElements"),
        Named(ElementMoves.GatherSlices, "GatherND"),
        Named(ElementMoves.Scatter, "ScatterElements"),
        Named(ElementMoves.Triangle, "Trilu"),
        Named(ResizeRules.Place, "Resize"),
        Named(MoveRules.Concat, "Concat"),
        Named(MoveRules.Split, "Split"),
        Named(MoveRules.Pad, "Pad"),
        Named(MoveRules.Scatter, "ScatterND"),
        Named(MoveRules.Blocks, "DepthToSpace", "SpaceToDepth"),
        Named(QuantizeRules.Quantize, "QuantizeLinear"),
        Named(QuantizeRules.Dequantize, "DequantizeLinear"),
        Named(IntegerRules.DynamicQuantize, "DynamicQuantizeLinear"),
        Named(IntegerRules.MatMul, "MatMulInteger"),
        Named(IntegerRules.Conv, "ConvInteger"),
    }
        .SelectMany(rules => rules)
        .ToDictionary(rule => rule.Name, rule => rule.Rule, StringComparer.Ordinal);

    /// <summary>Names of all of them.</summary>
    public static IEnumerable<string> Names => Rules.Keys.Order(StringComparer.Ordinal);

    /// <summary>The name of an instruction: "asic.MatMul", "Relu".</summary>
    public static string NameOf(Graphs.Node node) =>
        node.Domain.Length > 0 ? $"{node.Domain}.{node.Operator}" : node.Operator;

    /// <summary>Whether there is a rule.</summary>
    public static bool Has(string name) => Rules.ContainsKey(name);

    /// <summary>The step of an instruction.</summary>
    public static Step Place(OperatorCall call)
    {
        var name = NameOf(call.Node);
        return Rules.TryGetValue(name, out var rule)
            ? rule(call)
            : throw new CompileException($"{Graphs.Dataflow.Title(call.Node)}: no board has the operator {name}", name);
    }

    private static IEnumerable<(string Name, OperatorRule Rule)> Named(OperatorRule rule, params string[] names) =>
        names.Select(name => (name, rule));
}
