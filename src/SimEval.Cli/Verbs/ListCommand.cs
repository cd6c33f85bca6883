using System.CommandLine;
using System.Globalization;
using SimEval.Cli.Views;
using SimEval.Engine.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval list`: all runs, oldest first.</summary>
internal static class ListCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(new Command("list", "List all runs, oldest first"), RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = Runs.OpenForReading(invocation);
        var runs = await node.Library.ListAsync(invocation.Cancellation).ConfigureAwait(false);
        if (invocation.Json)
        {
            JsonLine.Write(invocation.Terminal, json => WriteAll(json, runs));
            return ExitCode.Pass;
        }
        var ids = runs.Select(run => run.Submission.Run.Length).DefaultIfEmpty(0).Max();
        foreach (var run in runs)
        {
            var verdict = run.Conclusion?.Verdict ?? "unfinished";
            invocation.Terminal.Print(
                $"{run.Submission.Run.PadRight(ids)}  {verdict, -12}  {Time(run.Submission.SubmittedAt)}"
                    + (run.IsBaseline ? "  accepted baseline" : "")
            );
        }
        return runs.Count == 0 ? ExitCode.Nothing : ExitCode.Pass;
    }

    private static void WriteAll(System.Text.Json.Utf8JsonWriter json, IReadOnlyList<RunListing> runs)
    {
        json.WriteStartArray("runs");
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("run", run.Submission.Run);
            json.WriteString("scenario", run.Submission.Scenario);
            json.WriteString("scenarioHash", run.Submission.ScenarioHash);
            json.WriteString("state", run.Conclusion is null ? "unfinished" : "finished");
            json.WriteString("verdict", run.Conclusion?.Verdict);
            json.WriteString("resultsHash", run.Conclusion?.ResultsHash);
            json.WriteString("submittedAt", run.Submission.SubmittedAt);
            json.WriteBoolean("isBaseline", run.IsBaseline);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string Time(DateTimeOffset at) =>
        at.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
