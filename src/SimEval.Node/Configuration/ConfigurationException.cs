namespace SimEval.Node.Configuration;

/// <summary>A configuration that cannot be used; every error has its file and line.</summary>
/// <param name="errors">All of them, one line each.</param>
public sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>All of them, one line each.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
