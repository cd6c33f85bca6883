using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Metrics.Slices;
using SimEval.Metrics.Statistics;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Metrics.Gates;

public class VerdictSentenceTests
{
    private static GateResult Gate(
        int metric,
        Verdict verdict,
        double value,
        double low,
        double high,
        double line,
        GateKind kind = GateKind.NoWorseBy,
        string variant = "int8"
    )
    {
        var definition = Runs.Metrics[metric];
        var gate = Runs.Gate(definition.Name, kind, Math.Abs(line));
        var estimate = new Estimate(value, new Interval(low, high), 0.95, 1200, 1200, 120, 0, "made up");
        return new GateResult
        {
            Gate = gate,
            Metric = definition,
            Variant = variant,
            Baseline = kind == GateKind.NoWorseBy ? "fp32" : null,
            BaselineInRun = true,
            Value = estimate,
            BaselineValue = null,
            Decides = estimate,
            Uncorrected = estimate,
            IsDifference = kind == GateKind.NoWorseBy,
            Line = line,
            ForbiddenAbove = GateRules.LineOf(gate, definition).ForbiddenAbove,
            PValue = 0.01,
            AdjustedP = 0.01,
            Tests = 1,
            Outcomes = default,
            BaselineOutcomes = null,
            Verdict = verdict,
            Reason = "Because.",
        };
    }

    private static readonly GateResult Fails = Gate(Runs.Collision, Verdict.Fail, 0.0217, 0.0101, 0.0336, 0.005);
    private static readonly GateResult Passes = Gate(Runs.Score, Verdict.Pass, -0.001, -0.004, 0.002, -0.01);

    [Fact]
    public void A_failure_says_who_what_by_how_much_and_what_was_allowed()
    {
        var sentence = VerdictSentence.Of([Fails, Passes], []);
        Assert.Equal(
            "Not fit to ship: int8 collides more than fp32 (+2.17 points, 95% interval +1.01 to +3.36, allowed +0.5 points)",
            sentence.ToString()
        );
        Assert.Equal(["Passes: score."], sentence.Details);
        Assert.Null(sentence.Where);
    }

    [Fact]
    public void A_failure_says_where_it_is_when_that_was_found()
    {
        var plan = Runs.Plan(12, 10, 5, Runs.Model("fp32"), Runs.Model("int8"));
        var results = Runs.Set(
            plan,
            (v, p) =>
            {
                var at = plan.PointOf(p.Point).Assignment;
                var corner = at[0].Value.Number <= 10 && at[1].Value.Number >= 25;
                return [v == "int8" && corner && Runs.Luck(p) < 0.5 ? 1 : 0, 1, 0, 1];
            }
        );
        var fp32 = new BaselineSource.Variant("fp32");
        var finding = SliceFinder.Find(results, "int8", fp32, "collision");
        Assert.NotNull(finding);
        Assert.Equal("gap at most 10 m and speed at least 25 m/s", finding.Text);
        Assert.Equal(1, finding.Held, 12);
        Assert.Equal(15.0 / 120, finding.Size, 12);
        var gates = GateEvaluator.Evaluate(
            [Runs.Gate("collision", GateKind.NoWorseBy, 0.01)],
            results,
            fp32,
            Looking.Once
        );
        var sentence = VerdictSentence.Of(gates, [finding]);
        Assert.Equal(Verdict.Fail, sentence.Verdict);
        Assert.Equal(
            "100% of it where gap at most 10 m and speed at least 25 m/s (12% of the rollouts)",
            sentence.Where
        );
    }

    [Fact]
    public void A_pass_names_what_passed()
    {
        Assert.Equal(
            "Fit to ship: int8 is no worse than fp32 on score (\u22120.001, 95% interval \u22120.004 to +0.002, allowed \u22120.01)",
            VerdictSentence.Of([Passes], []).ToString()
        );
        var both = VerdictSentence.Of([Passes, Gate(Runs.Goal, Verdict.Pass, 0, -0.01, 0.01, -0.02)], []);
        Assert.Equal("Fit to ship: int8 passes all 2 questions", both.ToString());
        Assert.Equal(["Passes: score and goals."], both.Details);
    }

    [Fact]
    public void An_open_question_is_said_to_be_open()
    {
        var open = Gate(Runs.Collision, Verdict.Inconclusive, 0.004, -0.001, 0.009, 0.005);
        var sentence = VerdictSentence.Of([open, Passes], []);
        Assert.StartsWith(
            "Not decided: it is open whether int8 collides more than fp32 by more than is allowed (",
            sentence.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal("Because.", sentence.Details[0]);
        Assert.Contains("Passes: score.", sentence.Details);
    }

    [Fact]
    public void Two_gates_on_one_metric_are_told_apart()
    {
        var bounded = Gate(Runs.Score, Verdict.Pass, 0.9, 0.88, 0.92, 0.8, GateKind.AtLeast);
        Assert.Equal(
            ["Passes: score against fp32 and score."],
            VerdictSentence.Of([Fails, Passes, bounded], []).Details
        );
    }

    [Fact]
    public void Several_questions_make_a_corrected_interval()
    {
        var sentence = VerdictSentence.Of([Fails with { Tests = 4 }], []);
        Assert.Contains("corrected 95% interval +1.01 to +3.36", sentence.Measure, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_and_no_gates_are_said_as_plainly()
    {
        var error = Gate(Runs.Collision, Verdict.Error, double.NaN, double.NaN, double.NaN, 0.005);
        Assert.Equal(
            "No answer: int8 could not be judged on collisions",
            VerdictSentence.Of([error, Passes], []).ToString()
        );
        Assert.Equal("No verdict: the scenario has no gates", VerdictSentence.Of([], []).ToString());
    }

    [Fact]
    public void An_absolute_failure_is_measured_against_what_is_allowed()
    {
        var gate = Gate(Runs.Collision, Verdict.Fail, 0.034, 0.025, 0.046, 0.01, GateKind.AtMost);
        Assert.Equal(
            "Not fit to ship: int8 collides more than allowed (3.4%, 95% interval 2.5% to 4.6%, allowed at most 1%)",
            VerdictSentence.Of([gate], []).ToString()
        );
    }

    [Fact]
    public void A_failure_wins_over_an_error_and_an_error_over_an_open_question()
    {
        Assert.Equal(Verdict.Fail, Verdicts.Overall([Verdict.Error, Verdict.Fail, Verdict.Pass]));
        Assert.Equal(Verdict.Error, Verdicts.Overall([Verdict.Error, Verdict.Inconclusive]));
        Assert.Equal(Verdict.Inconclusive, Verdicts.Overall([Verdict.Pass, Verdict.Inconclusive]));
        Assert.Equal(Verdict.Pass, Verdicts.Overall([Verdict.Pass]));
        Assert.Equal(Verdict.None, Verdicts.Overall([]));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.87349, "0.873")]
    [InlineData(9.996, "10")]
    [InlineData(12.34, "12.3")]
    [InlineData(999.6, "1,000")]
    [InlineData(12345, "12,345")]
    [InlineData(-0.01234, "\u22120.0123")]
    [InlineData(0.00001234, "0.0000123")]
    [InlineData(0.00000000123, "1.23e\u22129")]
    [InlineData(double.PositiveInfinity, "\u221e")]
    public void Numbers_have_three_significant_digits_and_a_real_minus(double value, string text) =>
        Assert.Equal(text, NumberText.Digits(value, false));

    [Fact]
    public void Units_stand_behind_every_number()
    {
        var metric = Runs.Metrics[Runs.Distance] with { Unit = "m/s2" };
        Assert.Equal("4.05 m/s\u00b2", NumberText.Value(metric, 4.05));
        Assert.Equal("1.23%", NumberText.Value(Runs.Metrics[Runs.Collision], 0.01234));
        Assert.Equal("\u22121.23 points", NumberText.Difference(Runs.Metrics[Runs.Collision], -0.01234));
        Assert.Equal("2.08 per km", NumberText.Value(metric with { Unit = "1/km" }, 2.08));
        Assert.Equal("not available", NumberText.Value(metric, double.NaN));
    }
}
