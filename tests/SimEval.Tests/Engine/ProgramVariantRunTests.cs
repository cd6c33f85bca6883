using SimEval.Devices.Processes;
using SimEval.Engine;
using SimEval.Engine.Replay;
using SimEval.Engine.Scheduling;
using SimEval.Metrics;
using SimEval.Tests.Devices.Processes;
using Xunit;

namespace SimEval.Tests.Engine;

/// <summary>Runs whose policy is a program of its own, in Python.</summary>
public sealed class ProgramVariantRunTests
{
    private const string OnlyOnce = "2.4";

    private const string Steady =
        "def act(observation):\n    return [[-2 * row[0] - 2 * row[1]] for row in observation['state']]";

    // The toy's place passes 2 m in some rollouts and not in others.
    private const string Fragile =
        "def act(observation):\n    for row in observation['state']:\n        if abs(row[0]) > 2: raise ValueError('off the map')\n    return [[0] for row in observation['state']]";

    [PythonFact]
    public async Task A_program_drives_rollouts_that_replay_without_it_and_do_not_depend_on_the_batch()
    {
        using var program = PythonProgram.Serving(Steady, ", use_numpy=False");
        var hashes = new List<string>();
        foreach (var (inFlight, shuffle) in ((int, ulong?)[])[(32, null), (1, null), (5, 7)])
        {
            using var folder = new TemporaryFolder();
            await using var engine = await ToyEngine.OpenAsync(folder.Path, inFlight: inFlight);
            var outcome = await engine.RunAsync(Scenario(program, 0.5), new ExecutionOptions(shuffle));
            hashes.Add(outcome.Run.Conclusion!.ResultsHash);
            Assert.Equal(20, (await engine.Service.Library.CountedAsync(outcome.Run)).CountAll().Completed);
            Assert.Equal(64, outcome.Assessment!.Variants.Single(p => p.ModelHash.Length > 0).ModelHash.Length);
            var cohort = outcome.Run.Plan.Cohorts.First(c => c.Variant.Variant.Name == "mine");
            var key = outcome.Run.Plan.MembersOf(cohort).First();
            var rollout = await engine.Service.Library.RolloutAsync(outcome.Run, key);
            var world = outcome.Run.Ready.Worlds.Of(key.Point);
            Assert.Null(
                Replayer.Replay(world, outcome.Run.Ready.Scenario.Seed, key.Pair, rollout!.Recording).FirstMismatch
            );
        }

        Assert.Single(hashes.Distinct());
    }

    [PythonFact]
    public async Task What_the_program_can_not_do_is_its_own_failure_and_the_other_rollouts_go_on()
    {
        using var program = PythonProgram.Serving(Fragile, ", use_numpy=False");
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var outcome = await engine.RunAsync(Scenario(program, 1));
        var results = await engine.Service.Library.CountedAsync(outcome.Run);
        var counts = results.CountOf(1);
        Assert.Equal((0, 10), (counts.InfrastructureErrors, counts.Completed + counts.ModelFailed));
        Assert.True(counts.ModelFailed is > 0 and < 10, $"{counts}");
        var failed = Enumerable
            .Range(0, 10)
            .Select(pair => results[1, pair]!)
            .First(r => r.Outcome == RolloutOutcome.ModelFailed);
        Assert.Contains("ValueError: off the map", failed.Detail, StringComparison.Ordinal);
    }

    [PythonTheory]
    [InlineData("os._exit(3)", "ended by itself, with exit code 3. Its last words: a lorry")]
    [InlineData("time.sleep(1000)", "gave no answer within 2 s. Its last words: a lorry")]
    [InlineData("os.write(simeval_policy._pipes[1], b'Hello')", "begins with 'Hell'")]
    public async Task A_program_that_goes_wrong_in_the_middle_fails_its_rollout_and_everything_else_goes_on(
        string wrong,
        string words
    )
    {
        // In one rollout the toy's place passes this.
        var act =
            $"def act(observation):\n    for row in observation['state']:\n        if abs(row[0]) > {OnlyOnce}:\n            sys.stderr.write('a lorry\\n'); sys.stderr.flush(); {wrong}\n    return [[0] for row in observation['state']]";
        using var program = PythonProgram.Serving(act, ", use_numpy=False");
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(
            folder.Path,
            programs: new ProgramLimits(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2), 20)
        );
        var outcome = await engine.RunAsync(Scenario(program, 1));
        var results = await engine.Service.Library.CountedAsync(outcome.Run);
        Assert.Equal(ExecutionEndKind.Complete, outcome.End.Kind);
        Assert.Equal((10, 0), (results.CountOf(0).Completed, results.CountOf(0).ModelFailed));
        Assert.Equal(
            (9, 1, 0),
            (results.CountOf(1).Completed, results.CountOf(1).ModelFailed, results.CountOf(1).InfrastructureErrors)
        );
        var failed = Enumerable
            .Range(0, 10)
            .Select(pair => results[1, pair]!)
            .Single(result => result.Outcome == RolloutOutcome.ModelFailed);
        Assert.Contains(words, failed.Detail, StringComparison.Ordinal);
    }

    [PythonFact]
    public async Task A_program_that_has_changed_since_the_run_was_submitted_is_not_run_in_its_name()
    {
        using var program = PythonProgram.Serving(Steady);
        using var folder = new TemporaryFolder();
        await using var engine = await ToyEngine.OpenAsync(folder.Path);
        var run = await engine.SubmitAsync(Scenario(program, 0.5));
        await File.AppendAllTextAsync(program.PathOf("policy.py"), "# changed\n");
        var refused = await Assert.ThrowsAnyAsync<Exception>(() =>
            engine.Service.ExecuteAsync(run, new ExecutionOptions(), null, default)
        );
        Assert.Contains("no longer what it was when the run was submitted", refused.Message, StringComparison.Ordinal);
    }

    private static string Scenario(PythonProgram program, double noise) =>
        $$"""
            { "name": "program", "world": { "toy": { "noise": {{noise.ToString(
                System.Globalization.CultureInfo.InvariantCulture
            )}}, "frames": 30 } }, "seeds": 10,
              "variants": { "expert": "expert", "mine": { "process": ["{{program.Command.Arguments[
                0
            ]}}", "{{program.Command.Arguments[1]}}"] } } }
            """;
}
