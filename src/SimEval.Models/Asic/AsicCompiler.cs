using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Lowering;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Asic.Scheduling;
using SimEval.Models.Graphs;
using SimEval.Models.Passes;

namespace SimEval.Models.Asic;

/// <summary>From a graph with quantize and dequantize nodes to a board's program.</summary>
public static class AsicCompiler
{
    // Only what keeps every bit. Transposes stay where they are: in Gemm's flag they would hide a product from the array.
    private static readonly IReadOnlyList<GraphPass> Passes =
    [
        .. GraphPass
            .Exact.Where(pass => pass.Name is "fold-constants" or "remove-identities")
            .Select(pass =>
                pass.Name == "fold-constants"
                    ? pass with
                    {
                        Apply = (graph, opset) => ConstantFolding.Apply(graph, opset, EmulatedConstants.Of),
                    }
                    : pass
            ),
    ];

    /// <summary>
    /// The program. Throws <see cref="CompileException"/> naming the operator that stops it and the boards that have it, and
    /// <see cref="Onnx.OnnxFormatException"/> where an operator cannot take what it is given.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="board">The board.</param>
    /// <param name="evaluator">Gives the values of tables; null: the emulator's own functions do.</param>
    public static AsicProgram Compile(OnnxModel model, Board board, TableEvaluator? evaluator = null)
    {
        if (model.Graph.AllNodes().FirstOrDefault(node => node.Subgraphs().Any()) is { } branching)
            throw new CompileException(
                $"{branching.Title()}: a board runs its instructions in order, without branches and loops",
                branching.Operator
            );
        foreach (var value in model.Graph.Inputs.Concat(model.Graph.Outputs))
        {
            if (value.Type.Kind != ValueKind.Tensor || value.Type.Element == ElementType.Text)
                throw new CompileException(
                    $"'{value.Name}' is {value.Type}; a board takes and gives tensors of numbers"
                );
        }

        var opset = model.Opsets.GetValueOrDefault("", 1);
        var program = QdqLowering.Lower(model with { Graph = Prepared(model, opset) }, evaluator);
        program = program with { Graph = DeadCode.Apply(Folded(program.Graph, opset), opset) };
        RequireOperators(program, board);
        return program;
    }

    /// <summary>Throws <see cref="CompileException"/> when a program has an instruction that a board has not.</summary>
    public static void RequireOperators(AsicProgram program, Board board)
    {
        foreach (var node in program.Graph.Nodes)
            RequireOperator(node, program, board);
    }

    /// <summary>
    /// The schedule of one forward; null where it depends on sizes that the model leaves open. Throws
    /// <see cref="CompileException"/> when the program does not fit the board, or cannot be laid out.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="board">The board.</param>
    /// <param name="batch">Frames of the forward.</param>
    public static Schedule? Schedule(AsicProgram program, Board board, int batch)
    {
        ProgramLayout layout;
        try
        {
            var sizes = ProgramSizes.Of(program.Graph, batch);
            layout = ProgramLayout.Of(program, sizes, PlainProduct.Instance, new PackedCache());
        }
        catch (CompileException) when (!ProgramSizes.OnlyBatchIsFree(program.Graph))
        {
            return null;
        }

        return Scheduler.Of(layout, board, batch);
    }

    // Dead code goes last: ONNX Runtime's rewriting of pairs counts takers that lead to no output.
    private static Graph Prepared(OnnxModel model, long opset)
    {
        var passed = PassPipeline.Run(model with { Graph = StandardPairs.Of(model.Graph) }, Passes).Model.Graph;
        var run = RuntimeOperators.Expand(RuntimePairs.Apply(passed), opset);
        var moved = MovedIntegers.Sink(TransposedOperands.Split(run));
        return DeadCode.Apply(Folded(moved, opset), opset);
    }

    // Rewriting of pairs changes element types, and integers that are moved have none yet: what is declared is no longer so.
    private static Graph Folded(Graph graph, long opset) =>
        ConstantFolding.Apply(graph with { Types = graph.Types.Clear() }, opset, EmulatedConstants.Of);

    private static void RequireOperator(Node node, AsicProgram program, Board board)
    {
        var name = OperatorRules.NameOf(node);
        if (board.Operators.Contains(name))
            return;
        var others = BoardLibrary
            .All.Where(other => other.Operators.Contains(name))
            .Select(other => other.Name)
            .ToList();
        var where =
            others.Count > 0
                ? $"({string.Join(", ", others)} {(others.Count == 1 ? "has" : "have")} it)"
                : "(no board has it)";
        throw new CompileException(
            node,
            $"board {board.Name} has no {Kind(node, name)} {where}{Advice(node, program)}",
            name
        );
    }

    private static string Kind(Node node, string name) =>
        node.Domain.Length == 0
        && (OperatorRules.Has(name) || ElementwiseCone.IsFunction(name))
        && name is not ("Cast" or "QuantizeLinear" or "DequantizeLinear")
            ? $"{name} in float32"
            : name;

    private static string Advice(Node node, AsicProgram program) =>
        node is { Domain: "", Operator: "MatMul" or "Gemm" or "Conv" }
            ? TakesQuantized(node, program)
                ? ". Its operands are 8-bit values, but not in a form that the array takes: one scale and zero point for its input, "
                    + "one scale for its weights or for each of their output channels, one zero point, windows of one or two axes"
                : ". Its operands are not 8-bit values: quantize the model first (simeval model quantize)"
            : node.Domain.Length == 0 && ElementwiseCone.IsFunction(node.Operator)
                ? ". Between a DequantizeLinear and a QuantizeLinear it would be a table, which every board has"
                : "";

    private static bool TakesQuantized(Node node, AsicProgram program) =>
        node
            .Inputs.Take(2)
            .All(input =>
                program.Graph.Nodes.Any(other => other.Operator == "DequantizeLinear" && other.Outputs.Contains(input))
            );
}
