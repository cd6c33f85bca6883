using System.CommandLine;

namespace SimEval.Cli.Verbs;

/// <summary>--set KEY=VALUE, any number of times: a pipeline keeps the file and changes the model.</summary>
internal static class Overrides
{
    /// <summary>The option.</summary>
    public static Option<string[]> Set { get; } =
        new("--set")
        {
            Description = "Set any key of the file: --set variants.int8.model=PATH, --set gates[0].atMost=0.01",
            HelpName = "KEY=VALUE",
        };

    /// <summary>What was given, in order.</summary>
    public static IReadOnlyList<(string Key, string Value)> Read(Invocation invocation) =>
        [.. (invocation.Parsed.GetValue(Set) ?? []).Select(Split)];

    private static (string Key, string Value) Split(string entry)
    {
        var at = entry.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? (entry[..at].Trim(), entry[(at + 1)..])
            : throw new CommandException(ExitCode.Invalid, $"--set {entry}: write --set KEY=VALUE");
    }
}
