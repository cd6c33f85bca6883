using System.Globalization;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>A policy in a program of its own, as a user has it.</summary>
public sealed class ProgramPolicyTests : IDisposable
{
    private const string Follow = """
        import os, time
        import simeval_policy
        print("noise on standard output")
        def act(observation):
            open("pid", "w").write(str(os.getpid()))
            time.sleep(0)
            return [[0.1 * row[13], row[6]] for row in observation["observation"]]
        simeval_policy.serve(act, use_numpy=False)
        """;

    private readonly SimEvalProcess _simeval = new();

    public void Dispose() => _simeval.Dispose();

    [PythonFact]
    public void A_policy_in_Python_runs_and_its_rollouts_replay_without_it()
    {
        _simeval.Write("policy.py", Follow);
        _simeval.Write("mine.json", Scenario);
        var run = _simeval.Run("run", "mine.json", "--json").Expect(0).Json;
        Assert.Equal(32, run.GetProperty("rollouts").GetProperty("completed").GetInt32());
        File.Delete(Path.Combine(_simeval.Folder, "policy.py"));
        _simeval.Run("replay", "mine/gap=8,speed=15/0").Expect(0);
    }

    [PythonFact]
    public async Task A_killed_run_leaves_no_program_behind()
    {
        _simeval.Write("policy.py", Follow.Replace("sleep(0)", "sleep(0.02)", StringComparison.Ordinal));
        _simeval.Write("mine.json", Scenario);
        using var running = _simeval.Start("run", "mine.json", "-D", "terminal.plain-interval=100ms");
        await running.WaitForProgressAsync();
        running.Kill();
        running.Wait();
        // Each of them says who it is, with every answer; the last to write is as good as any.
        var pid = int.Parse(File.ReadAllText(Path.Combine(_simeval.Folder, "pid")), CultureInfo.InvariantCulture);
        Assert.True(
            SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{pid}"), TimeSpan.FromSeconds(20)),
            $"the program {pid} goes on"
        );
    }

    private static string Scenario =>
        TestScenarios
            .Small.Replace(
                "\"constant\": \"constantVelocity\"",
                "\"mine\": { \"process\": [\"python3\", \"policy.py\"] }",
                StringComparison.Ordinal
            )
            .Replace("\"name\": \"small\"", "\"name\": \"mine\"", StringComparison.Ordinal);
}

/// <summary>A fact that needs Python 3.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!Array.Exists(places, place => File.Exists(Path.Combine(place, "python3"))))
            Skip = "python3 is not here";
    }
}
