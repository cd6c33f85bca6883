using SimEval.Engine;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Metrics.Gates;
using Xunit;

namespace SimEval.Tests.Engine;

public sealed class RunTests
{
    private const string Scenario = """
        { "name": "toy", "world": { "toy": { "noise": "$noise", "frames": 30 } },
          "sweep": { "noise": [0.5, 1, 2] }, "seeds": 10,
          "variants": { "expert": "expert", "idle": "idle" }, "baseline": "expert",
          "gates": [ { "metric": "lost", "atMost": 0.5 }, { "metric": "score", "noWorseBy": 0.01 } ] }
        """;

    [Fact]
    public async Task A_run_judges_every_rollout()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var outcome = await engine.RunAsync(Scenario);
        Assert.True(outcome.End.Kind == ExecutionEndKind.Complete, outcome.End.ToString());
        Assert.Equal(Verdict.Fail, outcome.Assessment!.Verdict);
        var results = await engine.Service.Library.CountedAsync(outcome.Run);
        Assert.Equal(60, results.CountAll().Completed);
        Assert.True(results.IsComplete);
    }

    [Fact]
    public async Task Results_do_not_depend_on_rollouts_in_flight_or_order()
    {
        var hashes = new List<string>();
        foreach (var (inFlight, shuffle) in ((int, ulong?)[])[(32, null), (1, null), (5, 7), (32, 8)])
        {
            using var folder = new TemporaryFolder();
            await using var engine = await ToyEngine.OpenAsync(folder.Path, inFlight: inFlight);
            var outcome = await engine.RunAsync(Scenario, new ExecutionOptions(shuffle));
            hashes.Add(outcome.Run.Conclusion!.ResultsHash);
        }

        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public async Task An_interrupted_run_ends_with_the_results_of_an_uninterrupted_one()
    {
        using var whole = new TemporaryFolder();
        string expected;
        await using (var engine = await ToyEngine.OpenAsync(whole.Path))
            expected = (await engine.RunAsync(Scenario)).Run.Conclusion!.ResultsHash;

        using var folder = new TemporaryFolder();
        string run;
        await using (var engine = await ToyEngine.OpenAsync(folder.Path))
        {
            run = await engine.SubmitAsync(Scenario);
            using var interrupt = new CancellationTokenSource();
            await interrupt.CancelAsync();
            var cut = await engine.Service.ExecuteAsync(run, new ExecutionOptions(), null, interrupt.Token);
            Assert.Equal(ExecutionEndKind.Interrupted, cut.End.Kind);
        }

        await using var second = await ToyEngine.OpenAsync(folder.Path);
        var resumed = await second.Service.ExecuteAsync(run, new ExecutionOptions(), null, default);
        Assert.Equal(expected, resumed.Run.Conclusion!.ResultsHash);
    }

    [Fact]
    public async Task Every_rollout_replays_frame_by_frame()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var outcome = await engine.RunAsync(Scenario);
        var run = outcome.Run;
        foreach (var cohort in run.Plan.Cohorts)
        foreach (var key in run.Plan.MembersOf(cohort))
        {
            var rollout = await engine.Service.Library.RolloutAsync(run, key);
            var world = run.Ready.Worlds.Of(key.Point);
            var replay = Replayer.Replay(world, run.Ready.Scenario.Seed, key.Pair, rollout!.Recording);
            Assert.Null(replay.FirstMismatch);
            Assert.Equal(rollout.State.Result!.Frames, replay.Matched);
        }
    }

    [Fact]
    public async Task A_policy_that_throws_is_an_infrastructure_error_and_never_a_pass()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var outcome = await engine.RunAsync(
            """
            { "name": "throwing", "world": { "toy": {} }, "seeds": 5, "variants": { "expert": "expert", "bad": "throws" },
              "gates": [ { "metric": "lost", "atMost": 1, "variants": ["bad"] } ] }
            """
        );
        Assert.Equal(Verdict.Error, outcome.Assessment!.Verdict);
        var results = await engine.Service.Library.CountedAsync(outcome.Run);
        Assert.Equal(5, results.CountOf(1).InfrastructureErrors);
    }

    [Fact]
    public async Task A_deleted_run_leaves_no_blob()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var outcome = await engine.RunAsync(Scenario);
        var collected = await engine.Service.DeleteAsync(outcome.Run.Id);
        Assert.True(collected.Blobs > 0);
        Assert.Empty(await engine.Service.Library.ListAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, "blobs"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_run_stops_at_a_declared_look_with_the_same_results_however_it_is_carried_out()
    {
        const string stopping = """
            { "name": "stopping", "world": { "toy": { "noise": 0.1, "frames": 20 } }, "seeds": 400,
              "variants": { "expert": "expert" }, "stopping": { "enabled": true, "looks": [0.25, 0.5, 0.75] },
              "gates": [ { "metric": "lost", "atMost": 0.2, "variants": ["expert"] } ] }
            """;
        var ends = new List<(string Hash, int Pairs)>();
        foreach (var (inFlight, shuffle) in ((int, ulong?)[])[(32, null), (1, null), (32, 3)])
        {
            using var folder = new TemporaryFolder();
            await using var engine = await ToyEngine.OpenAsync(folder.Path, inFlight: inFlight);
            var outcome = await engine.RunAsync(stopping, new ExecutionOptions(shuffle));
            Assert.Equal(ExecutionEndKind.StoppedAtLook, outcome.End.Kind);
            Assert.Equal(Verdict.Pass, outcome.Assessment!.Verdict);
            ends.Add((outcome.Run.Conclusion!.ResultsHash, outcome.End.Pairs));
        }

        Assert.Equal((ends[0].Hash, 100), Assert.Single(ends.Distinct()));
    }

    [Fact]
    public async Task A_gate_against_a_baseline_without_one_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        const string scenario = """
            { "name": "alone", "world": { "toy": {} }, "variants": { "expert": "expert" },
              "gates": [ { "metric": "lost", "noWorseBy": 0.01 } ] }
            """;
        var refused = await Assert.ThrowsAsync<RunRefusedException>(() => engine.SubmitAsync(scenario));
        Assert.Contains("--baseline", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_run_is_what_the_next_one_is_compared_with()
    {
        const string scenario = """
            { "name": "accepted", "world": { "toy": { "frames": 15 } }, "seeds": 200, "variants": { "expert": "expert" },
              "gates": [ { "metric": "lost", "atMost": 1 } ] }
            """;
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var first = await engine.RunAsync(scenario);
        Assert.Equal(new ExecutionEnd(ExecutionEndKind.Complete, 200, "complete"), first.End);
        await engine.Service.AcceptAsync(first.Run.Id);
        var second = await engine.RunAsync(
            scenario.Replace("\"atMost\": 1", "\"noWorseBy\": 0.05", StringComparison.Ordinal)
        );
        Assert.Equal(Verdict.Pass, second.Assessment!.Verdict);
        Assert.Equal($"expert of run {first.Run.Id}", second.Assessment.Gates[0].Baseline);
    }

    [Fact]
    public async Task A_budget_of_rollouts_takes_whole_pairs()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var outcome = await engine.RunAsync(
            Scenario.Replace(
                "\"seeds\": 10",
                "\"seeds\": 10, \"budget\": { \"rollouts\": 21 }",
                StringComparison.Ordinal
            )
        );
        var counts = (await engine.Service.Library.CountedAsync(outcome.Run)).CountAll();
        Assert.Equal(20, counts.Completed);
    }

    [Fact]
    public async Task A_run_without_gates_ends_with_no_verdict()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var outcome = await engine.RunAsync("""{ "world": { "toy": {} }, "variants": { "idle": "idle" } }""");
        Assert.Equal(Verdict.None, outcome.Assessment!.Verdict);
        var values = (await engine.Service.Library.CountedAsync(outcome.Run))[0, 0]!.Values;
        Assert.False(double.IsNaN(values[2]), "the engine runs the reference itself, so the score is there");
    }
}
