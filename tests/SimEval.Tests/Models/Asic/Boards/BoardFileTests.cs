using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using Xunit;

namespace SimEval.Tests.Models.Asic.Boards;

public sealed class BoardFileTests
{
    private const string Whole = """
        {
          "name": "x1", // comments may stand here
          "title": "a board of tests",
          "array": { "rows": 4, "columns": 8, "dataflows": ["ws", "os"] },
          "clockMHz": 500,
          "sramKiB": 64,
          "dramGBs": 1.5,
          "streamsWeights": true,
          "vectorLanes": 4,
          "moveBytesPerCycle": 8,
          "energyPj": { "mac": 0.3, "vector": 4.6, "sramByte": 1.25, "dramByte": 162.5 },
          "operators": ["Add", "asic.MatMul"]
        }
        """;

    [Fact]
    public void A_whole_file_is_read_in_the_units_that_it_names()
    {
        var board = BoardLibrary.Parse("x1.json", Whole, _ => null);
        Assert.Equal("asic/x1", board.DeviceClass);
        Assert.Equal([ArrayDataflow.WeightStationary, ArrayDataflow.OutputStationary], board.Dataflows);
        Assert.Equal((64L * 1024, 1.5e9, 500e6), (board.SramBytes, board.DramBytesPerSecond, board.ClockHz));
        Assert.Equal(4 * 8 * 500e6, board.PeakMacs);
        Assert.Equal(["Add", "asic.MatMul"], board.Operators.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(
        "\"rows\": 4",
        "\"rows\": 0",
        "'array.rows' must be a whole number from 1 to 4096, and is the number 0"
    )]
    [InlineData("\"rows\": 4", "\"rows\": 4.5", "'array.rows' must be a whole number from 1 to 4096")]
    [InlineData("\"rows\": 4,", "", "'array.rows' is missing")]
    [InlineData("\"rows\"", "\"row\"", "'array.rows' is missing; there is 'row'")]
    [InlineData("\"clockMHz\": 500", "\"clockMHz\": \"500\"", "'clockMHz' must be a number above 0")]
    [InlineData(
        "\"clockMHz\": 500",
        "\"clockMHz\": 500, \"clockMhz\": 1",
        "'clockMhz' is no key of a board; did you mean 'clockMHz'?"
    )]
    [InlineData("\"mac\": 0.3", "\"mac\": -0.3", "'energyPj.mac' must be a number above 0")]
    [InlineData("[\"ws\", \"os\"]", "[]", "'array.dataflows' must be a list of names, and is an empty list")]
    [InlineData("[\"ws\", \"os\"]", "[\"ws\", \"ws\"]", "'array.dataflows' holds 'ws' twice")]
    [InlineData("[\"ws\", \"os\"]", "[\"rs\"]", "'array.dataflows' holds 'rs', which is none of ws, is, os")]
    [InlineData("true", "1", "'streamsWeights' must be true or false, and is the number 1")]
    [InlineData("\"x1\"", "\"X 1\"", "'name' is 'X 1', and may hold small letters, digits and hyphens only")]
    [InlineData("\"Add\"", "\"Teleport\"", "'operators' holds 'Teleport', which the emulator does not have")]
    [InlineData(
        "\"operators\"",
        "\"operatorsOf\": \"x0\", \"operators\"",
        "'operatorsOf' is 'x0', and no board before this one is"
    )]
    [InlineData("\"sramKiB\": 64", "\"sramKiB\": 64, \"sramKiB\": 65", "this is no JSON")]
    [InlineData("\"dramGBs\": 1.5,", "\"dramGBs\": 1.5,,", "x1.json:7: this is no JSON")]
    public void A_wrong_file_names_its_key_and_what_would_be_right(string right, string wrong, string message)
    {
        Assert.Contains(right, Whole, StringComparison.Ordinal);
        var text = Whole.Replace(right, wrong, StringComparison.Ordinal);
        var refusal = Assert.Throws<CompileException>(() => BoardLibrary.Parse("x1.json", text, _ => null));
        Assert.StartsWith("x1.json", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "a board must be an object, and is an empty list")]
    [InlineData("{}", "'array' is missing")]
    public void What_is_no_board_says_so(string text, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<CompileException>(() => BoardLibrary.Parse("x1.json", text, _ => null)).Message,
            StringComparison.Ordinal
        );
}
