using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Lowering;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic;

/// <summary>From a graph with quantize and dequantize nodes to a board's program.</summary>
public static class AsicCompiler
{
    /// <summary>The program. Throws <see cref="CompileException"/> naming the operator that stops it and the boards that have it.</summary>
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
        var opset = model.Opsets.GetValueOrDefault("", 1);
        var prepared = model with { Graph = Preparation.Fold(model.Graph, opset) };
        var program = QdqLowering.Lower(prepared, evaluator);
        program = program with { Graph = Preparation.Fold(program.Graph, opset) };
        foreach (var node in program.Graph.Nodes)
            RequireOperator(node, board);
        return program;
    }

    private static void RequireOperator(Node node, Board board)
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
            $"{node.Title()}: board {board.Name} has no {Kind(node, name)} {where}{Advice(node)}",
            name
        );
    }

    private static string Kind(Node node, string name) =>
        node.Domain.Length == 0 && !name.EndsWith("Linear", StringComparison.Ordinal) ? $"{name} in float32" : name;

    private static string Advice(Node node) =>
        node is { Domain: "", Operator: "MatMul" or "Gemm" or "Conv" }
            ? ". Its operands are not 8-bit values: quantize the model first (simeval model quantize)"
        : node is { Domain: "" } && UnaryRules.Names.Contains(node.Operator)
            ? ". Between a DequantizeLinear and a QuantizeLinear it would be a table, which every board has"
        : "";
}
