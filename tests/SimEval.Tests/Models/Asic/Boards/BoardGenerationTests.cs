using System.Text;
using SimEval.Models.Asic.Boards;
using Xunit;

namespace SimEval.Tests.Models.Asic.Boards;

public sealed class BoardGenerationTests
{
    private const string Board = """
        {
          "name": "toy",
          "summary": "A toy",
          "array": { "rows": 4, "columns": 8, "dataflow": "inputStationary" },
          "clockHz": 1000000,
          "sramBytes": { "weights": 64, "activations": 128, "accumulators": 64 },
          "dram": { "bytes": 4096, "bytesPerSecond": 3000000 },
          "vectorWidth": 8,
          "multipliesActivations": false,
          "operators": ["Gemm", "Relu"],
          "energyPicojoules": { "multiplyAdd": 0.3, "vectorElement": 4.6, "sramByte": 5, "dramByte": 162.5 }
        }
        """;

    private static BoardGeneration Read(string json) => BoardReader.Read("toy.json", Encoding.UTF8.GetBytes(json));

    [Fact]
    public void Three_generations_are_built_in_and_found_by_name()
    {
        Assert.Equal(["g1", "g2", "g3"], BoardGenerations.All.Select(board => board.Name));
        Assert.Equal(32, BoardGenerations.Find("g2").Array.Rows);
    }

    [Fact]
    public void An_unknown_generation_names_the_nearest_and_all()
    {
        var error = Assert.Throws<ArgumentException>(() => BoardGenerations.Find("g22"));
        Assert.Equal("there is no board generation 'g22': did you mean 'g2'? known are g1, g2, g3", error.Message);
    }

    [Fact]
    public void Every_generation_runs_what_the_one_before_it_runs()
    {
        foreach (var (older, newer) in BoardGenerations.All.Zip(BoardGenerations.All.Skip(1)))
            Assert.Empty(older.Operators.Except(newer.Operators));
    }

    [Fact]
    public void Attention_fits_the_second_generation_and_not_the_first_and_a_sentence_says_why()
    {
        var (g1, g2) = (BoardGenerations.Find("g1"), BoardGenerations.Find("g2"));
        Assert.Null(BoardFit.Refusal(g2, "Softmax"));
        Assert.Null(BoardFit.RefusalOfComputedProduct(g2));
        Assert.Equal("g1 has no Softmax; g2, g3 have", BoardFit.Refusal(g1, "Softmax"));
        Assert.Equal("g1 has no Einsum; no generation has", BoardFit.Refusal(g1, "Einsum"));
        Assert.Equal(
            "g1 multiplies by constants only, and both operands are computed; g2, g3 multiply them",
            BoardFit.RefusalOfComputedProduct(g1)
        );
    }

    [Fact]
    public void Weights_that_no_memory_holds_are_refused_with_the_boards_that_hold_them()
    {
        var g1 = BoardGenerations.Find("g1");
        Assert.Null(BoardFit.RefusalOfWeights(g1, g1.Dram.Bytes));
        Assert.Equal(
            "g1 holds 268435456 bytes of weights, and the model has 2000000000; g3 holds them",
            BoardFit.RefusalOfWeights(g1, 2_000_000_000)
        );
    }

    [Fact]
    public void Every_field_of_a_file_is_read()
    {
        var board = Read(Board);
        Assert.Equal(new SystolicArray(4, 8, Dataflow.InputStationary), board.Array);
        Assert.Equal(new OnChipMemory(64, 128, 64), board.Sram);
        Assert.Equal(new BoardMemory(4096, 3_000_000), board.Dram);
        Assert.Equal(new EnergyTable(0.3m, 4.6m, 5m, 162.5m), board.Energy);
        Assert.Equal((8, false, 1_000_000L), (board.VectorWidth, board.MultipliesActivations, board.ClockHz));
        Assert.Equal(["Gemm", "Relu"], board.Operators);
    }

    [Theory]
    [InlineData("\"rows\": 4", "\"rows\": 0", "toy.json: 'array.rows' is 0, and must be from 1 to 1024")]
    [InlineData(
        "\"rows\": 4",
        "\"rows\": \"4\"",
        "toy.json: 'array.rows' must be a whole number from 1 to 1024, and is a text"
    )]
    [InlineData("\"rows\": 4, ", "", "toy.json: 'array.rows' is missing")]
    [InlineData("\"rows\": 4, ", "\"rowz\": 4, ", "toy.json: 'array.rows' is missing; there is 'rowz'")]
    [InlineData(
        "\"rows\": 4, ",
        "\"rows\": 4, \"depth\": 4, ",
        "toy.json: 'array.depth' is no key of a board; known here are rows, columns, dataflow"
    )]
    [InlineData(
        "inputStationary",
        "rowStationary",
        "toy.json: 'array.dataflow' is 'rowStationary', and must be one of weightStationary, inputStationary, outputStationary"
    )]
    [InlineData("\"Relu\"]", "\"Gemm\"]", "toy.json: 'operators' holds 'Gemm' twice")]
    [InlineData(
        "\"accumulators\": 64",
        "\"accumulators\": 63",
        "toy.json: 'sramBytes.accumulators' is 63, and two tiles of an array of 4 x 8 need 64"
    )]
    [InlineData("\"multiplyAdd\": 0.3", "\"multiplyAdd\": -1", "is -1, and must be from 0 to 1000000")]
    [InlineData("\"name\": \"toy\"", "\"name\": \"To y\"", "may hold small letters, digits and hyphens only")]
    [InlineData("\"vectorWidth\": 8", "\"vectorWidth\": 8, \"vectorWidth\": 9", "vectorWidth")]
    [InlineData("\"vectorWidth\": 8", "\"vectorWidth\" 8", "toy.json:8: this is not valid JSON")]
    public void A_wrong_file_says_what_would_be_right(string right, string wrong, string message)
    {
        Assert.Contains(right, Board, StringComparison.Ordinal);
        var error = Assert.Throws<BoardFormatException>(() =>
            Read(Board.Replace(right, wrong, StringComparison.Ordinal))
        );
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transfer_takes_whole_cycles_rounded_up()
    {
        var board = Read(Board);
        Assert.Equal(0, board.DramCycles(0));
        Assert.Equal(1, board.DramCycles(1));
        Assert.Equal(1, board.DramCycles(3));
        Assert.Equal(2, board.DramCycles(4));
        Assert.Equal(32.0 / 3, board.RidgeMacsPerByte);
    }
}
