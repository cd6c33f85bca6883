using System.Text.Encodings.Web;
using System.Text.Json;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Artifacts;

/// <summary>Writes a program as the sections "program" (JSON) and "constants" (bytes) of an artifact.</summary>
internal static class ProgramJson
{
    private const int Alignment = 64;

    /// <summary>The two sections.</summary>
    public static (byte[] Program, byte[] Constants) Write(AsicProgram program, string board)
    {
        using var constants = new MemoryStream();
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("name", program.Graph.Name);
            json.WriteString("board", board);
            json.WriteNumber("opset", program.Opset);
            Values(json, "inputs", program.Graph.Inputs);
            Values(json, "outputs", program.Graph.Outputs);
            json.WriteStartArray("constants");
            foreach (var (name, tensor) in program.Graph.Initializers)
                Constant(json, name, tensor, constants);
            var values = AttributeTensors(program.Graph).ToList();
            foreach (var (name, tensor) in values)
                Constant(json, name, tensor, constants);
            json.WriteEndArray();
            json.WriteStartArray("instructions");
            foreach (var node in program.Graph.Nodes)
                Instruction(json, node);
            json.WriteEndArray();
            json.WriteStartArray("layers");
            foreach (var layer in program.Layers)
                Layer(json, layer);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return (stream.ToArray(), constants.ToArray());
    }

    /// <summary>The program of two sections, and its board. Throws <see cref="ArtifactException"/>.</summary>
    public static (AsicProgram Program, string Board) Read(ReadOnlyMemory<byte> program, ReadOnlyMemory<byte> constants)
    {
        try
        {
            using var document = JsonDocument.Parse(program);
            return new ProgramReader(document.RootElement, constants).Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter for texts that are no Unicode.
            throw new ArtifactException($"section 'program' is no JSON: {e.Message}", e);
        }
    }

    /// <summary>The name under which a tensor that an attribute holds is a constant.</summary>
    public static string ConstantName(Node node, string attribute) => $"{node.Given().First()}:{attribute}";

    private static IEnumerable<(string, Tensor)> AttributeTensors(Graph graph) =>
        from node in graph.Nodes
        from pair in node.Attributes
        where pair.Value is AttributeValue.OfTensor
        select (ConstantName(node, pair.Key), ((AttributeValue.OfTensor)pair.Value).Value);

    private static void Values(Utf8JsonWriter json, string key, IEnumerable<GraphValue> values)
    {
        json.WriteStartArray(key);
        foreach (var value in values)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            json.WriteString("type", value.Type.Element.Name());
            if (value.Type.Shape is { } shape)
            {
                json.WriteStartArray("shape");
                foreach (var dim in shape)
                {
                    if (dim.IsKnown)
                        json.WriteNumberValue(dim.Size);
                    else
                        json.WriteStringValue(dim.Name ?? "");
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Constant(Utf8JsonWriter json, string name, Tensor tensor, MemoryStream constants)
    {
        while (constants.Length % Alignment != 0)
            constants.WriteByte(0);
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("type", tensor.Type.Name());
        json.WriteStartArray("shape");
        foreach (var size in tensor.Dims)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteNumber("offset", constants.Length);
        json.WriteNumber("bytes", tensor.Data.Length);
        json.WriteEndObject();
        constants.Write(tensor.Data.Span);
    }

    private static void Instruction(Utf8JsonWriter json, Node node)
    {
        json.WriteStartObject();
        json.WriteString("operator", Operators.OperatorRules.NameOf(node));
        if (node.Name.Length > 0)
            json.WriteString("name", node.Name);
        Names(json, "inputs", node.Inputs);
        Names(json, "outputs", node.Outputs);
        json.WriteStartObject("attributes");
        foreach (var (name, value) in node.Attributes)
        {
            json.WriteStartObject(name);
            Attribute(json, value, ConstantName(node, name));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Layer(Utf8JsonWriter json, QuantizedLayer layer)
    {
        json.WriteStartObject();
        json.WriteString("name", layer.Name);
        json.WriteString("quantized", layer.Quantized);
        json.WriteString("dequantized", layer.Dequantized);
        json.WriteString("type", layer.Type.Name());
        json.WriteNumber("scale", layer.Scale);
        json.WriteNumber("zero", layer.Zero);
        json.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter json, string key, IEnumerable<string> names)
    {
        json.WriteStartArray(key);
        foreach (var name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void Attribute(Utf8JsonWriter json, AttributeValue value, string constant)
    {
        switch (value)
        {
            case AttributeValue.Int(var number):
                json.WriteNumber("int", number);
                break;
            case AttributeValue.Float(var number):
                json.WriteNumber("float", number);
                break;
            case AttributeValue.Text(var text):
                json.WriteString("text", text);
                break;
            case AttributeValue.Ints(var numbers):
                json.WriteStartArray("ints");
                foreach (var number in numbers)
                    json.WriteNumberValue(number);
                json.WriteEndArray();
                break;
            case AttributeValue.Floats(var numbers):
                json.WriteStartArray("floats");
                foreach (var number in numbers)
                    json.WriteNumberValue(number);
                json.WriteEndArray();
                break;
            case AttributeValue.TextList(var texts):
                Names(json, "texts", texts);
                break;
            case AttributeValue.OfTensor:
                json.WriteString("constant", constant);
                break;
            default:
                throw new CompileException($"an artifact cannot hold an attribute of {value.GetType().Name}");
        }
    }
}
