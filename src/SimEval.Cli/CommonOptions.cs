using System.CommandLine;
using SimEval.Node.Configuration;

namespace SimEval.Cli;

/// <summary>Options that every verb has.</summary>
internal sealed class CommonOptions
{
    /// <summary>The one folder that holds all data.</summary>
    public Option<string> Data { get; } =
        new("--data")
        {
            Description = "The data folder",
            DefaultValueFactory = _ => "./.simeval",
            Recursive = true,
            HelpName = "DIR",
        };

    /// <summary>A configuration of one's own.</summary>
    public Option<string?> Config { get; } =
        new("--config")
        {
            Description = "A configuration in HOCON, above the defaults",
            Recursive = true,
            HelpName = "FILE",
        };

    /// <summary>Single keys.</summary>
    public Option<string[]> Keys { get; } =
        new("-D")
        {
            Description = "One configuration key, above the file: -D engine.lanes=1",
            Recursive = true,
            HelpName = "KEY=VALUE",
        };

    /// <summary>Data as JSON.</summary>
    public Option<bool> Json { get; } =
        new("--json") { Description = "Standard output ends with one line, a JSON object", Recursive = true };

    /// <summary>No progress.</summary>
    public Option<bool> Quiet { get; } =
        new("--quiet", "-q") { Description = "No progress on standard error", Recursive = true };

    /// <summary>No colours.</summary>
    public Option<bool> NoColor { get; } =
        new("--no-color") { Description = "No colours (as with NO_COLOR in the environment)", Recursive = true };

    /// <summary>Adds all of them to the root, from where verbs inherit them.</summary>
    public void AddTo(RootCommand root)
    {
        root.Add(Data);
        root.Add(Config);
        root.Add(Keys);
        root.Add(Json);
        root.Add(Quiet);
        root.Add(NoColor);
    }

    /// <summary>Reads them; a configuration that does not fit throws.</summary>
    public Invocation Read(ParseResult parsed, Terminal terminal, CancellationToken cancellation) =>
        new(
            parsed,
            terminal,
            Path.GetFullPath(parsed.GetValue(Data)!),
            NodeSettings.Load(parsed.GetValue(Config), parsed.GetValue(Keys) ?? []),
            parsed.GetValue(Json),
            parsed.GetValue(Quiet),
            !parsed.GetValue(NoColor) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            cancellation
        );
}

/// <summary>One call of a verb.</summary>
/// <param name="Parsed">The command line.</param>
/// <param name="Terminal">Where to write.</param>
/// <param name="DataFolder">The data folder, as a full path.</param>
/// <param name="Settings">The configuration.</param>
/// <param name="Json">Whether data are JSON.</param>
/// <param name="Quiet">Whether there is no progress.</param>
/// <param name="Colors">Whether colours are allowed.</param>
/// <param name="Cancellation">A person's interruption.</param>
internal sealed record Invocation(
    ParseResult Parsed,
    Terminal Terminal,
    string DataFolder,
    NodeSettings Settings,
    bool Json,
    bool Quiet,
    bool Colors,
    CancellationToken Cancellation
)
{
    /// <summary>A path as a person would write it: relative to the current folder when it lies inside.</summary>
    public static string Show(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
