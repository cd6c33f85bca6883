using System.CommandLine;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model ...`: everything about one model file. Each verb ends, with --json, with one line: an object.</summary>
internal static class ModelCommand
{
    /// <summary>The verb with its verbs.</summary>
    public static Command Create(VerbHost host)
    {
        var command = new Command("model", "Look into models, compress them, compile them, compare them");
        foreach (var verb in Verbs(host.WithHeartbeat()))
        {
            command.Add(verb);
        }
        return command;
    }

    // One line a verb, by name.
    private static IEnumerable<Command> Verbs(VerbHost host) =>
        [
            ModelCheckCommand.Create(host),
            CompileCommand.Create(host),
            ConformanceCommand.Create(host),
            ModelDiffCommand.Create(host),
            OptimizeCommand.Create(host),
            PruneCommand.Create(host),
            QuantizeCommand.Create(host),
            RooflineCommand.Create(host),
            ModelRunCommand.Create(host),
            ModelShowCommand.Create(host),
        ];
}
