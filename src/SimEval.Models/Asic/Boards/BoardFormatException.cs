namespace SimEval.Models.Asic.Boards;

/// <summary>A board's data file is wrong; the message names the file, the key, what is wrong and what would be right.</summary>
public sealed class BoardFormatException(string message) : Exception(message);
