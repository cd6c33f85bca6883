using Newtonsoft.Json.Linq;
using SimEval.Metrics.Layers;
using SimEval.Reports.Build;
using SimEval.Reports.Exports;
using SimEval.Reports.Page;
using Xunit;

namespace SimEval.Tests.Reports;

/// <summary>Where builds depart, as the page and the JSON beside it tell it.</summary>
public sealed class DepartureViewTests
{
    private static readonly LayerDifference Same = new("trunk", double.PositiveInfinity, 0, 800) { Frames = 8 };
    private static readonly LayerDifference Off = new("<b>", 31.25, 0.5, 800)
    {
        Frames = 8,
        Differing = 200,
        DifferingFrames = 6,
    };

    private static readonly LayerDifference Output = Off with { Name = "action", IsOutput = true, MaxError = 0.0125 };

    [Fact]
    public void A_build_that_departs_is_told_with_layer_and_output_and_is_drawn()
    {
        var build = Assert.Single(ReportBuilder.Build(With(Compared("int8", "fp32", Same, Off, Output))).Builds);
        Assert.Equal(
            "int8 departs from fp32 first at <b>, layer 2 of 3, in 6 of 8 frames. Its output action is off by at most 0.0125 (SQNR 31.2 dB), in 6 of 8 frames.",
            build.Text
        );
        Assert.True(build is { Drawn: true, Compared: true, First: 1, Variant: 2, Parent: 1 });
        Assert.Equal(
            (0.25, 6, 8),
            (build.Layers[1].Differing, build.Layers[1].DifferingFrames, build.Layers[1].Frames)
        );
    }

    [Fact]
    public void An_equal_build_is_told_with_its_frames_and_not_drawn()
    {
        var build = Assert.Single(
            ReportBuilder.Build(With(Compared("int8", "fp32", Same) with { SameFile = true })).Builds
        );
        Assert.Equal(
            "int8 equals fp32, the same file on another device, bit for bit: in all 1 layer on 8 frames of 2 rollouts.",
            build.Text
        );
        Assert.Equal((false, -1), (build.Drawn, build.First));
    }

    [Fact]
    public void A_build_that_equals_an_earlier_one_is_not_drawn_again()
    {
        var builds = ReportBuilder
            .Build(
                With(
                    Compared("int8", "fp32", Same, Off),
                    Compared("expert", "fp32", Same, Off),
                    Compared("expert", "int8", Same)
                )
            )
            .Builds;
        Assert.Equal([true, false, false], builds.Select(build => build.Drawn));
        Assert.Equal("", builds[1].Text);
        Assert.EndsWith("2 rollouts. Both depart from fp32 alike.", builds[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_compared_says_why()
    {
        var refused = new BuildDeparture("int8", "fp32", SameFile: false) { Reason = "no model at <x>" };
        var build = Assert.Single(ReportBuilder.Build(With(refused)).Builds);
        Assert.Equal("int8 was not compared with fp32: no model at <x>.", build.Text);
        Assert.False(build.Compared);
        Assert.DoesNotContain("<x>", ReportPage.Render(ReportBuilder.Build(With(refused))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_beside_the_report_has_every_layer()
    {
        var refused = new BuildDeparture("int8", "expert", SameFile: false) { Reason = "why" };
        var json = JObject.Parse(ResultsJson.Write(With(Compared("int8", "fp32", Same, Output), refused)));
        var first = json["departures"]![0]!;
        Assert.Equal("action", (string?)first["firstDeparture"]);
        Assert.False((bool)first["equal"]!);
        Assert.Equal(JTokenType.Null, first["layers"]![0]!["sqnrDb"]!.Type);
        Assert.Equal(31.25, (double)first["layers"]![1]!["sqnrDb"]!);
        Assert.True((bool)first["layers"]![1]!["output"]!);
        var second = json["departures"]![1]!;
        Assert.Equal("why", (string?)second["reason"]);
        Assert.Equal(JTokenType.Null, second["equal"]!.Type);
        Assert.Empty(second["layers"]!);
    }

    private static ReportInput With(params BuildDeparture[] departures) =>
        SampleRun.Input(seeds: 1, withReplays: false) with
        {
            Departures = departures,
        };

    private static BuildDeparture Compared(string build, string parent, params LayerDifference[] layers) =>
        new(build, parent, SameFile: false)
        {
            Frames = 8,
            Rollouts = 2,
            HasInnerLayers = true,
            Report = new LayerReport(layers),
        };
}
