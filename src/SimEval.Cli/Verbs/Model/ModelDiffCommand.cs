using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Processes;
using SimEval.Engine.Comparison;
using SimEval.Metrics.Layers;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model diff A[@DEVICE] B[@DEVICE]`: where B departs from A, layer by layer; exit 1 when it does.</summary>
internal sealed class ModelDiffCommand
{
    private const int DefaultFrames = 256;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    private readonly Argument<string> reference = new("A[@DEVICE]") { Description = ModelFiles.Explanation };
    private readonly Argument<string> other = new("B[@DEVICE]") { Description = "The build that is compared with it" };
    private readonly InputOptions inputs = new();
    private readonly FrameOptions frames = new();

    private ModelDiffCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new ModelDiffCommand();
        var command = new Command(
            "diff",
            "Compare two builds of a model layer by layer: exit 0 when every value is equal, 1 when one differs"
        )
        {
            verb.reference,
            verb.other,
        };
        verb.frames.AddTo(command);
        verb.inputs.AddTo(command);
        return host.Bind(command, verb.RunAsync);
    }

    private async Task<ExitCode> RunAsync(Invocation invocation)
    {
        var a = ModelFiles.Read(invocation, invocation.Parsed.GetRequiredValue(reference));
        var b = ModelFiles.Read(invocation, invocation.Parsed.GetRequiredValue(other));
        var options = ModelFiles.Options(invocation);
        // A program is offered what it is going to be given.
        if (frames.Named(invocation).Count > 0 && (IsProgram(a.Device) || IsProgram(b.Device)))
            options = options with { Policy = await frames.LayoutAsync(invocation).ConfigureAwait(false) };
        using var comparison = ModelComparison.Open(a, b, options);
        await CompareAsync(invocation, comparison, a.File).ConfigureAwait(false);
        var report = comparison.Report();
        if (report.Layers.Count == 0)
            throw new CommandException(ExitCode.Nothing, "the inputs hold no element, so that nothing was compared");
        if (invocation.Json)
            JsonLine.Write(invocation.Terminal, json => Write(json, comparison, report));
        else
            LiveView.Print(invocation, [.. Draw(comparison, report)]);
        return report.IsEqual ? ExitCode.Pass : ExitCode.Failed;
    }

    private static bool IsProgram(ITensorDevice device) => device.DeviceClass == ProgramDevice.DeviceClass;

    private async Task CompareAsync(Invocation invocation, ModelComparison comparison, ModelFile model)
    {
        var file = invocation.Parsed.GetValue(inputs.File);
        var random = invocation.Parsed.GetValue(inputs.Random);
        var recorded = frames.Named(invocation).Count > 0 ? frames : null;
        if (new object?[] { file, random, recorded }.Count(source => source is not null) > 1)
            throw new CommandException(ExitCode.Invalid, "give one of --frames RUN, --random N and --inputs FILE.npz");
        if (file is not null)
        {
            comparison.Add(InputOptions.Read(invocation, file, comparison.Reference.Signature));
            return;
        }

        var told = TimeProvider.System.GetTimestamp();
        if (recorded is not null)
        {
            var count = frames.CountOr(invocation, DefaultFrames);
            await foreach (
                var frame in frames
                    .SampleAsync(invocation, comparison.Reference, model, count, invocation.Cancellation)
                    .ConfigureAwait(false)
            )
                Add(frame.Inputs, count);
            return;
        }

        var drawn = random ?? DefaultFrames;
        var seed = invocation.Parsed.GetValue(inputs.Seed);
        var source = model.Naming(() => RandomInputs.For(comparison.Reference, seed));
        await Task.Run(() =>
            {
                for (var frame = 0; frame < drawn; frame++)
                    Add(source.Frame(frame), drawn);
            })
            .ConfigureAwait(false);

        void Add(IReadOnlyDictionary<string, Models.Graphs.Tensor> tensors, int all)
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            comparison.Add(tensors);
            if (invocation.Quiet || TimeProvider.System.GetElapsedTime(told) < ProgressEvery)
                return;
            invocation.Terminal.Tell($"{comparison.Frames} of {all} frames");
            told = TimeProvider.System.GetTimestamp();
        }
    }

    private static IEnumerable<Line> Draw(ModelComparison comparison, LayerReport report)
    {
        var frames = comparison.Frames;
        var width = report.Layers.Max(layer => layer.Name.Length);
        yield return new Line().Add(
            $"{"layer".PadRight(width)} {"SQNR dB", 9} {"max error", 11} {"differing", 10}",
            Tone.Dim
        );
        if (report.IsDisturbed)
            yield return new Line().Add(
                "Looking inside changed what a model gives: only its outputs count, which are those of the model as it is.",
                Tone.Dim
            );
        if (comparison.BeginsAnew)
            yield return new Line().Add(
                "A module keeps state inside: each frame is compared as if it were a rollout's first.",
                Tone.Dim
            );
        foreach (var layer in report.Layers)
        {
            yield return new Line()
                .Add($"{layer.Name.PadRight(width)} ")
                .Add(
                    layer.IsEqual
                        ? $"{"equal", 9}"
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{layer.SqnrDb, 9:F1} {layer.MaxError, 11:G4} {(double)layer.Differing / layer.Elements, 10:P2}"
                        ),
                    layer.IsEqual ? Tone.Good : Tone.Plain
                );
        }

        yield return report.FirstDeparture is { } first
            ? new Line().Add("departs  ", Tone.Bad).Add($"first at {first}, over {Frames(frames)}")
            : new Line()
                .Add("equal    ", Tone.Good)
                .Add(
                    $"in all {(report.IsDisturbed ? "outputs" : $"{report.Layers.Count} layers")}, over {Frames(frames)}"
                );
    }

    private static string Frames(int count) => count == 1 ? "1 frame" : $"{count} frames";

    private static void Write(Utf8JsonWriter json, ModelComparison comparison, LayerReport report)
    {
        json.WriteBoolean("equal", report.IsEqual);
        json.WriteString("firstDeparture", report.FirstDeparture);
        json.WriteNumber("frames", comparison.Frames);
        if (comparison.BeginsAnew)
            json.WriteBoolean("beginsAnew", true);
        json.WriteStartArray("layers");
        foreach (var layer in report.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            // Null: no noise (maxError 0), or noise without measure (maxError null).
            json.WriteFinite("sqnrDb", layer.SqnrDb);
            json.WriteFinite("maxError", layer.MaxError);
            json.WriteNumber("differing", layer.Differing);
            json.WriteNumber("elements", layer.Elements);
            if (layer.IsDisturbed)
                json.WriteBoolean("disturbed", true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
