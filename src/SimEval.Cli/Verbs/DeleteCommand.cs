using System.CommandLine;
using SimEval.Cli.Views;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval delete RUN`: the run, everything that only it uses, and the space.</summary>
internal static class DeleteCommand
{
    private static readonly Argument<string> Run = Runs.Required();

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(new Command("delete", "Delete a run and reclaim its space") { Run }, RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = await Runs.OpenForWritingAsync(invocation, mayBeEmpty: false).ConfigureAwait(false);
        var named = invocation.Parsed.GetRequiredValue(Run);
        var run = (await Runs.FindAsync(node.Library, named, invocation).ConfigureAwait(false)).Submission.Run;
        var collected = await node.Service.DeleteAsync(run).ConfigureAwait(false);
        RunReports.Delete(node, run);
        if (invocation.Json)
        {
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("deleted", run);
                    json.WriteNumber("blobs", collected.Blobs);
                    json.WriteNumber("bytes", collected.Bytes);
                }
            );
        }
        else
        {
            invocation.Terminal.Print(
                $"{run} is deleted: {Numbers.Whole(collected.Blobs)} blobs, {Numbers.Significant(collected.Bytes / 1e6)} MB"
            );
        }
        return ExitCode.Pass;
    }
}
