using System.Text;
using SimEval.Devices;
using SimEval.Models.Asic.Boards;
using Xunit;

namespace SimEval.Tests.Models.Asic.Boards;

public class BoardReaderTests
{
    private const string Toy = """
        {
          "name": "toy", // a comment
          "title": "A toy",
          "array": { "rows": 4, "columns": 8, "dataflows": ["is"] },
          "clockMHz": 1.5,
          "sramKiB": 64,
          "dramGBs": 0.5,
          "streamsWeights": true,
          "vectorLanes": 2,
          "moveBytesPerCycle": 3,
          "energyPj": { "mac": 0.3, "vector": 4.6, "sramByte": 0, "dramByte": 162.5 },
          "operators": ["asic.MatMul", "Relu"]
        }
        """;

    [Fact]
    public void Boards_are_found_by_name_and_each_has_what_the_one_before_it_has()
    {
        Assert.Equal(["g1", "g2", "g3"], BoardLibrary.All.Select(board => board.Name));
        foreach (var (older, newer) in BoardLibrary.All.Zip(BoardLibrary.All.Skip(1)))
            Assert.Empty(older.Operators.Except(newer.Operators));
        Assert.Null(BoardLibrary.Find("g9"));
        Assert.Contains("'g22'; did you mean 'g2'? (boards: g1", BoardLibrary.Unknown("g22"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_of_a_file_is_read()
    {
        var board = Read(Toy);
        Assert.Equal(("asic/toy", "A toy", 4, 8), (board.DeviceClass, board.Title, board.Rows, board.Columns));
        Assert.Equal([ArrayDataflow.InputStationary], board.Dataflows);
        Assert.Equal((1.5e6, 65_536L, 5e8), (board.ClockHz, board.SramBytes, board.DramBytesPerSecond));
        Assert.Equal((true, 2, 3), (board.StreamsWeights, board.VectorLanes, board.MoveBytesPerCycle));
        Assert.Equal(new EnergyTable(0.3, 4.6, 0, 162.5), board.Energy);
        Assert.Equal(["Relu", "asic.MatMul"], board.Operators.Order(StringComparer.Ordinal));
        var heir = Read(
            Toy.Replace("\"operators\"", "\"operatorsOf\": \"g1\", \"operators\"", StringComparison.Ordinal)
        );
        Assert.Contains("Transpose", heir.Operators);
    }

    [Theory]
    [InlineData("\"rows\": 4", "\"rows\": 0", "toy.json:4: 'array.rows' is 0, and must be from 1 to 4096")]
    [InlineData("\"rows\": 4", "\"rows\": 1e99", "'array.rows' is 1e99, and must be from 1 to 4096")]
    [InlineData("\"rows\": 4", "\"rows\": 4.5", "must be a whole number from 1 to 4096, and is the number 4.5")]
    [InlineData(
        "\"rows\": 4",
        "\"rows\": \"4\"",
        "'array.rows' must be a whole number from 1 to 4096, and is the text \"4\""
    )]
    [InlineData("\"rows\": 4, ", "", "toy.json:4: 'array.rows' is missing")]
    [InlineData(
        "\"rows\": 4, ",
        "\"rowz\": 4, ",
        "toy.json:4: 'array.rowz' is no key of a board; did you mean 'rows'?"
    )]
    [InlineData(
        "\"rows\": 4, ",
        "\"rows\": 4, \"depth\": 4, ",
        "'array.depth' is no key of a board; there are rows, columns, dataflows"
    )]
    [InlineData("[\"is\"]", "[\"iz\"]", "'array.dataflows' holds 'iz', which is no dataflow; did you mean 'is'?")]
    [InlineData("[\"is\"]", "[]", "'array.dataflows' must hold at least one of ws, is, os")]
    [InlineData(
        "\"Relu\"]",
        "\"Rilu\"]",
        "toy.json:12: 'operators' holds 'Rilu', which is no operator; did you mean 'Relu'?"
    )]
    [InlineData("\"Relu\"]", "\"asic.MatMul\"]", "'operators' holds 'asic.MatMul' twice")]
    [InlineData("\"Relu\"]", "5]", "'operators' must hold operators only, and holds the number 5")]
    [InlineData("\"mac\": 0.3", "\"mac\": -1", "toy.json:11: 'energyPj.mac' is -1, and must be from 0 to 1000000")]
    [InlineData("\"clockMHz\": 1.5", "\"clockMHz\": null", "'clockMHz' must be a number from 1 to 100000, and is null")]
    [InlineData(
        "\"name\": \"toy\"",
        "\"name\": \"To y\"",
        "is 'To y', and may hold small letters, digits and hyphens only"
    )]
    [InlineData("\"name\": \"toy\"", "\"name\": \"g2\"", "which is a board that ships")]
    [InlineData("\"title\": \"A toy\"", "\"title\": \"\"", "'title' must be a text that is not empty")]
    [InlineData(
        "\"vectorLanes\": 2",
        "\"vectorLanes\": 2, \"vectorLanes\": 3",
        "toy.json:9: 'vectorLanes' stands here twice"
    )]
    [InlineData("\"vectorLanes\": 2", "\"vectorLanes\" 2", "toy.json:9: this is no JSON")]
    [InlineData("\"streamsWeights\": true", "\"streamsWeights\": 1", "must be true or false, and is the number 1")]
    [InlineData(
        "\"operators\"",
        "\"operatorsOf\": \"g11\", \"operators\"",
        "there is no such board before this one; did you mean 'g1'?"
    )]
    public void A_wrong_file_says_what_would_be_right(string right, string wrong, string message)
    {
        Assert.Contains(right, Toy, StringComparison.Ordinal);
        var refused = Assert.Throws<BoardFormatException>(() =>
            Read(Toy.Replace(right, wrong, StringComparison.Ordinal))
        );
        Assert.Contains(message, Assert.Single(refused.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var wrong = Toy.Replace("\"rows\": 4", "\"rows\": -4", StringComparison.Ordinal)
            .Replace("sramKiB", "sramKb", StringComparison.Ordinal)
            .Replace("\"Relu\"", "7", StringComparison.Ordinal);
        var refused = Assert.Throws<BoardFormatException>(() => Read(wrong));
        Assert.Equal(3, refused.Errors.Count);
        Assert.Equal(refused.Message.Split('\n'), refused.Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7 7")]
    [InlineData("{ \"name\": \"\\ud800\" }")]
    [InlineData("{ \"array\": [[[[[[[[[[]]]]]]]]]] }")]
    [InlineData("{ \"array\": 3, \"energyPj\": null, \"operators\": {} }")]
    public void What_is_no_board_is_refused_in_words(string text) =>
        Assert.All(
            Assert.Throws<BoardFormatException>(() => Read(text)).Errors,
            error => Assert.StartsWith("toy.json:", error, StringComparison.Ordinal)
        );

    [Fact]
    public void A_file_cut_anywhere_is_refused_in_words()
    {
        var bytes = Encoding.UTF8.GetBytes(Toy);
        for (var length = 0; length < bytes.Length - 1; length++)
            Assert.NotEmpty(
                Assert.Throws<BoardFormatException>(() => BoardLibrary.Read("toy.json", bytes.AsSpan(0, length))).Errors
            );
    }

    [Fact]
    public void A_data_file_s_path_is_a_device_class()
    {
        var path = Path.Combine(Path.GetTempPath(), $"simeval-{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllText(path, Toy);
            Assert.Equal("asic/toy", DeviceCatalogue.Tensors($"asic/{path}").DeviceClass);
            File.WriteAllText(path, Toy.Replace("\"rows\": 4", "\"rows\": 0", StringComparison.Ordinal));
            var refused = Assert.Throws<ModelException>(() => DeviceCatalogue.Tensors($"asic/{path}"));
            Assert.Contains($"{path}:4: 'array.rows'", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Contains(
            "the board's data file cannot be read",
            Assert.Throws<ModelException>(() => DeviceCatalogue.Tensors($"asic/{path}")).Message,
            StringComparison.Ordinal
        );
    }

    private static Board Read(string json) => BoardLibrary.Read("toy.json", Encoding.UTF8.GetBytes(json));
}
