using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using SimEval.Cli.Verbs;
using SimEval.Cli.Verbs.Model;
using SimEval.Scenarios;

namespace SimEval.Cli;

/// <summary>The whole command line: all verbs under one root.</summary>
internal static partial class CommandLine
{
    private const StringSplitOptions Split = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <summary>Parses and carries out; a command line that is not understood is explained in one line.</summary>
    public static async Task<ExitCode> RunAsync(string[] arguments, Terminal terminal)
    {
        var options = new CommonOptions();
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Data,
            Error = terminal.People,
            EnableDefaultExceptionHandler = false,
            // Signals are the verbs' own affair: see Interruption.
            ProcessTerminationTimeout = null,
        };
        return await FailurePolicy
            .GuardAsync(
                terminal,
                Path.GetTempPath,
                json: false,
                async () =>
                {
                    var parsed = Build(terminal, options).Parse(arguments);
                    return parsed.Errors.Count > 0
                        ? Refuse(parsed, terminal, parsed.GetValue(options.Json))
                        : (ExitCode)await parsed.InvokeAsync(configuration).ConfigureAwait(false);
                }
            )
            .ConfigureAwait(false);
    }

    private static RootCommand Build(Terminal terminal, CommonOptions options)
    {
        var root = new RootCommand("SimEval: one scenario file in; a verdict, a report and replays out.");
        options.AddTo(root);
        var host = new VerbHost(options, terminal);
        root.Add(RunCommand.Create(host));
        root.Add(StatusCommand.Create(host));
        root.Add(ResumeCommand.Create(host));
        root.Add(ReportCommand.Create(host));
        root.Add(AcceptCommand.Create(host));
        root.Add(ReplayCommand.Create(host));
        root.Add(ListCommand.Create(host));
        root.Add(DiffCommand.Create(host));
        root.Add(ExportCommand.Create(host));
        root.Add(DeleteCommand.Create(host));
        root.Add(SolutionCommand.Create(host));
        root.Add(ScenarioCommand.Create(host));
        root.Add(TrainCommand.Create(host));
        root.Add(ModelCommand.Create(host));
        root.Add(InferCommand.Create(host));
        root.Add(VersionCommand.Create(host));
        return root;
    }

    private static ExitCode Refuse(ParseResult parsed, Terminal terminal, bool json)
    {
        var lines = Wrong(parsed).Append($"see: {PathOf(parsed.CommandResult)} --help").ToList();
        lines.ForEach(terminal.Tell);
        if (json)
            FailurePolicy.Write(terminal, ExitCode.Invalid, lines);
        return ExitCode.Invalid;
    }

    private static IEnumerable<string> Wrong(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var isVerb = command.Subcommands.Count > 0;
            var names = isVerb
                ? command.Subcommands.Select(c => c.Name).ToList()
                : AllOptions(parsed.CommandResult).ToList();
            var hint = Nearest.Suggest(unknown, names);
            return
            [
                $"'{unknown}' is no {(isVerb ? "verb" : "option or argument")} of '{PathOf(parsed.CommandResult)}'"
                    + (hint is null ? "" : ". " + hint),
            ];
        }

        return parsed.Errors.Select(error => Plain(error.Message));
    }

    // The parser names types of the runtime, and lists choices a line each.
    private static string Plain(string message) =>
        Mistyped().Match(message) is { Success: true } wrong
            ? $"{wrong.Groups["option"].Value} takes {(wrong.Groups["type"].Value.Contains("Int", StringComparison.Ordinal) ? "a whole number" : "a number")}, not '{wrong.Groups["given"].Value}'"
            : string.Join(' ', message.Split((char[])['\n', '\r', '\t'], Split));

    [GeneratedRegex(
        @"^Cannot parse argument '(?<given>.*)' for option '(?<option>\S+)' as expected type '(?<type>.*)'"
    )]
    private static partial Regex Mistyped();

    private static IEnumerable<string> AllOptions(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: var command })
            {
                foreach (var option in command.Options)
                {
                    yield return option.Name;
                }
            }
        }
    }

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "simeval";
}
