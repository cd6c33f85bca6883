using SimEval.Reports.Build;
using SimEval.Reports.Data;
using SimEval.Reports.Page;
using SimEval.Tests.Reports;
using Xunit;

namespace SimEval.EndToEnd.Reports;

/// <summary>One browser and one sample report for all tests of the page; pictures are left in artifacts/report-pages.</summary>
public sealed class ReportBrowser : IAsyncLifetime
{
    /// <summary>Where pages and pictures go.</summary>
    public string Folder { get; } = Path.Combine(Root(), "artifacts", "report-pages");

    /// <summary>The sample's data.</summary>
    public ReportData Data { get; } = ReportBuilder.Build(SampleRun.Input());

    /// <summary>The sample's page.</summary>
    public string Sample => Path.Combine(Folder, "sample.html");

    internal Chromium? Browser { get; private set; }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Sample, ReportPage.Render(Data));
        if (Chromium.Path is not null)
            Browser = await Chromium.StartAsync();
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Browser?.Dispose();
        return Task.CompletedTask;
    }

    internal string Write(string name, ReportInput input) => Write(name, ReportBuilder.Build(input));

    internal string Write(string name, ReportData data)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, ReportPage.Render(data));
        return file;
    }

    internal async Task PictureAsync(string name) =>
        await File.WriteAllBytesAsync(Path.Combine(Folder, name), await Browser!.ScreenshotAsync());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimEval.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
