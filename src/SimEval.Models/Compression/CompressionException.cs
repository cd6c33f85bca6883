namespace SimEval.Models.Compression;

/// <summary>A model that cannot be compressed as asked, with what would be possible.</summary>
public sealed class CompressionException(string message) : Exception(message);
