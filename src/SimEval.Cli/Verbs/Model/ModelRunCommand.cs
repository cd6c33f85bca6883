using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Npz;
using SimEval.Devices.Tensors;
using SimEval.Engine.Comparison;
using SimEval.Engine.Executors;
using SimEval.Engine.Inference;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model run MODEL[@DEVICE]`: a model over given inputs, or over N random ones.</summary>
internal sealed class ModelRunCommand
{
    private readonly Argument<string> model = new("MODEL[@DEVICE]") { Description = ModelFiles.Explanation };
    private readonly InputOptions inputs = new();

    private readonly Option<string?> output = new("--out", "-o")
    {
        Description = "Write the outputs, an NPZ",
        HelpName = "FILE",
    };

    private ModelRunCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new ModelRunCommand();
        var command = new Command("run", "Run a model over given or random inputs, and print what it gives")
        {
            verb.model,
            verb.output,
        };
        verb.inputs.AddTo(command);
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var (file, device) = ModelFiles.Read(invocation, invocation.Parsed.GetRequiredValue(model));
        var path = invocation.Parsed.GetValue(output) is { } named
            ? ModelFiles.Output(output, named, file.Path, invocation.Parsed.GetValue(inputs.File))
            : null;
        var arrays = Given(invocation);
        var rows = (arrays?.Values ?? []).Select(array => array.Dims is [var first, ..] ? first : 1).Append(1).Max();
        ModelFiles.Account(invocation, file, ModelUse.Tensors(rows));
        using var opened = file.Naming(() => device.Open(file, ModelFiles.Options(invocation)));
        var results = file.Naming(() => Results(invocation, opened, arrays));
        var ordered = opened.Signature.Outputs.Select(tensor => KeyValuePair.Create(tensor.Name, results[tensor.Name]));
        if (path is not null)
            ModelFiles.Write(path, stream => NpzArchive.Write(stream, ordered));
        var summaries = ordered.Select(pair => ValueSummary.Of(pair.Key, pair.Value)).ToList();
        if (invocation.Json)
        {
            JsonLine.Write(invocation.Terminal, json => Write(json, file, device.DeviceClass, summaries));
            return ExitCode.Pass;
        }

        foreach (var summary in summaries)
            invocation.Terminal.Print(summary.ToString());
        return ExitCode.Pass;
    }

    // Null: they are drawn.
    private IReadOnlyDictionary<string, Tensor>? Given(Invocation invocation)
    {
        var path = invocation.Parsed.GetValue(inputs.File);
        if ((path is null) == (invocation.Parsed.GetValue(inputs.Random) is null))
            throw new CommandException(ExitCode.Invalid, "give either --inputs FILE.npz or --random N");
        return path is null ? null : ModelFiles.Arrays(invocation, path);
    }

    private IReadOnlyDictionary<string, Tensor> Results(
        Invocation invocation,
        ITensorModel opened,
        IReadOnlyDictionary<string, Tensor>? arrays
    )
    {
        if (arrays is not null)
            return opened.Run(InputOptions.Fitted(invocation.Parsed.GetValue(inputs.File)!, arrays, opened.Signature));
        var frames = invocation.Parsed.GetValue(inputs.Random)!.Value;
        var random = RandomInputs.For(opened, invocation.Parsed.GetValue(inputs.Seed));
        var pace = new Pace(invocation);
        var results = new List<IReadOnlyDictionary<string, Tensor>>();
        while (results.Count < frames)
        {
            results.Add(opened.Run(random.Frame(results.Count)));
            pace.Tell(() => $"{results.Count:N0} of {frames:N0} frames");
        }

        return results.Count == 1
            ? results[0]
            : opened.Signature.Outputs.ToDictionary(
                output => output.Name,
                output => TensorStack.Frames(output.Name, [.. results.Select(result => result[output.Name])])
            );
    }

    private static void Write(Utf8JsonWriter json, ModelFile file, string device, List<ValueSummary> summaries)
    {
        json.WriteString("model", file.Path);
        json.WriteString("device", device);
        json.WriteStartArray("outputs");
        foreach (var summary in summaries)
            summary.WriteTo(json);
        json.WriteEndArray();
    }

    /// <summary>What is told of one output: its type and shape, and the range of its finite elements.</summary>
    private sealed record ValueSummary(
        string Name,
        Tensor Tensor,
        double Least,
        double Greatest,
        double Mean,
        long NotFinite
    )
    {
        public static ValueSummary Of(string name, Tensor tensor)
        {
            var numbers = TensorNumbers.IsReal(tensor.Type) ? TensorNumbers.Read(tensor) : [];
            var finite = numbers.Where(double.IsFinite).ToList();
            return finite.Count == 0
                ? new ValueSummary(name, tensor, double.NaN, double.NaN, double.NaN, numbers.Length)
                : new ValueSummary(
                    name,
                    tensor,
                    finite.Min(),
                    finite.Max(),
                    finite.Average(),
                    numbers.Length - finite.Count
                );
        }

        public void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("name", Name);
            json.WriteString("type", Tensor.Type.Name());
            json.WriteStartArray("shape");
            foreach (var size in Tensor.Dims)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteFinite("min", Least);
            json.WriteFinite("max", Greatest);
            json.WriteFinite("mean", Mean);
            json.WriteNumber("notFinite", NotFinite);
            json.WriteEndObject();
        }

        public override string ToString() =>
            double.IsNaN(Least)
                ? $"{Name} {Tensor}{(NotFinite > 0 ? $"  no element is finite" : "")}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Name} {Tensor}  {Least:G6} to {Greatest:G6}, mean {Mean:G6}{(NotFinite > 0 ? $"; {NotFinite} not finite" : "")}"
                );
    }
}
