using System.Collections.Immutable;
using System.Text.Json;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Artifacts;

/// <summary>Reads the section "program" of an artifact, whoever wrote it: every key is checked, with its place in the message.</summary>
internal sealed class ProgramReader(JsonElement root, ReadOnlyMemory<byte> bytes)
{
    private const int MostDims = 16;
    private readonly Dictionary<string, Tensor> constants = new(StringComparer.Ordinal);

    /// <summary>The program and its board.</summary>
    public (AsicProgram Program, string Board) Read()
    {
        var board = Text(root, "board", "program");
        var opset = Number(root, "opset", "program");
        if (opset is < 1 or > 1000)
            throw new ArtifactException($"program.opset is {opset}, which is no version of ONNX's operator set");
        foreach (var (entry, where) in List(root, "constants", "program"))
        {
            if (!constants.TryAdd(Text(entry, "name", where), Constant(entry, where)))
                throw new ArtifactException($"{where}: the constant '{Text(entry, "name", where)}' is given twice");
        }

        var graph = new Graph
        {
            Name =
                root.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
                    ? name.GetString()!
                    : "",
            Inputs = [.. List(root, "inputs", "program").Select(entry => Value(entry.Entry, entry.Where))],
            Outputs = [.. List(root, "outputs", "program").Select(entry => Value(entry.Entry, entry.Where))],
            Nodes = [.. List(root, "instructions", "program").Select(entry => Instruction(entry.Entry, entry.Where))],
            Initializers = constants.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
        RequireOrder(graph);
        var given = graph.Given().ToHashSet(StringComparer.Ordinal);
        var layers = root.TryGetProperty("layers", out _)
            ? List(root, "layers", "program").Select(entry => Layer(entry.Entry, entry.Where, given))
            : [];
        return (new AsicProgram(graph, opset) { Layers = [.. layers] }, board);
    }

    private static QuantizedLayer Layer(JsonElement entry, string where, HashSet<string> given)
    {
        var value = Text(entry, "quantized", where);
        if (!given.Contains(value))
            throw new ArtifactException($"{where}: nothing gives '{value}'");
        return new QuantizedLayer(
            Text(entry, "name", where),
            value,
            Text(entry, "dequantized", where),
            Key(entry, "scale", where) is { ValueKind: JsonValueKind.Number } scale
            && scale.GetSingle() is var number and not 0
            && float.IsFinite(number)
                ? number
                : throw new ArtifactException($"{where}.scale is no scale"),
            Number(entry, "zero", where) is var zero and >= -128 and <= 255
                ? (int)zero
                : throw new ArtifactException($"{where}.zero is no zero point"),
            Type(entry, where)
        );
    }

    // Executed from the first to the last, each instruction finds what it takes.
    private static void RequireOrder(Graph graph)
    {
        var given = new HashSet<string>(graph.Initializers.Keys, StringComparer.Ordinal);
        foreach (var input in graph.Inputs.Where(input => !given.Add(input.Name)))
            throw new ArtifactException($"the value '{input.Name}' is given twice");
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs.FirstOrDefault(name => name.Length > 0 && !given.Contains(name)) is { } missing)
                throw new ArtifactException($"{node.Title()} takes '{missing}', which nothing before it gives");
            foreach (var output in node.Given().Where(output => !given.Add(output)))
                throw new ArtifactException($"the value '{output}' is given twice");
        }

        if (graph.Outputs.FirstOrDefault(output => !given.Contains(output.Name)) is { } absent)
            throw new ArtifactException($"nothing gives the output '{absent.Name}'");
        if (graph.Outputs.IsEmpty)
            throw new ArtifactException("the program has no output");
    }

    private Node Instruction(JsonElement entry, string where)
    {
        var name = Text(entry, "operator", where);
        if (!OperatorRules.Has(name))
            throw new ArtifactException($"{where}: there is no operator '{name}'");
        var isAsic = name.StartsWith(AsicProgram.Domain + ".", StringComparison.Ordinal);
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        if (entry.TryGetProperty("attributes", out var given))
        {
            Require(given, JsonValueKind.Object, $"{where}.attributes");
            foreach (var attribute in given.EnumerateObject())
                attributes[attribute.Name] = Attribute(attribute.Value, $"{where}.attributes.{attribute.Name}");
        }

        var outputs = Names(entry, "outputs", where);
        if (outputs.All(output => output.Length == 0))
            throw new ArtifactException($"{where}.outputs names no value");
        return new Node(
            isAsic ? name[(AsicProgram.Domain.Length + 1)..] : name,
            isAsic ? AsicProgram.Domain : "",
            entry.TryGetProperty("name", out var title) && title.ValueKind == JsonValueKind.String
                ? title.GetString()!
                : "",
            Names(entry, "inputs", where),
            outputs,
            attributes.ToImmutable()
        );
    }

    private AttributeValue Attribute(JsonElement value, string where)
    {
        Require(value, JsonValueKind.Object, where);
        var entries = value.EnumerateObject().ToList();
        if (entries.Count != 1)
            throw new ArtifactException($"{where} must hold one of int, float, text, ints, floats, texts, constant");
        var entry = entries[0].Value;
        try
        {
            return entries[0].Name switch
            {
                "int" => new AttributeValue.Int(entry.GetInt64()),
                "float" => new AttributeValue.Float(entry.GetSingle()),
                "text" => new AttributeValue.Text(entry.GetString()!),
                "ints" => new AttributeValue.Ints([.. entry.EnumerateArray().Select(number => number.GetInt64())]),
                "floats" => new AttributeValue.Floats([.. entry.EnumerateArray().Select(number => number.GetSingle())]),
                "constant" => new AttributeValue.OfTensor(
                    constants.GetValueOrDefault(entry.GetString()!)
                        ?? throw new ArtifactException($"{where}.constant: there is no constant '{entry.GetString()}'")
                ),
                "texts" => new AttributeValue.TextList([.. entry.EnumerateArray().Select(text => text.GetString()!)]),
                var kind => throw new ArtifactException(
                    $"{where}.{kind}: an attribute is one of int, float, text, ints, floats, texts, constant"
                ),
            };
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new ArtifactException($"{where}.{entries[0].Name} does not hold what it says", e);
        }
    }

    private static GraphValue Value(JsonElement entry, string where)
    {
        var type = Type(entry, where);
        if (!entry.TryGetProperty("shape", out var shape))
            return new GraphValue(Text(entry, "name", where), new TensorType(type, null));
        Require(shape, JsonValueKind.Array, $"{where}.shape");
        var dims = shape
            .EnumerateArray()
            .Select(size =>
                size.ValueKind == JsonValueKind.String
                    ? new Dim(-1, size.GetString() is { Length: > 0 } name ? name : null)
                : size.ValueKind == JsonValueKind.Number
                && size.TryGetInt64(out var number)
                && number is >= 0 and <= int.MaxValue
                    ? new Dim(number)
                : throw new ArtifactException($"{where}.shape holds {size}, which is neither a size nor a name")
            )
            .ToList();
        return dims.Count <= MostDims
            ? new GraphValue(Text(entry, "name", where), new TensorType(type, dims))
            : throw new ArtifactException($"{where}.shape has {dims.Count} sizes; at most {MostDims} are possible");
    }

    private Tensor Constant(JsonElement entry, string where)
    {
        var type = Type(entry, where);
        var (offset, length) = (Number(entry, "offset", where), Number(entry, "bytes", where));
        if (offset < 0 || length < 0 || offset > bytes.Length || length > bytes.Length - offset)
            throw new ArtifactException(
                $"{where}: {length} bytes at {offset} do not lie in section 'constants', which has {bytes.Length}"
            );
        var sizes = List(entry, "shape", where)
            .Select(size =>
                size.Entry.ValueKind == JsonValueKind.Number && size.Entry.TryGetInt64(out var number) && number >= 0
                    ? number
                    : throw new ArtifactException($"{size.Where} is {size.Entry}, which is no size")
            )
            .ToList();
        Int128 count = 1;
        foreach (var size in sizes)
            count = Int128.Min(count * size, long.MaxValue);
        if (sizes.Count > MostDims || (count * type.Bits() + 7) / 8 != length)
            throw new ArtifactException(
                $"{where}: {length} bytes do not make {type.Name()}[{string.Join(",", sizes)}]"
            );
        return new Tensor(type, sizes, bytes.Slice((int)offset, (int)length));
    }

    private static ElementType Type(JsonElement entry, string where)
    {
        var name = Text(entry, "type", where);
        var type = Enum.GetValues<ElementType>().FirstOrDefault(candidate => candidate.Name() == name);
        return type is not (ElementType.Undefined or ElementType.Text)
            ? type
            : throw new ArtifactException($"{where}.type is '{name}', which is no element type of a board");
    }

    private static ImmutableArray<string> Names(JsonElement entry, string key, string where) =>
        [
            .. List(entry, key, where)
                .Select(name =>
                    name.Entry.ValueKind == JsonValueKind.String
                        ? name.Entry.GetString()!
                        : throw new ArtifactException($"{name.Where} is no name")
                ),
        ];

    private static IEnumerable<(JsonElement Entry, string Where)> List(JsonElement parent, string key, string where)
    {
        var list = Key(parent, key, where);
        Require(list, JsonValueKind.Array, $"{where}.{key}");
        return list.EnumerateArray().Select((entry, i) => (entry, $"{where}.{key}[{i}]"));
    }

    private static string Text(JsonElement parent, string key, string where)
    {
        var text = Key(parent, key, where);
        Require(text, JsonValueKind.String, $"{where}.{key}");
        return text.GetString()!;
    }

    private static long Number(JsonElement parent, string key, string where) =>
        Key(parent, key, where) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value)
            ? value
            : throw new ArtifactException($"{where}.{key} is no integer");

    private static JsonElement Key(JsonElement parent, string key, string where)
    {
        Require(parent, JsonValueKind.Object, where);
        return parent.TryGetProperty(key, out var value)
            ? value
            : throw new ArtifactException($"{where}.{key} is missing");
    }

    private static void Require(JsonElement value, JsonValueKind kind, string where)
    {
        if (value.ValueKind != kind)
            throw new ArtifactException($"{where} is {value.ValueKind}, where {kind} is expected");
    }
}
