using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SimEval.Cli.Verbs.Model;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Engine.Inference;
using SimEval.Metrics.OpenLoop;
using SimEval.Node;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval infer MODEL[@DEVICE]`: a model over recorded frames or given tensors, as a durable run.</summary>
internal sealed class InferCommand
{
    private readonly Argument<string> model = new("MODEL[@DEVICE]") { Description = ModelFiles.Explanation };

    private readonly Option<string?> frames = new("--frames")
    {
        Description = "Observations of a finished run, all its rollouts, recomputed from the recorded actions",
        HelpName = "RUN",
    };

    private readonly Option<string?> variant = new("--variant")
    {
        Description = "The run's variant to follow; unless named, the one that the model is a build of",
        HelpName = "NAME",
    };

    private readonly Option<string?> inputs = new("--inputs")
    {
        Description = "Inputs by name instead: an NPZ, or one NPY",
        HelpName = "FILE",
    };

    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "Where outputs go: one NPZ, or a folder with one NPZ for each rollout or block of rows",
        Required = true,
        HelpName = "DIR|FILE.npz",
    };

    private InferCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new InferCommand();
        var command = new Command(
            "infer",
            "Run a model over recorded frames or given tensors; interrupted, 'simeval resume' goes on"
        )
        {
            verb.model,
            verb.frames,
            verb.variant,
            verb.inputs,
            verb.output,
        };
        return host.Bind(command, verb.RunAsync, resumes: true);
    }

    private async Task<ExitCode> RunAsync(Invocation invocation)
    {
        var parsed = invocation.Parsed;
        if ((parsed.GetValue(frames) is null) == (parsed.GetValue(inputs) is null))
            throw new CommandException(ExitCode.Invalid, "give either --frames RUN or --inputs FILE.npz");
        var path = Path.GetFullPath(parsed.GetRequiredValue(output));
        if (InferenceOutput.IsFolder(path) ? File.Exists(path) : Directory.Exists(path))
            throw new CommandException(
                ExitCode.Invalid,
                $"{path} is {(File.Exists(path) ? "a file, and --out without .npz names a folder" : "a folder, and --out FILE.npz names a file")}"
            );
        var named = parsed.GetRequiredValue(model);
        var (file, device) = ModelFiles.Read(invocation, named);
        if (!InferenceOutput.IsFolder(path))
            ModelFiles.Output(output, path, file.Path, parsed.GetValue(inputs));
        var request = new InferenceRequest(
            ExternalFiles.Inline(file, ModelFiles.Options(invocation)),
            ModelFiles.LastingClass(named, device),
            parsed.GetValue(frames),
            parsed.GetValue(variant),
            parsed.GetValue(inputs) is { } given ? ModelFiles.ReadFile(invocation, given) : null,
            path,
            Reproduce(invocation)
        );
        await using var node = await Runs.OpenForWritingAsync(invocation, mayBeEmpty: request.Frames is null)
            .ConfigureAwait(false);
        var run = await node.Inference.SubmitAsync(request, Guid.NewGuid().ToString("N")).ConfigureAwait(false);
        return await Inferences.RunAsync(invocation, node, run).ConfigureAwait(false);
    }

    private string Reproduce(Invocation invocation)
    {
        var parsed = invocation.Parsed;
        var words = new List<string> { "simeval", "infer", parsed.GetRequiredValue(model) };
        foreach (var option in new[] { frames, variant, inputs })
        {
            if (parsed.GetValue(option) is { } value)
                words.AddRange([option.Name, value]);
        }

        words.AddRange(["--out", parsed.GetRequiredValue(output)]);
        return string.Join(' ', words.Select(RunCommand.Quote));
    }
}

/// <summary>Carrying out and showing batch inferences, which `infer`, `resume` and `status` share.</summary>
internal static class Inferences
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    /// <summary>Carries a batch inference out, and prints how it ended.</summary>
    public static async Task<ExitCode> RunAsync(Invocation invocation, SimEvalNode node, string run)
    {
        var stored =
            await node.Inferences.OpenAsync(run).ConfigureAwait(false)
            ?? throw new CommandException(ExitCode.Nothing, $"there is no batch inference {run}");
        try
        {
            var progress = new Progress(invocation, stored.What.Units);
            await Task.Run(() => node.Inference.ExecuteAsync(run, progress, invocation.Cancellation))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            invocation.Terminal.Tell($"interrupted; nothing is lost: 'simeval resume {run}' goes on");
        }
        catch (IOException e)
        {
            throw new CommandException(
                ExitCode.Infrastructure,
                [e.Message, $"when that is mended, 'simeval resume {run}' goes on"]
            );
        }

        return await PrintAsync(invocation, node, run).ConfigureAwait(false);
    }

    /// <summary>Prints a batch inference as it stands.</summary>
    public static async Task<ExitCode> PrintAsync(Invocation invocation, SimEvalNode node, string run)
    {
        var stored =
            await node.Inferences.OpenAsync(run).ConfigureAwait(false)
            ?? throw new CommandException(ExitCode.Nothing, $"there is no batch inference {run}");
        if (invocation.Json)
            JsonLine.Write(invocation.Terminal, json => Write(json, stored));
        else
            LiveView.Print(invocation, [.. Draw(stored)]);
        return stored.Conclusion switch
        {
            null => ExitCode.Interrupted,
            { Verdict: "Fail" } => ExitCode.Failed,
            _ => ExitCode.Pass,
        };
    }

    private static string Unit(StoredInference stored) => stored.What.Frames is null ? "blocks" : "rollouts";

    private static IEnumerable<Line> Draw(StoredInference stored)
    {
        var run = stored.Submission.Run;
        var what = stored.What;
        yield return new Line()
            .Add($"{run}  ", Tone.Strong)
            .Add(
                stored.Conclusion switch
                {
                    null =>
                        $"unfinished: {stored.UnitsDone} of {what.Units} {Unit(stored)} are done; 'simeval resume {run}' goes on",
                    { Verdict: "Fail" } failed => $"the model failed: {failed.Reason}",
                    _ =>
                        $"finished: {what.Units} {Unit(stored)}, {Numbers.Whole(stored.Report!.Frames)} {(what.Frames is null ? "rows" : "frames")}",
                }
            );
        if (stored.Report is not { } report)
            yield break;
        foreach (var array in report.Arrays)
            yield return new Line().Add($"  {array.Name} {array.Type}[{string.Join(",", array.Shape)}]");
        if (report.Metrics is { } metrics)
            yield return new Line().Add("  against the recorded actions: ").Add(Describe(metrics));
        yield return new Line().Add($"  output {Invocation.Show(what.Output)}");
    }

    private static string Describe(OpenLoopMetrics metrics) =>
        string.Create(CultureInfo.InvariantCulture, $"L1 {metrics.L1:G4}")
        + (metrics.Ade is { } ade ? string.Create(CultureInfo.InvariantCulture, $", ADE {ade:G4} m") : "")
        + (metrics.Fde is { } fde ? string.Create(CultureInfo.InvariantCulture, $", FDE {fde:G4} m") : "");

    private static void Write(Utf8JsonWriter json, StoredInference stored)
    {
        var what = stored.What;
        json.WriteString("run", stored.Submission.Run);
        json.WriteString("kind", "inference");
        json.WriteString("state", stored.Conclusion is null ? "unfinished" : "finished");
        json.WriteString("verdict", stored.Conclusion?.Verdict);
        json.WriteString("reason", stored.Conclusion?.Reason);
        json.WriteString("model", what.Model);
        json.WriteString("device", what.Device);
        json.WriteString("frames", what.Frames);
        json.WriteNumber("unitsDone", stored.UnitsDone);
        json.WriteNumber("units", what.Units);
        json.WriteString("resultsHash", stored.Conclusion?.ResultsHash);
        json.WriteString("output", what.Output);
        json.WriteStartArray("arrays");
        foreach (var array in stored.Report?.Arrays ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name", array.Name);
            json.WriteString("type", array.Type);
            json.WriteStartArray("shape");
            foreach (var size in array.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (stored.Report?.Metrics is not { } metrics)
        {
            json.WriteNull("metrics");
            return;
        }
        json.WriteStartObject("metrics");
        json.WriteNumber("frames", metrics.Frames);
        json.WriteFinite("l1", metrics.L1);
        json.WriteFinite("ade", metrics.Ade ?? double.NaN);
        json.WriteFinite("fde", metrics.Fde ?? double.NaN);
        json.WriteEndObject();
    }

    /// <summary>Progress as plain lines, every few seconds.</summary>
    private sealed class Progress(Invocation invocation, int units) : IProgress<int>
    {
        private long told = TimeProvider.System.GetTimestamp();

        /// <inheritdoc/>
        public void Report(int value)
        {
            if (invocation.Quiet || TimeProvider.System.GetElapsedTime(told) < ProgressEvery)
                return;
            told = TimeProvider.System.GetTimestamp();
            invocation.Terminal.Tell($"{value} of {units} units are durable");
        }
    }
}
