using System.Text;
using System.Text.Json;
using SimEval.Models.Asic.Operators;

namespace SimEval.Models.Asic.Boards;

/// <summary>Reads a board generation from its data file, strictly: a key too many or too few is an error.</summary>
public static class BoardReader
{
    private const int LargestArray = 4096;

    private static readonly (string Word, ArrayDataflow Flow)[] Flows =
    [
        ("ws", ArrayDataflow.WeightStationary),
        ("is", ArrayDataflow.InputStationary),
        ("os", ArrayDataflow.OutputStationary),
    ];

    private static readonly IReadOnlyCollection<string> Operators = [.. OperatorRules.Names];

    /// <summary>Reads a file. Throws <see cref="BoardFormatException"/> with all that is wrong in it.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="json">Its content, UTF-8.</param>
    /// <param name="others">Boards whose operators it may take.</param>
    public static Board Read(string file, ReadOnlySpan<byte> json, IReadOnlyList<Board> others)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble))
            json = json[Encoding.UTF8.Preamble.Length..];
        BoardValue root;
        try
        {
            root = BoardValue.Parse(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader's message ends with the place once more.
            var line = ((e as JsonException)?.LineNumber ?? 0) + 1;
            throw new BoardFormatException([$"{file}:{line}: this is no JSON: {e.Message.Split(" LineNumber")[0]}"]);
        }

        var errors = new List<string>();
        var board = ReadRoot(new BoardSection(file, "", root, errors), others);
        return errors.Count == 0 ? board : throw new BoardFormatException(errors);
    }

    private static Board ReadRoot(BoardSection root, IReadOnlyList<Board> others)
    {
        var (name, title) = (root.Text("name"), root.Text("title"));
        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            root.Wrong("name", $"is '{name}', and may hold small letters, digits and hyphens only");
        var (rows, columns, flows) = ReadArray(root.Section("array"));
        var board = new Board
        {
            Name = name,
            Title = title,
            Rows = rows,
            Columns = columns,
            Dataflows = flows,
            ClockHz = root.Number("clockMHz", 1, 100_000) * 1e6,
            SramBytes = root.Whole("sramKiB", 1, 1 << 24) * 1024L,
            DramBytesPerSecond = root.Number("dramGBs", 0.001) * 1e9,
            StreamsWeights = root.Flag("streamsWeights"),
            VectorLanes = root.Whole("vectorLanes", 1, 65_536),
            MoveBytesPerCycle = root.Whole("moveBytesPerCycle", 1, 65_536),
            Energy = ReadEnergy(root.Section("energyPj")),
            Operators = ReadOperators(root, others),
        };
        root.End();
        return board;
    }

    private static (int Rows, int Columns, IReadOnlyList<ArrayDataflow> Flows) ReadArray(BoardSection section)
    {
        var (rows, columns) = (section.Whole("rows", 1, LargestArray), section.Whole("columns", 1, LargestArray));
        var words = section.Words("dataflows", "dataflow", [.. Flows.Select(flow => flow.Word)]);
        if (section.IsEmpty("dataflows"))
            section.Wrong("dataflows", "must hold at least one of ws, is, os");
        section.End();
        return (rows, columns, [.. words.Select(word => Flows.First(flow => flow.Word == word).Flow)]);
    }

    private static EnergyTable ReadEnergy(BoardSection section)
    {
        var energy = new EnergyTable(
            section.Number("mac", 0),
            section.Number("vector", 0),
            section.Number("sramByte", 0),
            section.Number("dramByte", 0)
        );
        section.End();
        return energy;
    }

    private static HashSet<string> ReadOperators(BoardSection root, IReadOnlyList<Board> others)
    {
        var operators = root.Words("operators", "operator", Operators).ToHashSet(StringComparer.Ordinal);
        if (root.Optional("operatorsOf") is not { Length: > 0 } name)
            return operators;
        if (others.FirstOrDefault(other => other.Name == name) is { } parent)
            operators.UnionWith(parent.Operators);
        else
            root.Wrong(
                "operatorsOf",
                $"is '{name}', and there is no such board before this one; {BoardSection.Hint(name, [.. others.Select(other => other.Name)])}"
            );
        return operators;
    }
}
