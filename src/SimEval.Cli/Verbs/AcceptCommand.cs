using System.CommandLine;
using SimEval.Cli.Views;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval accept RUN`: the run that later runs of its scenario are compared with.</summary>
internal static class AcceptCommand
{
    private static readonly Argument<string> Run = Runs.Required();

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(new Command("accept", "Make a finished run its scenario's baseline") { Run }, RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = await Runs.OpenForWritingAsync(invocation, mayBeEmpty: false).ConfigureAwait(false);
        var named = invocation.Parsed.GetRequiredValue(Run);
        var run = (await Runs.FindAsync(node.Library, named, invocation).ConfigureAwait(false)).Submission;
        await node.Service.AcceptAsync(run.Run).ConfigureAwait(false);
        if (invocation.Json)
        {
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("scenario", run.Scenario);
                    json.WriteString("baseline", run.Run);
                }
            );
        }
        else
        {
            invocation.Terminal.Print($"{run.Run} is now the baseline of {run.Scenario}");
        }
        return ExitCode.Pass;
    }
}
