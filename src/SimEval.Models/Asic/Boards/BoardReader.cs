using System.Collections.Immutable;
using System.Text.Json;
using SimEval.Models.Asic.Cost;

namespace SimEval.Models.Asic.Boards;

/// <summary>Reads a board generation from its data file, strictly: a key too many or too few is an error.</summary>
public static class BoardReader
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 8,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="json">Its content, UTF-8.</param>
    /// <exception cref="BoardFormatException">It is no board.</exception>
    public static BoardGeneration Read(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return ReadRoot(new BoardSection(file, "", document.RootElement));
        }
        catch (JsonException e)
        {
            throw new BoardFormatException(
                $"{file}:{(e.LineNumber ?? 0) + 1}: this is not valid JSON: {e.Message.Split(" LineNumber")[0]}"
            );
        }
    }

    private static BoardGeneration ReadRoot(BoardSection root)
    {
        var board = new BoardGeneration
        {
            Name = root.Text("name"),
            Summary = root.Text("summary"),
            Array = ReadArray(root.Section("array")),
            ClockHz = root.Whole("clockHz", 1_000_000, 10_000_000_000),
            Sram = ReadSram(root.Section("sramBytes")),
            Dram = ReadDram(root.Section("dram")),
            VectorWidth = (int)root.Whole("vectorWidth", 1, 4096),
            MultipliesActivations = root.Flag("multipliesActivations"),
            Operators = root.Names("operators").ToImmutableSortedSet(StringComparer.Ordinal),
            Energy = ReadEnergy(root.Section("energyPicojoules")),
        };
        root.End();
        if (!board.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw root.Wrong("name", $"is '{board.Name}', and may hold small letters, digits and hyphens only");
        CheckLeastTiles(root, board);
        return board;
    }

    private static SystolicArray ReadArray(BoardSection section)
    {
        var array = new SystolicArray(
            (int)section.Whole("rows", 1, 1024),
            (int)section.Whole("columns", 1, 1024),
            section.Word(
                "dataflow",
                ("weightStationary", Dataflow.WeightStationary),
                ("inputStationary", Dataflow.InputStationary),
                ("outputStationary", Dataflow.OutputStationary)
            )
        );
        section.End();
        return array;
    }

    private static OnChipMemory ReadSram(BoardSection section)
    {
        const long most = 1L << 40;
        var sram = new OnChipMemory(
            section.Whole("weights", 1, most),
            section.Whole("activations", 1, most),
            section.Whole("accumulators", 1, most)
        );
        section.End();
        return sram;
    }

    private static BoardMemory ReadDram(BoardSection section)
    {
        var dram = new BoardMemory(
            section.Whole("bytes", 1, 1L << 50),
            section.Whole("bytesPerSecond", 1_000_000, 1L << 50)
        );
        section.End();
        return dram;
    }

    private static EnergyTable ReadEnergy(BoardSection section)
    {
        var energy = new EnergyTable(
            section.Amount("multiplyAdd"),
            section.Amount("vectorElement"),
            section.Amount("sramByte"),
            section.Amount("dramByte")
        );
        section.End();
        return energy;
    }

    // Half of each buffer holds the smallest tile that fills the array; else no product could be laid out at all. A computed
    // right operand lies among the activations.
    private static void CheckLeastTiles(BoardSection root, BoardGeneration board)
    {
        var least = ProductShape.LeastTile(board.Array);
        Check("weights", board.Sram.Weights, least.WeightBytes);
        Check("activations", board.Sram.Activations, least.ActivationBytes + least.WeightBytes + least.Outputs);
        Check("accumulators", board.Sram.Accumulators, least.AccumulatorBytes);

        void Check(string buffer, long bytes, long tile)
        {
            if (bytes < 2 * tile)
                throw root.Wrong(
                    $"sramBytes.{buffer}",
                    $"is {bytes}, and two tiles of an array of {board.Array.Rows} x {board.Array.Columns} need {2 * tile}"
                );
        }
    }
}
