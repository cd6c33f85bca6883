using System.Text;
using Newtonsoft.Json.Linq;
using SimEval.Reports.Build;
using SimEval.Reports.Page;
using Xunit;

namespace SimEval.Tests.Reports;

/// <summary>The file itself.</summary>
public sealed class ReportPageTests
{
    private const string Open = "<script type=\"application/json\" id=\"report-data\">";

    [Fact]
    public void The_data_can_not_end_its_element_or_begin_another()
    {
        var page = ReportPage.Render(ReportBuilder.Build(SampleRun.Input("</script><script>alert(1)//", seeds: 1)));

        var data = DataOf(page);

        Assert.DoesNotContain('<', data);
        Assert.Equal("</script><script>alert(1)//", (string?)JObject.Parse(data)["run"]!["scenario"]);
    }

    [Fact]
    public void It_names_no_other_file_and_no_address()
    {
        var page = ReportPage.Render(ReportBuilder.Build(SampleRun.Input(seeds: 1)));
        var markup = page.Replace(DataOf(page), "", StringComparison.Ordinal);

        Assert.DoesNotContain("src=\"", markup);
        Assert.DoesNotContain("href=\"http", markup);
        Assert.DoesNotContain("url(http", markup);
        Assert.DoesNotContain("<link rel=\"stylesheet\"", markup);
    }

    [Fact]
    public void Numbers_that_do_not_exist_are_null()
    {
        var data = ReportBuilder.Build(SampleRun.Input(seeds: 1, withReplays: false));

        var json = JObject.Parse(DataOf(ReportPage.Render(data)));

        Assert.DoesNotContain("NaN", json.ToString());
        Assert.Equal("run", (string?)json["kind"]);
        Assert.Equal("simeval.report/1", (string?)json["schema"]);
    }

    [Fact]
    public void Ten_thousand_rollouts_stay_far_below_ten_megabytes()
    {
        var page = ReportPage.Render(ReportBuilder.Build(SampleRun.Input(seeds: 28)));

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 400_000, 3_000_000);
    }

    private static string DataOf(string page)
    {
        var from = page.IndexOf(Open, StringComparison.Ordinal) + Open.Length;
        return page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)];
    }
}
