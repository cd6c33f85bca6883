using System.Text.Json;
using SimEval.Models.Asic.Operators;

namespace SimEval.Models.Asic.Boards;

/// <summary>Reads a board generation from its data file, strictly: a key too many or too few is an error.</summary>
internal static class BoardReader
{
    // Wide enough for any chip that is built; a figure beyond is a slip of units.
    private const int MostCells = 4096;
    private const int MostKibibytes = 1 << 24;
    private const double MostMegahertz = 100_000;
    private const double MostGigabytes = 1e6;
    private const double MostPicojoules = 1e6;

    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 8,
    };

    /// <summary>Reads a file. Throws <see cref="CompileException"/> with the file, the key, what is wrong and what would be right.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <param name="other">The board that it takes its operators of, by name.</param>
    public static Board Read(string file, string text, Func<string, Board?> other)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return ReadBoard(new BoardSection(file, "", document.RootElement), other);
        }
        catch (JsonException e)
        {
            throw new CompileException(
                $"{file}:{(e.LineNumber ?? 0) + 1}: this is no JSON: {e.Message.Split(" LineNumber")[0]}"
            );
        }
    }

    private static Board ReadBoard(BoardSection root, Func<string, Board?> other)
    {
        var array = root.Section("array");
        var board = new Board
        {
            Name = NameOf(root),
            Title = root.Text("title"),
            Rows = array.Whole("rows", MostCells),
            Columns = array.Whole("columns", MostCells),
            Dataflows = [.. array.Texts("dataflows").Select(name => DataflowOf(array, name))],
            ClockHz = root.Amount("clockMHz", MostMegahertz) * 1e6,
            SramBytes = root.Whole("sramKiB", MostKibibytes) * 1024L,
            DramBytesPerSecond = root.Amount("dramGBs", MostGigabytes) * 1e9,
            StreamsWeights = root.Flag("streamsWeights"),
            VectorLanes = root.Whole("vectorLanes", MostCells),
            MoveBytesPerCycle = root.Whole("moveBytesPerCycle", MostCells),
            Energy = EnergyOf(root.Section("energyPj")),
            Operators = OperatorsOf(root, other),
        };
        array.End();
        root.End();
        return board;
    }

    private static string NameOf(BoardSection root)
    {
        var name = root.Text("name");
        return name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? name
            : throw root.Wrong("name", $"is '{name}', and may hold small letters, digits and hyphens only");
    }

    private static EnergyTable EnergyOf(BoardSection energy)
    {
        var table = new EnergyTable(
            energy.Amount("mac", MostPicojoules),
            energy.Amount("vector", MostPicojoules),
            energy.Amount("sramByte", MostPicojoules),
            energy.Amount("dramByte", MostPicojoules)
        );
        energy.End();
        return table;
    }

    private static HashSet<string> OperatorsOf(BoardSection root, Func<string, Board?> other)
    {
        var operators = root.Texts("operators").ToHashSet(StringComparer.Ordinal);
        if (operators.FirstOrDefault(name => !OperatorRules.Has(name)) is { } unknown)
            throw root.Wrong("operators", $"holds '{unknown}', which the emulator does not have");
        if (!root.Has("operatorsOf"))
            return operators;
        var parent = root.Text("operatorsOf");
        operators.UnionWith(
            other(parent)?.Operators
                ?? throw root.Wrong("operatorsOf", $"is '{parent}', and no board before this one is")
        );
        return operators;
    }

    private static ArrayDataflow DataflowOf(BoardSection array, string name) =>
        name switch
        {
            "ws" => ArrayDataflow.WeightStationary,
            "is" => ArrayDataflow.InputStationary,
            "os" => ArrayDataflow.OutputStationary,
            _ => throw array.Wrong("dataflows", $"holds '{name}', which is none of ws, is, os"),
        };
}
