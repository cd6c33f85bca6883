namespace SimEval.Models.Asic.Boards;

/// <summary>A board's data file is wrong. The message holds one line for each error: file, line, key, what is wrong, what would be right.</summary>
/// <param name="errors">The errors, at least one.</param>
public sealed class BoardFormatException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>All errors of the file.</summary>
    public IReadOnlyList<string> Errors => errors;
}
