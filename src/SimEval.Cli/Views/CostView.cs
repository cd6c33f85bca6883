using System.Globalization;
using System.Text.Json;
using SimEval.Models;
using SimEval.Models.Costs;
using SimEval.Models.Graphs;

namespace SimEval.Cli.Views;

/// <summary>Every value of a model, and what its nodes cost, as lines and as JSON.</summary>
internal static class CostView
{
    private const int MostNameWidth = 48;
    private const int MostNamed = 4;

    /// <summary>A table of nodes and what they give, and the whole.</summary>
    /// <param name="symbolic">Types with named sizes by their names.</param>
    /// <param name="cost">The cost at a batch.</param>
    public static IEnumerable<Line> Draw(IReadOnlyDictionary<string, TensorType> symbolic, ModelCost cost)
    {
        // Constants are told in one line; JSON lists them all.
        var rows = cost.Nodes.Where(node => node.Node is not { Operator: "Constant", Domain: "" }).ToList();
        var names = rows.SelectMany(node => node.Node.Given()).Select(name => name.Length);
        var width = Math.Min(MostNameWidth, names.Append(5).Max());
        yield return new Line().Add(
            $"{"operator", -22} {"value".PadRight(width)} {"type", -28} {"parameters", 12} {"MACs", 15}",
            Tone.Dim
        );
        foreach (var node in rows)
        {
            var first = true;
            foreach (var name in node.Node.Given())
            {
                yield return new Line().Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{(first ? node.Node.Operator : ""), -22} {Short(name, width).PadRight(width)} {TypeOf(symbolic, name), -28} {(first ? Counted(node.Parameters) : ""), 12} {(first ? Counted(node.Macs) : ""), 15}"
                    )
                );
                first = false;
            }
        }

        yield return new Line()
            .Add("in all     ", Tone.Strong)
            .Add($"{Told(cost.Macs, "multiply-accumulates")} at batch {cost.Batch}");
        yield return new Line()
            .Add("memory     ", Tone.Strong)
            .Add(
                $"weights {Told(cost.WeightBytes, "bytes")}; activations at their peak {Told(cost.PeakActivationBytes, "bytes")} at batch {cost.Batch}"
            );
        var open = cost.Open.ToList();
        if ((cost.Macs is null || cost.PeakActivationBytes is null) && open.Count > 0)
        {
            var named = open.Take(MostNamed).Select(name => $"{name} {cost.Types[name]}");
            var more = open.Count > MostNamed ? $" and {open.Count - MostNamed} more" : "";
            yield return new Line()
                .Add("open       ", Tone.Strong)
                .Add($"sizes that only a run tells: {string.Join(", ", named)}{more}");
        }
    }

    /// <summary>The fields of an object.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, TensorType> symbolic, ModelCost cost)
    {
        json.WriteNumber("batch", cost.Batch);
        Number(json, "macs", cost.Macs);
        json.WriteNumber("weightBytes", cost.WeightBytes);
        Number(json, "peakActivationBytes", cost.PeakActivationBytes);
        json.WriteStartArray("nodes");
        foreach (var node in cost.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", node.Node.Name);
            json.WriteString(
                "operator",
                node.Node.Domain.Length > 0 ? $"{node.Node.Domain}.{node.Node.Operator}" : node.Node.Operator
            );
            json.WriteNumber("parameters", node.Parameters);
            Number(json, "macs", node.Macs);
            Number(json, "liveBytes", node.LiveBytes);
            json.WriteStartArray("inputs");
            foreach (var name in node.Node.Inputs)
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartArray("outputs");
            foreach (var name in node.Node.Outputs)
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("values");
        foreach (var (name, type) in symbolic)
        {
            json.WriteStartObject(name);
            Write(json, type);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The fields "type" and "shape" of a value; shape is null where not even the rank is known.</summary>
    public static void Write(Utf8JsonWriter json, TensorType type)
    {
        json.WriteString("type", type.Element.Name());
        if (type.Kind != ValueKind.Tensor)
            json.WriteString("kind", type.Kind.ToString());
        if (type.Shape is null)
        {
            json.WriteNull("shape");
            return;
        }

        json.WriteStartArray("shape");
        foreach (var dim in type.Shape)
        {
            if (dim.IsKnown)
                json.WriteNumberValue(dim.Size);
            else
                json.WriteStringValue(dim.ToString());
        }

        json.WriteEndArray();
    }

    private static string TypeOf(IReadOnlyDictionary<string, TensorType> types, string name) =>
        types.GetValueOrDefault(name, TensorType.Unknown).ToString();

    private static string Counted(long? number) =>
        number switch
        {
            null => "?",
            0 => "",
            { } known => known.ToString("N0", CultureInfo.InvariantCulture),
        };

    private static string Told(long? number, string unit) =>
        number is { } known ? $"{known.ToString("N0", CultureInfo.InvariantCulture)} {unit}" : "not known";

    private static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }

    private static string Short(string name, int width) => name.Length <= width ? name : "..." + name[^(width - 3)..];
}
