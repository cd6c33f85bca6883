using SimEval.Cli.Views;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Node.Runs;
using Xunit;

namespace SimEval.Tests.Cli;

/// <summary>What the terminal shows is a pure function of a snapshot, so its text is tested as text.</summary>
public sealed class PicturesTests
{
    private static readonly ShownMetric Collisions = new("at-fault collisions", "", true);

    private static readonly RunSnapshot Snapshot = new()
    {
        Run = "cut-in-3",
        Scenario = "cut-in",
        Points = 120,
        Seeds = 10,
        Seed = 42,
        Variants =
        [
            new VariantProgress("expert", 1200, 1200, new ShownEstimate(0.004, 0.002, 0.01)),
            new VariantProgress("int8", 774, 1200, new ShownEstimate(double.NaN, double.NaN, double.NaN)),
        ],
        Primary = Collisions,
        Frames = 343_000,
        FramesPerSecond = 38_100,
        Elapsed = TimeSpan.FromSeconds(9),
        Remaining = TimeSpan.FromSeconds(5.4),
    };

    [Theory]
    [InlineData(0.9999, "1.00")]
    [InlineData(0.8549, "0.855")]
    [InlineData(-7.08e-5, "-0.0000708")]
    [InlineData(1234.5, "1,234")]
    public void A_number_has_three_digits_and_no_exponent(double value, string text) =>
        Assert.Equal(text, Numbers.Significant(value));

    [Fact]
    public void A_run_under_way_is_a_title_a_bar_a_variant_and_a_line_of_rates() =>
        Assert.Equal(
            [
                "cut-in-3   2 variants x 120 points x 10 seeds   seed 42",
                "  expert  ####################  1,200   at-fault collisions   0.4%  [0.2, 1.0]",
                "  int8    ############........    774                            -",
                "  38,100 frames/s   0:09, about 0:05 left",
            ],
            ProgressPicture.Draw(Snapshot).Select(line => line.ToString())
        );

    [Fact]
    public void A_log_has_it_in_one_line() =>
        Assert.Equal(
            "cut-in-3  1,974 of 2,400 rollouts  38,100 frames/s  0:09, about 0:05 left   2 infrastructure errors",
            ProgressPicture.Summarize(Snapshot with { InfrastructureErrors = 2 })
        );

    [Fact]
    public void A_run_at_rest_says_the_sentence_first_then_what_fails_and_where_the_report_is()
    {
        var gate = new GateSummary(
            "collision.atFault",
            "int8",
            "fp32",
            "noWorseBy",
            0.005,
            Verdict.Fail,
            0.034,
            0.012,
            new ShownEstimate(0.022, 0.01, 0.034),
            Collisions,
            "because"
        );
        var run = new RunSummary
        {
            Run = "cut-in-3",
            Scenario = "cut-in",
            State = "finished",
            Verdict = Verdict.Fail,
            Sentence = "Not fit to ship: int8 collides more",
            Gates = [gate],
            Rollouts = new OutcomeCounts(2399, 0, 1, 0, 0, 0),
            Frames = 1,
            FramesPerSecond = 38_100,
            ResultsHash = "0123456789abcdef",
            Report = null,
        };
        Assert.Equal(
            [
                "Not fit to ship: int8 collides more",
                "  fails   int8: at-fault collisions  1.2% -> 3.4%  difference [1.0, 3.4], no worse by 0.5%",
                "cut-in-3  2,399 completed, 1 infrastructure error  38,100 frames/s  results 0123456789ab",
            ],
            SummaryPicture.Draw(run).Select(line => line.ToString())
        );
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.012345, "0.0123")]
    [InlineData(-1.5, "-1.50")]
    [InlineData(123.456, "123")]
    [InlineData(38123, "38,123")]
    [InlineData(1e12, "1E+12")]
    [InlineData(double.NaN, "-")]
    public void Numbers_have_three_significant_digits(double value, string text) =>
        Assert.Equal(text, Numbers.Significant(value));

    [Fact]
    public void Text_from_a_file_cannot_steer_the_terminal() =>
        Assert.Equal("a\\u001b[31m\\u202eb", new Line().Add("a\u001b[31m\u202eb").ToString());
}
