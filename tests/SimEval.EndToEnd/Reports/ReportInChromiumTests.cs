using SimEval.Reports.Data;
using SimEval.Tests.Reports;
using Xunit;

namespace SimEval.EndToEnd.Reports;

/// <summary>The report as a reader has it: one file in a browser. Pictures of it are left in artifacts/report-pages.</summary>
public sealed class ReportInChromiumTests(ReportBrowser pages) : IClassFixture<ReportBrowser>, IAsyncLifetime
{
    private readonly Chromium browser = pages.Browser!;

    public Task InitializeAsync()
    {
        browser?.Forget();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [ChromiumFact]
    public async Task A_report_of_3600_rollouts_is_one_small_file_that_asks_for_nothing()
    {
        await browser.OpenAsync(pages.Sample, 1200, 900);

        Assert.True(new FileInfo(pages.Sample).Length < 10_000_000);
        Assert.Empty(browser.Complaints);
        Assert.Empty(browser.Requests);
        await pages.PictureAsync("light.png");
    }

    [ChromiumFact]
    public async Task It_reads_in_order_verdict_gates_where_replays_distributions_method()
    {
        await browser.OpenAsync(pages.Sample, 1200, 900);

        var ids = await browser.EvaluateAsync(
            "[...document.querySelectorAll('header[id],section[id]')].map(e => e.id).join(' ')"
        );

        Assert.Equal(
            "verdict gates builds changes where replays departures rollouts distributions method",
            (string?)ids
        );
    }

    [ChromiumFact]
    public async Task A_column_of_numbers_has_one_notation()
    {
        var change = pages.Data.Changes.First(c => pages.Data.Metrics[c.Metric].Name == "score");
        var timed = Enumerable.Range(0, pages.Data.Metrics.Count).First(i => pages.Data.Metrics[i].Unit == "s");
        ReportChange[] changes =
        [
            change with
            {
                Difference = change.Difference with { Value = 0.00424, Low = 2.9e-4, High = 0.00819 },
                Direction = "better",
            },
            change with
            {
                Metric = timed,
                BaselineValue = 4.1e-7,
                Value = 7.1e-6,
                Difference = change.Difference with { Value = 6.7e-6, Low = 6.5e-6, High = 7e-6 },
                Direction = "worse",
            },
        ];

        await browser.OpenAsync(pages.Write("small.html", pages.Data with { Changes = changes }), 1200, 900);

        var text = (string)(await browser.EvaluateAsync("document.querySelector('#changes').innerText"))!;
        Assert.Contains("+0.00424 [+0.00029, +0.00819]", text, StringComparison.Ordinal);
        Assert.Contains("0.410\u00a0\u00b5s", text, StringComparison.Ordinal);
        Assert.Contains("+6.70\u00a0\u00b5s [+6.50, +7.00]", text, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task It_fits_a_phone_in_the_dark()
    {
        await browser.OpenAsync(pages.Sample, 360, 800, dark: true);

        var wide = await browser.EvaluateAsync("document.documentElement.scrollWidth");

        await pages.PictureAsync("phone-dark.png");
        Assert.Equal(360, (int)wide);
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task A_long_name_does_not_widen_a_phone()
    {
        var file = pages.Write("long.html", SampleRun.Input(new string('m', 100), seeds: 1));

        await browser.OpenAsync(file, 360, 800);
        await browser.EvaluateAsync("document.querySelectorAll('details').forEach(d => (d.open = true))");
        await browser.EvaluateAsync("new Promise(done => setTimeout(() => done(1), 100))");

        Assert.Equal(360, (int)await browser.EvaluateAsync("document.documentElement.scrollWidth"));
    }

    [ChromiumFact]
    public async Task It_is_dark_where_the_reader_wants_it_dark()
    {
        await browser.OpenAsync(pages.Sample, 1200, 900, dark: true);

        var paper = await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor");

        await pages.PictureAsync("dark.png");
        Assert.Equal("rgb(14, 17, 21)", (string?)paper);
    }

    [ChromiumFact]
    public async Task On_paper_it_shows_film_strips_and_no_control()
    {
        await browser.OpenAsync(pages.Sample, 1000, 900);

        var pdf = await browser.PrintAsync();

        await File.WriteAllBytesAsync(Path.Combine(pages.Folder, "paper.pdf"), pdf);
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);
        Assert.True((int)await browser.EvaluateAsync("document.querySelectorAll('.filmstrip .instant').length") >= 10);
    }

    [ChromiumFact]
    public async Task A_name_that_is_markup_is_shown_as_text()
    {
        const string Name = "<script>document.title='owned'</script><img src=x onerror=alert(1)></script>";
        var file = pages.Write("escape.html", SampleRun.Input(Name, seeds: 2));

        await browser.OpenAsync(file, 1200, 900);

        Assert.Contains(Name, (string?)await browser.EvaluateAsync("document.querySelector('.brand').textContent"));
        Assert.DoesNotContain("owned", ((string?)await browser.EvaluateAsync("document.title"))![..8]);
        Assert.Equal(0, (int)await browser.EvaluateAsync("document.querySelectorAll('main img').length"));
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task A_deep_link_opens_its_rollout_at_its_time()
    {
        var shown = pages.Data.Replays.Cases[2];
        var clip = pages.Data.Replays.Clips[shown.Clips[^1]];

        await browser.OpenAsync(pages.Sample, 1200, 900, hash: $"#rollout={Uri.EscapeDataString(clip.Rollout)}&t=1.5");

        Assert.StartsWith(
            "0:01.5",
            (string?)await browser.EvaluateAsync("document.querySelector('.clock').textContent")
        );
        Assert.Contains(
            shown.Title,
            (string?)await browser.EvaluateAsync("document.querySelector('.case-head h3').textContent")
        );
        Assert.True((double)await browser.EvaluateAsync("scrollY") > 500);
    }

    [ChromiumFact]
    public async Task A_link_to_a_rollout_that_is_not_carried_says_how_to_replay_it()
    {
        await browser.OpenAsync(pages.Sample, 1200, 900, hash: "#rollout=int8/0123/9");

        Assert.Contains(
            "simeval replay int8/0123/9",
            (string?)await browser.EvaluateAsync("document.querySelector('.notice').textContent")
        );
    }

    [ChromiumFact]
    public async Task The_player_steps_and_plays_by_keyboard()
    {
        await browser.OpenAsync(pages.Sample, 1200, 900);
        const string Press =
            "(key) => document.querySelector('.player').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))";
        const string Clock = "document.querySelector('.clock').textContent.split(' ')[0]";

        var home = await browser.EvaluateAsync($"({Press})('Home'), {Clock}");
        var step = await browser.EvaluateAsync($"({Press})('ArrowRight'), {Clock}");
        await browser.EvaluateAsync($"({Press})(' '), new Promise(done => setTimeout(() => done(1), 400))");
        var playing = await browser.EvaluateAsync(Clock);

        Assert.Equal("0:00.0", (string?)home);
        Assert.Equal("0:00.1", (string?)step);
        Assert.NotEqual("0:00.1", (string?)playing);
    }

    [ChromiumFact]
    public async Task Every_chart_has_a_name_and_a_table_behind_it()
    {
        await browser.OpenAsync(pages.Sample, 1200, 900);

        var nameless = await browser.EvaluateAsync(
            "[...document.querySelectorAll('svg[role=img]')].filter(s => !s.getAttribute('aria-label')).length"
        );
        await browser.EvaluateAsync("document.querySelectorAll('details.behind').forEach(d => (d.open = true))");
        await browser.EvaluateAsync("new Promise(done => setTimeout(() => done(1), 100))");
        var bare = await browser.EvaluateAsync(
            "[...document.querySelectorAll('details.behind')].filter(d => !d.querySelector('table,figure')).length"
        );

        Assert.Equal(0, (int)nameless);
        Assert.Equal(0, (int)bare);
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task Without_gates_sweep_baseline_or_replays_it_says_why_there_is_nothing()
    {
        var input = SampleRun.Input(seeds: 4, withReplays: false, withGates: false, swept: false, withBaseline: false);

        await browser.OpenAsync(pages.Write("empty.html", input), 1200, 900);

        Assert.True((int)await browser.EvaluateAsync("document.querySelectorAll('.empty').length") >= 3);
        Assert.Empty(browser.Complaints);
        await pages.PictureAsync("empty.png");
    }
}
