using System.CommandLine;
using System.Text;
using SimEval.Cli.Verbs.Model;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval export RUN`: every result, for programs.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Run = Runs.Required();
    private static readonly Option<string> Format = new("--format")
    {
        Description = "json (everything), csv (a row a rollout) or junit (a case a gate)",
        DefaultValueFactory = _ => "json",
        HelpName = "FORMAT",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Write to a file instead",
        HelpName = "FILE",
    };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        Format.AcceptOnlyFromAmong("json", "csv", "junit");
        return host.Bind(
            new Command("export", "Write a finished run's results as JSON, CSV or JUnit XML") { Run, Format, Out },
            RunAsync
        );
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = Runs.OpenForReading(invocation);
        var named = invocation.Parsed.GetRequiredValue(Run);
        var digest = await Runs.ReadNamedAsync(node.Library, named, invocation).ConfigureAwait(false);
        if (digest.Assessment is null)
        {
            throw new CommandException(ExitCode.Nothing, $"{named} is unfinished: 'simeval resume {named}' goes on");
        }
        var format = invocation.Parsed.GetRequiredValue(Format);
        var pace = new Pace(invocation);
        var text = await RunReports
            .ExportAsync(node, digest, format, pace.Tell, invocation.Cancellation)
            .ConfigureAwait(false);
        if (invocation.Parsed.GetValue(Out) is { } path)
        {
            await File.WriteAllTextAsync(path, text, new UTF8Encoding(false), invocation.Cancellation)
                .ConfigureAwait(false);
        }
        else
        {
            // Each format escapes what comes from files in its own way.
            await invocation.Terminal.Data.WriteAsync(text.TrimEnd('\n') + "\n").ConfigureAwait(false);
        }
        return ExitCode.Pass;
    }
}
