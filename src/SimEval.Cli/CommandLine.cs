using System.CommandLine;
using System.CommandLine.Parsing;
using SimEval.Cli.Verbs;
using SimEval.Cli.Verbs.Model;
using SimEval.Scenarios;

namespace SimEval.Cli;

/// <summary>The whole command line: all verbs under one root.</summary>
internal static class CommandLine
{
    /// <summary>Parses and carries out; a command line that is not understood is explained in one line.</summary>
    public static async Task<ExitCode> RunAsync(string[] arguments, Terminal terminal)
    {
        var root = Build(terminal);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return Refuse(parsed, terminal);
        }
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
                async () => (ExitCode)await parsed.InvokeAsync(configuration).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
    }

    private static RootCommand Build(Terminal terminal)
    {
        var root = new RootCommand("SimEval: one scenario file in; a verdict, a report and replays out.");
        var options = new CommonOptions();
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

    private static ExitCode Refuse(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var isVerb = command.Subcommands.Count > 0;
            var names = isVerb
                ? command.Subcommands.Select(c => c.Name).ToList()
                : AllOptions(parsed.CommandResult).ToList();
            var hint = Nearest.Suggest(unknown, names);
            terminal.Tell(
                $"'{unknown}' is no {(isVerb ? "verb" : "option or argument")} of '{PathOf(parsed.CommandResult)}'"
                    + (hint is null ? "" : ". " + hint)
            );
        }
        else
        {
            foreach (var error in parsed.Errors)
            {
                terminal.Tell(error.Message);
            }
        }
        terminal.Tell($"see: {PathOf(parsed.CommandResult)} --help");
        return ExitCode.Invalid;
    }

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
