using System.Text.Json;
using SimEval.Metrics.Gates;
using SimEval.Node.Runs;

namespace SimEval.Cli.Views;

/// <summary>A run as the one JSON object that scripts rely on: names and meanings stay.</summary>
internal static class SummaryJson
{
    /// <summary>Writes the line.</summary>
    public static void Write(Terminal terminal, RunSummary run) =>
        JsonLine.Write(terminal, json => WriteFields(json, run));

    private static void WriteFields(Utf8JsonWriter json, RunSummary run)
    {
        json.WriteString("run", run.Run);
        json.WriteString("scenario", run.Scenario);
        json.WriteString("state", run.State);
        WriteText(json, "verdict", run.Verdict?.ToString());
        json.WriteString("sentence", run.Sentence);
        json.WriteStartArray("gates");
        foreach (var gate in run.Gates)
        {
            json.WriteStartObject();
            WriteGate(json, gate);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("rollouts");
        json.WriteNumber("completed", run.Rollouts.Completed);
        json.WriteNumber("modelFailed", run.Rollouts.ModelFailed);
        json.WriteNumber("infrastructureErrors", run.Rollouts.InfrastructureErrors);
        json.WriteNumber("cancelled", run.Rollouts.Cancelled);
        json.WriteNumber("discarded", run.Rollouts.Discarded);
        json.WriteNumber("missing", run.Rollouts.Missing);
        json.WriteEndObject();
        json.WriteNumber("frames", run.Frames);
        json.WriteFinite("framesPerSecond", Math.Round(run.FramesPerSecond, 1));
        json.WriteString("resultsHash", run.ResultsHash);
        json.WriteString("stopReason", run.StopReason);
        WriteText(json, "report", run.Report is null ? null : Invocation.Show(run.Report));
    }

    private static void WriteGate(Utf8JsonWriter json, GateSummary gate)
    {
        json.WriteString("metric", gate.Metric);
        json.WriteString("variant", gate.Variant);
        WriteText(json, "baseline", gate.Baseline);
        json.WriteString("kind", gate.Kind);
        json.WriteNumber("threshold", gate.Threshold);
        json.WriteString("verdict", gate.Verdict.ToString());
        json.WriteFinite("value", gate.Value);
        json.WriteFinite("baselineValue", gate.BaselineValue);
        json.WriteFinite("decides", gate.Decides.Value);
        json.WriteFinite("low", gate.Decides.Low);
        json.WriteFinite("high", gate.Decides.High);
        json.WriteString("unit", gate.Shown.Unit);
        json.WriteString("reason", gate.Reason);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, text);
        }
    }

    /// <summary>What the process returns for a run at rest.</summary>
    public static ExitCode CodeOf(RunSummary run) =>
        run.Verdict switch
        {
            null => ExitCode.Interrupted,
            Verdict.Fail => ExitCode.Failed,
            Verdict.Error => ExitCode.Infrastructure,
            Verdict.Inconclusive => run.TimedOut ? ExitCode.TimedOut : ExitCode.Inconclusive,
            _ => ExitCode.Pass,
        };
}
