using System.Text.Json;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>Whatever ends the process, `resume` ends with the results of a run that nothing interrupted.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Seeds = 40;
    private readonly SimEvalProcess _simeval = new();

    public void Dispose() => _simeval.Dispose();

    [Fact]
    public async Task A_killed_run_ends_with_the_results_of_an_uninterrupted_one()
    {
        // The moments are drawn anew each time; a failure names them.
        var draw = new Random();
        _simeval.Write("long.json", TestScenarios.Long(Seeds));
        var whole = _simeval.Run("run", "long.json", "--json", "--data", "whole").Expect(0).Json;
        var moments = new List<int>();
        string[] verb = ["run", "long.json", "--data", "killed", "-D", "engine.flush-interval=50ms"];
        for (var kill = 0; kill < 5; kill++)
        {
            using var running = _simeval.Start([.. verb, "-D", "terminal.plain-interval=100ms"]);
            if (kill > 0)
            {
                await running.WaitForProgressAsync();
            }
            moments.Add(draw.Next(1200));
            await Task.Delay(TimeSpan.FromMilliseconds(moments[^1]));
            running.Kill();
            running.Wait();
            if (Directory.Exists(Path.Combine(_simeval.Folder, "killed")) && HasRun())
            {
                verb = ["resume", "--data", "killed", "-D", "engine.flush-interval=50ms"];
            }
        }
        var resumed = HasRun()
            ? _simeval.Run("resume", "--json", "--data", "killed").Expect(0).Json
            : _simeval.Run("run", "long.json", "--json", "--data", "killed").Expect(0).Json;
        var told = $"killed {string.Join(", ", moments)} ms after the start or the first progress";
        Assert.True(Hash(whole) == Hash(resumed), told);
        Assert.True(Csv("whole", whole) == Csv("killed", resumed), told);
    }

    [Fact]
    public async Task Ctrl_C_keeps_what_is_done_and_says_how_to_go_on()
    {
        _simeval.Write("long.json", TestScenarios.Long(Seeds));
        using var running = _simeval.Start("run", "long.json", "--json", "-D", "terminal.plain-interval=100ms");
        await running.WaitForProgressAsync();
        running.Interrupt();
        var ended = running.Wait();
        if (ended.Code != 0)
        {
            ended.Expect(2);
            Assert.Contains("simeval resume long-1", ended.Errors, StringComparison.Ordinal);
            Assert.Equal(JsonValueKind.Null, ended.Json.GetProperty("verdict").ValueKind);
            Assert.Equal(
                "unfinished",
                _simeval.Run("status", "--json").Expect(0).Json.GetProperty("state").GetString()
            );
        }
        var resumed = _simeval.Run("resume", "--json").Expect(0).Json;
        var whole = _simeval.Run("run", "long.json", "--json", "--data", "whole").Expect(0).Json;
        Assert.Equal(Hash(whole), Hash(resumed));
    }

    [Fact]
    public async Task A_second_process_is_told_who_has_the_folder_and_readers_work_beside_it()
    {
        _simeval.Write("long.json", TestScenarios.Long(Seeds));
        _simeval.Write("small.json", TestScenarios.Small);
        using var running = _simeval.Start("run", "long.json", "-D", "terminal.plain-interval=100ms");
        await running.WaitForProgressAsync();
        var second = _simeval.Run("run", "small.json");
        var status = _simeval.Run("status", "--json");
        if (!running.HasEnded)
        {
            second.Expect(6);
            Assert.Contains("in use by process", second.Errors, StringComparison.Ordinal);
            Assert.Equal("long-1", status.Expect(0).Json.GetProperty("run").GetString());
        }
        running.Wait().Expect(0);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("cut")]
    public void A_damaged_log_is_said_to_be_damaged(string how)
    {
        _simeval.Write("small.json", TestScenarios.Small);
        _simeval.Run("run", "small.json", "--quiet").Expect(0);
        var log = Path.Combine(_simeval.Folder, ".simeval", "simeval.db");
        foreach (var beside in Directory.EnumerateFiles(Path.GetDirectoryName(log)!, "simeval.db-*"))
        {
            File.Delete(beside);
        }
        var bytes = File.ReadAllBytes(log);
        File.WriteAllBytes(
            log,
            how == "cut" ? bytes[..(bytes.Length / 2)] : [.. Enumerable.Repeat((byte)0x5A, bytes.Length)]
        );
        foreach (var verb in new[] { "status", "resume", "list" })
        {
            var ended = _simeval.Run(verb).Expect(6);
            Assert.Contains("simeval.db", ended.Errors, StringComparison.Ordinal);
        }
    }

    private bool HasRun() => _simeval.Run("status", "--data", "killed").Code == 0;

    private static string? Hash(JsonElement run) => run.GetProperty("resultsHash").GetString();

    // The run's name stands in every line, and a kill before the submission costs a number.
    private string Csv(string data, JsonElement run)
    {
        var name = run.GetProperty("run").GetString()!;
        return File.ReadAllText(Path.Combine(_simeval.Folder, data, "reports", name + ".csv"))
            .Replace(name, "long", StringComparison.Ordinal);
    }
}
