namespace SimEval.Cli;

/// <summary>A failure that a person can act on: its lines are printed as they are, without anything else.</summary>
internal sealed class CommandException(ExitCode code, IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    /// <summary>One line.</summary>
    public CommandException(ExitCode code, string line)
        : this(code, [line]) { }

    /// <summary>What the process returns.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>What is printed.</summary>
    public IReadOnlyList<string> Lines { get; } = lines;
}
