using System.Text.Json;

namespace SimEval.Models.Asic.Boards;

/// <summary>The board generations: one data file each, beside this one, all found by themselves.</summary>
public static class BoardLibrary
{
    private const string Prefix = "boards/";
    private static readonly Lazy<IReadOnlyList<Board>> Loaded = new(Load);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<Board> All => Loaded.Value;

    /// <summary>The board of a name ("g2" or "asic/g2"), or null.</summary>
    public static Board? Find(string name) =>
        All.FirstOrDefault(board => board.Name == name || board.DeviceClass == name);

    /// <summary>The board of a name; throws <see cref="CompileException"/> with the names there are.</summary>
    public static Board Get(string name) =>
        Find(name)
        ?? throw new CompileException(
            $"there is no board '{name}' (boards: {string.Join(", ", All.Select(board => board.Name))})"
        );

    /// <summary>Reads a data file. Throws <see cref="CompileException"/> naming the key that is missing or wrong.</summary>
    /// <param name="text">The file.</param>
    /// <param name="other">The board that it takes its operators of.</param>
    public static Board Parse(string text, Func<string, Board?> other)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Read(document.RootElement, other);
        }
        catch (JsonException e)
        {
            throw new CompileException($"a board's file is no JSON: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            throw new CompileException(
                $"a value in a board's file is of another kind than its key asks for: {e.Message}"
            );
        }
    }

    private static List<Board> Load()
    {
        var assembly = typeof(BoardLibrary).Assembly;
        var boards = new List<Board>();
        var names = assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            boards.Add(Parse(reader.ReadToEnd(), known => boards.Find(board => board.Name == known)));
        }

        return boards;
    }

    private static Board Read(JsonElement root, Func<string, Board?> other)
    {
        var array = Key(root, "array");
        var energy = Key(root, "energyPj");
        var operators = Texts(Key(root, "operators")).ToHashSet(StringComparer.Ordinal);
        if (root.TryGetProperty("operatorsOf", out var parent))
        {
            var name = parent.GetString() ?? "";
            operators.UnionWith(
                other(name)?.Operators
                    ?? throw new CompileException($"operatorsOf: there is no board '{name}' before this one")
            );
        }

        if (operators.FirstOrDefault(name => !Asic.Operators.OperatorRules.Has(name)) is { } unknown)
            throw new CompileException($"operators: the emulator has no operator '{unknown}'");
        return new Board
        {
            Name = Key(root, "name").GetString()!,
            Title = Key(root, "title").GetString()!,
            Rows = (int)Positive(array, "rows"),
            Columns = (int)Positive(array, "columns"),
            Dataflows = [.. Texts(Key(array, "dataflows")).Select(Flow)],
            ClockHz = Positive(root, "clockMHz") * 1e6,
            SramBytes = (long)Positive(root, "sramKiB") * 1024,
            DramBytesPerSecond = Positive(root, "dramGBs") * 1e9,
            StreamsWeights = Key(root, "streamsWeights").GetBoolean(),
            VectorLanes = (int)Positive(root, "vectorLanes"),
            MoveBytesPerCycle = (int)Positive(root, "moveBytesPerCycle"),
            Energy = new EnergyTable(
                Positive(energy, "mac"),
                Positive(energy, "vector"),
                Positive(energy, "sramByte"),
                Positive(energy, "dramByte")
            ),
            Operators = operators,
        };
    }

    private static JsonElement Key(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value)
            ? value
            : throw new CompileException($"the key '{name}' is missing in a board's file");

    private static double Positive(JsonElement parent, string name) =>
        Key(parent, name) is { ValueKind: JsonValueKind.Number } number && number.GetDouble() > 0
            ? number.GetDouble()
            : throw new CompileException($"{name} must be a number above 0");

    private static IEnumerable<string> Texts(JsonElement list) =>
        list.EnumerateArray().Select(entry => entry.GetString()!);

    private static ArrayDataflow Flow(string name) =>
        name switch
        {
            "ws" => ArrayDataflow.WeightStationary,
            "is" => ArrayDataflow.InputStationary,
            "os" => ArrayDataflow.OutputStationary,
            _ => throw new CompileException($"dataflows: '{name}' is none of ws, is, os"),
        };
}
