namespace SimEval.Models.Asic.Cost;

/// <summary>A layer's cost hangs on a size that is not known; the message names the node and the value.</summary>
public sealed class UnknownSizeException(string message) : Exception(message);
