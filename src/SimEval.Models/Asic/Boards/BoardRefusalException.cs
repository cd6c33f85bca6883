namespace SimEval.Models.Asic.Boards;

/// <summary>A board does not run a model; the message names the node and the reason, and which boards would.</summary>
public sealed class BoardRefusalException(string message) : Exception(message);
