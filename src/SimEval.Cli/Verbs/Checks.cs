using System.Globalization;
using SimEval.Engine.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>What verbs that take a scenario file do with it before anything else.</summary>
internal static class Checks
{
    /// <summary>The keys to set, from --set and --seed.</summary>
    public static IReadOnlyList<(string Key, string Value)> Overrides(string[]? set, ulong? seed)
    {
        var overrides = new List<(string, string)>();
        foreach (var entry in set ?? [])
        {
            var at = entry.IndexOf('=');
            if (at <= 0)
                throw new CommandException(ExitCode.Invalid, $"--set {entry}: write --set KEY=VALUE");
            overrides.Add((entry[..at], entry[(at + 1)..]));
        }

        if (seed is { } number)
            overrides.Add(("seed", number.ToString(CultureInfo.InvariantCulture)));
        return overrides;
    }

    /// <summary>The scenario of a check; every error is told, warnings too.</summary>
    /// <exception cref="CommandException">It has errors (exit 4), or nothing to run (exit 5).</exception>
    public static ReadyScenario Require(Invocation invocation, CheckResult check)
    {
        if (check.Ready is not { } ready)
            throw new CommandException(ExitCode.Invalid, [.. check.Errors.Select(error => error.ToString())]);
        foreach (var warning in check.Warnings)
            invocation.Terminal.Tell($"warning: {warning}");
        return ready.Scenario.Points.Count > 0
            ? ready
            : throw new CommandException(
                ExitCode.Nothing,
                $"{ready.Scenario.SourceName}: there is nothing to run in it"
            );
    }

    /// <summary>The command line that reproduces a run.</summary>
    public static string Command(string file, string[]? set, ulong? seed, string? baseline)
    {
        var words = new List<string> { "simeval", "run", Quoted(file) };
        foreach (var entry in set ?? [])
            words.AddRange(["--set", Quoted(entry)]);
        if (seed is { } number)
            words.AddRange(["--seed", number.ToString(CultureInfo.InvariantCulture)]);
        if (baseline is not null)
            words.AddRange(["--baseline", Quoted(baseline)]);
        return string.Join(' ', words);
    }

    private static string Quoted(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || "._-/=:+,%@".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
