using System.Globalization;
using System.Xml.Linq;
using Newtonsoft.Json.Linq;
using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Reports.Build;
using SimEval.Reports.Exports;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Reports;

/// <summary>The same run for programs: CSV, JSON and JUnit XML.</summary>
public sealed class ExportsTests
{
    private static readonly ReportInput Input = SampleRun.Input(seeds: 2, withReplays: false);

    [Fact]
    public void Csv_has_a_row_a_rollout_and_numbers_read_back_to_the_same_bits()
    {
        var rows = ResultsCsv.Write(Input.Run, Input.Results).Split("\r\n");
        var header = rows[0].Split(',');
        var row = rows[1].Split(',');
        var first = Input.Results.Counted().First();

        Assert.Equal(1 + Input.Results.Count + 1, rows.Length);
        Assert.Equal("", rows[^1]);
        Assert.Equal(first.Key.Variant, row[Array.IndexOf(header, "variant")]);
        Assert.Equal(
            BitConverter.DoubleToInt64Bits(first.Values[SampleRun.Score]),
            BitConverter.DoubleToInt64Bits(
                double.Parse(row[Array.IndexOf(header, "metric.score")], CultureInfo.InvariantCulture)
            )
        );
        Assert.Equal(
            first.Checksum.ToString("x16", CultureInfo.InvariantCulture),
            row[Array.IndexOf(header, "checksum")]
        );
        Assert.Contains("parameter.gap", header);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("two\nlines, \"quoted\"", "\"two\nlines, \"\"quoted\"\"\"")]
    [InlineData("plain", "plain")]
    public void Csv_quotes_what_breaks_a_row_and_disarms_what_a_spreadsheet_would_run(string detail, string cell)
    {
        var results = new ResultSet(Input.Results.Plan);
        var failed = Input.Results.Counted().First() with { Outcome = RolloutOutcome.ModelFailed, Detail = detail };
        results.Add(failed);

        var text = ResultsCsv.Write("run-1", results);

        Assert.Contains($",{cell},", text);
    }

    [Fact]
    public void Json_has_every_rollout_gate_and_metric()
    {
        var json = JObject.Parse(ResultsJson.Write(Input));

        Assert.Equal(ResultsJson.Schema, (string?)json["schema"]);
        Assert.Equal(Input.ResultsHash, (string?)json["resultsHash"]);
        Assert.Equal(Input.Results.Count, json["results"]!.Count());
        Assert.Equal(Input.Gates.Count, json["gates"]!.Count());
        Assert.Equal(SampleRun.Metrics.Length, json["metrics"]!.Count());
        Assert.Equal(Input.Results.CountAll().Completed, (int)json["rollouts"]!["completed"]!);
        Assert.Equal(Input.Gates[0].Decides.Interval.Low, (double)json["gates"]![0]!["decides"]!["low"]!);
    }

    [Fact]
    public void JUnit_counts_failures_and_tells_how_to_reproduce_them()
    {
        var suite = XDocument.Parse(JUnitXml.Write(SampleRun.Input(withReplays: false))).Root!.Element("testsuite")!;

        Assert.Equal(5, suite.Elements("testcase").Count());
        Assert.Equal("1", suite.Attribute("failures")!.Value);
        var failure = suite.Descendants("failure").Single();
        Assert.Contains("simeval run scenarios/driving/cut-in.json", failure.Value);
        Assert.Equal(
            suite
                .Elements("testcase")
                .Count(c => c.Element("error") is not null)
                .ToString(CultureInfo.InvariantCulture),
            suite.Attribute("errors")!.Value
        );
        Assert.Contains(suite.Descendants("property"), p => p.Attribute("name")!.Value == "results.hash");
    }

    [Fact]
    public void JUnit_without_gates_is_one_skipped_case()
    {
        var input = SampleRun.Input(seeds: 1, withReplays: false, withGates: false);

        var suite = XDocument.Parse(JUnitXml.Write(input)).Root!.Element("testsuite")!;

        Assert.Equal("1", suite.Attribute("skipped")!.Value);
        Assert.NotNull(suite.Element("testcase")!.Element("skipped"));
    }

    [Fact]
    public void JUnit_shows_control_characters_as_their_codes()
    {
        var input = Input with { Reproduce = "bell \u0007 & <tag>", Run = "run\u0000" };

        var document = XDocument.Parse(JUnitXml.Write(input));

        Assert.Contains("run\\u0000", document.ToString());
    }

    [Fact]
    public void A_report_is_three_files_and_last_the_page_that_says_they_are_there()
    {
        var files = ReportFiles.Of(Input).ToArray();

        Assert.Equal([".json", ".csv", ".junit.xml", ".html"], files.Select(f => f.Extension));
        Assert.All(files, f => Assert.NotEmpty(f.Text));
    }
}
