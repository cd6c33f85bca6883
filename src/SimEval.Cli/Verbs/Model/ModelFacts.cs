using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Models;
using SimEval.Models.Asic.Artifacts;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Scheduling;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Cli.Verbs.Model;

/// <summary>What a model file says of itself: an ONNX model, or an artifact for a board.</summary>
internal sealed class ModelFacts
{
    private readonly ModelFile file;
    private readonly Graph graph;
    private readonly IReadOnlyDictionary<string, long> opsets;
    private readonly Artifact? artifact;
    private readonly Schedule? schedule;

    private ModelFacts(ModelFile file, OnnxModel model)
    {
        (this.file, graph, Model) = (file, model.Graph, model);
        opsets = model.Opsets;
    }

    private ModelFacts(ModelFile file, Artifact artifact)
    {
        (this.file, this.artifact, graph) = (file, artifact, artifact.Program.Graph);
        opsets = new Dictionary<string, long> { [""] = artifact.Program.Opset };
        if (BoardLibrary.Find(artifact.Board) is { } board)
            schedule = AsicLoading.Schedule(artifact.Program, board, batch: 1);
    }

    /// <summary>Reads them; exit 4 when the file is neither, or damaged.</summary>
    public static ModelFacts Read(ModelFile file, ModelOptions options)
    {
        if (ArtifactContainer.IsArtifact(file.Bytes.Span))
            return new ModelFacts(file, AsicLoading.Read(file));
        try
        {
            return file.Naming(() =>
                new ModelFacts(file, OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file, options.MaximumBytes)))
            );
        }
        catch (OnnxFormatException e)
        {
            throw new CommandException(ExitCode.Invalid, $"{file.Path}: {e.Message}");
        }
    }

    /// <summary>The model as ONNX; null for an artifact.</summary>
    public OnnxModel? Model { get; }

    private IEnumerable<(string Name, int Count)> Operators =>
        graph
            .AllNodes()
            .GroupBy(OperatorRules.NameOf, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count()))
            .OrderByDescending(pair => pair.Item2)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal);

    // Those of Constant nodes as well.
    private IEnumerable<Tensor> Constants =>
        graph.Initializers.Values.Concat(
            graph
                .AllNodes()
                .Where(node => node is { Operator: "Constant", Domain: "" })
                .SelectMany(node => node.Attributes.Values.OfType<AttributeValue.OfTensor>())
                .Select(attribute => attribute.Value)
        );

    private long Parameters => Constants.Sum(tensor => tensor.Count);

    private long ParameterBytes => Constants.Sum(tensor => (long)tensor.Data.Length);

    private string Hash =>
        artifact?.Hash ?? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.Bytes.Span));

    /// <summary>Lines of the terminal.</summary>
    public IEnumerable<Line> Draw()
    {
        yield return Fact("file", $"{file.Path}, {file.Bytes.Length:N0} bytes, SHA-256 {Hash}");
        if (artifact is null)
            yield return Fact("format", $"ONNX, operator set {string.Join(", ", opsets.Select(Opset))}");
        else
        {
            yield return Fact("format", $"artifact for board {artifact.Board}");
            foreach (var (key, value) in artifact.Origin)
                yield return Fact("origin", $"{key} {value}");
        }

        foreach (var input in graph.Inputs)
            yield return Fact("input", $"{input.Name} {input.Type}");
        foreach (var output in graph.Outputs)
            yield return Fact("output", $"{output.Name} {output.Type}");
        var operators = Operators.Select(pair => pair.Count == 1 ? pair.Name : $"{pair.Count} {pair.Name}");
        yield return Fact("operators", string.Join(", ", operators));
        yield return Fact("constants", $"{Parameters:N0} elements, {ParameterBytes:N0} bytes");
        foreach (var line in schedule is null ? [] : ScheduleView.Draw(schedule))
            yield return line;
    }

    /// <summary>Fields of an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("model", file.Path);
        json.WriteString("format", artifact is null ? "onnx" : "artifact");
        json.WriteString("sha256", Hash);
        json.WriteNumber("bytes", file.Bytes.Length);
        json.WriteNumber("opset", opsets.GetValueOrDefault("", 0));
        Write(json, "inputs", graph.Inputs);
        Write(json, "outputs", graph.Outputs);
        json.WriteStartObject("operators");
        foreach (var (name, count) in Operators)
            json.WriteNumber(name, count);
        json.WriteEndObject();
        json.WriteNumber("parameters", Parameters);
        json.WriteNumber("parameterBytes", ParameterBytes);
        if (artifact is null)
            return;
        json.WriteString("board", artifact.Board);
        json.WriteStartObject("origin");
        foreach (var (key, value) in artifact.Origin)
            json.WriteString(key, value);
        json.WriteEndObject();
        if (schedule is not null)
            ScheduleView.Write(json, schedule);
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<GraphValue> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            CostView.Write(json, value.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Opset(KeyValuePair<string, long> set) =>
        set.Key.Length == 0 ? $"{set.Value}" : $"{set.Key} {set.Value}";

    private static Line Fact(string name, string value) => new Line().Add($"{name, -10} ", Tone.Strong).Add(value);
}
