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

    [PythonFact]
    public void A_policy_in_Python_is_checked_run_compared_and_inferred_like_a_model()
    {
        _simeval.Write("policy.py", Follow);
        _simeval.Write("mine.json", Scenario);
        _simeval.Run("run", "mine.json", "-q").Expect(0);
        var check = _simeval.Run("model", "check", "policy.py@process", "--json").Expect(0).Json;
        Assert.True(check.GetProperty("batchInvariant").GetBoolean());
        var ran = _simeval.Run("model", "run", "policy.py@process", "--random", "3", "--json").Expect(0).Json;
        Assert.Equal("process", ran.GetProperty("device").GetString());
        Assert.Equal(
            [3, 2],
            ran.GetProperty("outputs")[0].GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())
        );
        var diff = _simeval.Run("model", "diff", "policy.py@process", "policy.py@process", "--json").Expect(0).Json;
        Assert.True(diff.GetProperty("equal").GetBoolean());
        string[] recorded = ["--frames", "mine-1", "--variant", "mine", "--json"];
        var frames = _simeval
            .Run(["model", "diff", "policy.py@process", "policy.py@process", .. recorded])
            .Expect(0)
            .Json;
        Assert.True(frames.GetProperty("frames").GetInt32() > 0);
        // The run's own program over the run's own frames gives the actions that were recorded.
        string[] infer =
        [
            "infer",
            "policy.py@process",
            "--frames",
            "mine-1",
            "--variant",
            "mine",
            "--out",
            "out.npz",
            "--json",
        ];
        var metrics = _simeval.Run(infer).Expect(0).Json.GetProperty("metrics");
        Assert.Equal(0, metrics.GetProperty("l1").GetDouble());
    }

    [PythonFact]
    public void A_program_is_offered_what_the_recorded_run_observes()
    {
        _simeval.Write(
            "policy.py",
            """
            import simeval_policy
            def act(observation):
                assert len(observation) > 1
                return [[0.5, 0] for _ in next(iter(observation.values()))]
            simeval_policy.serve(act, use_numpy=False)
            """
        );
        _simeval.Write(
            "vector.json",
            Scenario.Replace(
                "\"traffic\":",
                "\"observation\": { \"kind\": \"vector\" }, \"traffic\":",
                StringComparison.Ordinal
            )
        );
        _simeval.Run("run", "vector.json", "-q").Expect(0);
        var diff = _simeval
            .Run("model", "diff", "policy.py@process", "policy.py@process", "--frames", "mine-1", "--json")
            .Expect(0)
            .Json;
        Assert.True(diff.GetProperty("equal").GetBoolean());
    }

    [PythonFact]
    public void A_killed_inference_of_a_program_goes_on_from_another_folder_and_ends_with_the_same_bytes()
    {
        _simeval.Write("policy.py", Follow.Replace("sleep(0)", "sleep(0.001)", StringComparison.Ordinal));
        _simeval.Write("mine.json", Scenario);
        _simeval.Run("run", "mine.json", "-q").Expect(0);
        string[] infer = ["infer", "policy.py@process", "--frames", "mine-1", "--variant", "mine"];
        var whole = _simeval.Run([.. infer, "--out", "whole.npz", "--json"]).Expect(0).Json;
        using (var running = _simeval.Start([.. infer, "--out", "killed.npz"]))
        {
            Assert.True(
                SpinWait.SpinUntil(() => running.HasEnded || UnitsDone("infer-policy-2") > 0, TimeSpan.FromSeconds(60))
            );
            running.Kill();
            running.Wait();
        }

        var resumed = _simeval
            .RunIn("elsewhere", "resume", "infer-policy-2", "--data", "../.simeval", "--json")
            .Expect(0)
            .Json;
        Assert.Equal(whole.GetProperty("resultsHash").GetString(), resumed.GetProperty("resultsHash").GetString());
        Assert.True(
            File.ReadAllBytes(Path.Combine(_simeval.Folder, "whole.npz"))
                .SequenceEqual(File.ReadAllBytes(Path.Combine(_simeval.Folder, "killed.npz")))
        );
    }

    private int UnitsDone(string run)
    {
        var status = _simeval.Run("status", run, "--json");
        return status.Code == 0 ? status.Json.GetProperty("unitsDone").GetInt32() : 0;
    }

    [PythonTheory]
    [InlineData("import os; os._exit(3)", "exit code 3")]
    [InlineData("time.sleep(60)", "no answer within 0.5 s")]
    [InlineData("raise ValueError('no such lane')", "no such lane")]
    public void A_program_that_fails_a_model_verb_is_named_with_its_last_words(string failing, string reason)
    {
        _simeval.Write(
            "bad.py",
            $"""
            import sys, time
            import simeval_policy
            def act(observation):
                print("the weights are gone", file=sys.stderr, flush=True)
                {failing}
            simeval_policy.serve(act, use_numpy=False)
            """
        );
        string[] verb = ["model", "check", "bad.py@process", "-D", "executor.process.step-time=500ms"];
        var refused = _simeval.Run(verb).Expect(1).Errors;
        Assert.StartsWith("bad.py: ", refused, StringComparison.Ordinal);
        Assert.Contains(reason, refused, StringComparison.Ordinal);
        if (!failing.StartsWith("raise", StringComparison.Ordinal))
            Assert.Contains("the weights are gone", refused, StringComparison.Ordinal);
    }

    [PythonFact]
    public void A_program_that_holds_state_is_no_function_of_its_inputs()
    {
        _simeval.Write(
            "state.py",
            """
            import simeval_policy
            def act(observation, slots):
                return [[0, 0] for _ in slots]
            simeval_policy.serve(act, reset=lambda slot: None, use_numpy=False)
            """
        );
        var refused = _simeval.Run("model", "run", "state.py@process", "--random", "1").Expect(8).Errors;
        Assert.Contains("run it as a variant of a scenario", refused, StringComparison.Ordinal);
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

/// <summary>A theory that needs Python 3.</summary>
internal sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = new PythonFactAttribute().Skip;
}
