using System.Globalization;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Engine.Compression;
using SimEval.Metrics.Layers;
using SimEval.Models.Compression;

namespace SimEval.Cli.Verbs.Model;

/// <summary>What a verb that compresses tells of its result.</summary>
/// <param name="Out">The file written.</param>
/// <param name="Recipe">How it was made.</param>
/// <param name="Source">What it was calibrated and measured with.</param>
/// <param name="Frames">How many frames of it were measured.</param>
/// <param name="BytesBefore">Size of the parent's file.</param>
/// <param name="BytesAfter">Size of the file written.</param>
/// <param name="OutputSqnrDb">SQNR of the output that fares worst.</param>
/// <param name="Layers">SQNR and error of each layer.</param>
internal sealed record CompressionView(
    string Out,
    string Recipe,
    string Source,
    int Frames,
    long BytesBefore,
    long BytesAfter,
    double OutputSqnrDb,
    LayerReport Layers
)
{
    /// <summary>Layers left in float because of what they do to the outputs, the most harmful first.</summary>
    public IReadOnlyList<LayerSensitivity> Kept { get; init; } = [];

    /// <summary>What was pruned, in the graph's order.</summary>
    public IReadOnlyList<PrunedLayer> Pruned { get; init; } = [];

    /// <summary>Prints it, as one JSON line where that is asked for.</summary>
    public void Show(Invocation invocation)
    {
        if (invocation.Json)
            JsonLine.Write(invocation.Terminal, Write);
        else
            LiveView.Print(invocation, [.. Draw()]);
    }

    private IEnumerable<Line> Draw()
    {
        var width = Layers.Layers.Select(layer => layer.Name.Length).Append(5).Max();
        yield return new Line().Add($"{"layer".PadRight(width)} {"SQNR dB", 9} {"max error", 11}", Tone.Dim);
        foreach (var layer in Layers.Layers)
            yield return new Line().Add(
                $"{layer.Name.PadRight(width)} "
                    + (
                        layer.IsEqual
                            ? $"{"equal", 9}"
                            : string.Create(
                                CultureInfo.InvariantCulture,
                                $"{layer.SqnrDb, 9:F1} {layer.MaxError, 11:G4}"
                            )
                    )
            );
        foreach (var kept in Kept)
            yield return new Line().Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kept.Layer.PadRight(width)} stays in float: alone it leaves the outputs {kept.OutputSqnrDb:F1} dB"
                )
            );
        foreach (var pruned in Pruned)
            yield return new Line().Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pruned.Layer.PadRight(width)} {(double)pruned.Zeros / pruned.Weights, 9:P1} of the weights are 0; they were {pruned.Error:P1} of their norm"
                )
            );
        yield return new Line()
            .Add(Out, Tone.Strong)
            .Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {Recipe}; outputs {OutputSqnrDb:F1} dB over {Frames} frames of {Source}; {BytesBefore:N0} -> {BytesAfter:N0} bytes"
                )
            );
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteString("out", Out);
        json.WriteString("recipe", Recipe);
        json.WriteString("source", Source);
        json.WriteNumber("frames", Frames);
        json.WriteNumber("bytesBefore", BytesBefore);
        json.WriteNumber("bytesAfter", BytesAfter);
        json.WriteFinite("outputSqnrDb", OutputSqnrDb);
        json.WriteStartArray("pruned");
        foreach (var pruned in Pruned)
        {
            json.WriteStartObject();
            json.WriteString("name", pruned.Layer);
            json.WriteNumber("sparsity", (double)pruned.Zeros / pruned.Weights);
            json.WriteNumber("error", pruned.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("kept");
        foreach (var kept in Kept)
        {
            json.WriteStartObject();
            json.WriteString("name", kept.Layer);
            json.WriteFinite("outputSqnrDb", kept.OutputSqnrDb);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("layers");
        foreach (var layer in Layers.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteFinite("sqnrDb", layer.SqnrDb);
            json.WriteFinite("maxError", layer.MaxError);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
