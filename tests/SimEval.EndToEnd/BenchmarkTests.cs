using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>The benchmarks still run. Their figures here mean nothing.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public void Every_benchmark_runs_in_its_quick_mode_and_writes_its_line()
    {
        var output = Path.Combine(Directory.CreateTempSubdirectory("simeval-bench-").FullName, "bench.json");
        var folder = Path.GetFileName(Path.GetDirectoryName(SimEvalProcess.Program))!;
        var program = Path.Combine(
            SimEvalProcess.Root,
            "artifacts",
            "bin",
            "SimEval.LoadTests",
            folder,
            "SimEval.LoadTests.dll"
        );
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "--quick", "--out", output])
            {
                WorkingDirectory = SimEvalProcess.Root,
                RedirectStandardOutput = true,
            }
        )!;
        var told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, told);
        foreach (var line in JsonDocument.Parse(File.ReadAllText(output)).RootElement.EnumerateArray())
        {
            Assert.False(string.IsNullOrEmpty(line.GetProperty("name").GetString()));
            Assert.Contains(line.GetProperty("direction").GetString(), new[] { "atLeast", "atMost" });
            Assert.True(line.TryGetProperty("value", out _) && line.TryGetProperty("goal", out _));
        }
    }
}
