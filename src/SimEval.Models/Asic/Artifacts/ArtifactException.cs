namespace SimEval.Models.Asic.Artifacts;

/// <summary>The bytes are no artifact, or a damaged one. The message is for people and stands alone.</summary>
public sealed class ArtifactException(string message, Exception? inner = null) : Exception(message, inner);
