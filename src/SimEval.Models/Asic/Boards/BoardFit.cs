namespace SimEval.Models.Asic.Boards;

/// <summary>Whether a board runs what a model asks for, and in a sentence why not.</summary>
public static class BoardFit
{
    /// <summary>
    /// Null when the board runs the operator, else why not: "g1 has no Softmax; g2, g3 have". The sentence names no node: the
    /// caller puts its name before.
    /// </summary>
    public static string? Refusal(BoardGeneration board, string onnxOperator) =>
        board.Supports(onnxOperator)
            ? null
            : $"{board.Name} has no {onnxOperator}; {Others(other => other.Supports(onnxOperator), "has", "have")}";

    /// <summary>Null when the board multiplies two computed values, else why not.</summary>
    public static string? RefusalOfComputedProduct(BoardGeneration board) =>
        board.MultipliesActivations
            ? null
            : $"{board.Name} multiplies by constants only, and both operands are computed; {Others(other => other.MultipliesActivations, "multiplies them", "multiply them")}";

    /// <summary>Null when weights of so many bytes fit beside the chip, else why not.</summary>
    public static string? RefusalOfWeights(BoardGeneration board, long bytes) =>
        bytes <= board.Dram.Bytes
            ? null
            : $"{board.Name} holds {board.Dram.Bytes} bytes of weights, and the model has {bytes}; {Others(other => bytes <= other.Dram.Bytes, "holds them", "hold them")}";

    private static string Others(Func<BoardGeneration, bool> can, string one, string many)
    {
        var names = BoardGenerations.All.Where(can).Select(board => board.Name).ToList();
        return names.Count switch
        {
            0 => $"no generation {one}",
            1 => $"{names[0]} {one}",
            _ => $"{string.Join(", ", names)} {many}",
        };
    }
}
