using SimEval.Entities.Runs;
using SimEval.Entities.Scenarios;
using Xunit;

namespace SimEval.Tests.Entities;

public sealed class RunTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Submission Submitted = new(
        "toy-1",
        "toy",
        "hash",
        "blob",
        "/toy.json",
        [],
        null,
        Now,
        "1",
        new Dictionary<string, string>(),
        256,
        "simeval run toy.json"
    );

    private static readonly Conclusion Passed = new("Pass", "abc", "complete", "blob", Now);

    [Fact]
    public void A_submission_is_told_to_its_scenario_once()
    {
        var decision = RunDecider.Decide(RunState.Initial, new RunCommand.Submit(Submitted));
        var message = Assert.Single(decision.Messages);
        Assert.Equal(new ScenarioCommand.AddRun("toy-1", "hash", Now), message.Command);
        var again = RunDecider.Decide(After(new RunCommand.Submit(Submitted)), new RunCommand.Submit(Submitted));
        Assert.Empty(again.Events);
        Assert.Empty(again.Messages);
        Assert.Null(again.Rejection);
    }

    [Fact]
    public void A_finished_run_is_not_resumed()
    {
        var run = After(new RunCommand.Submit(Submitted), new RunCommand.Conclude(Passed));
        Assert.NotNull(RunDecider.Decide(run, new RunCommand.Resume(Now)).Rejection);
    }

    [Fact]
    public void The_same_conclusion_again_changes_nothing_and_another_is_refused()
    {
        var run = After(new RunCommand.Submit(Submitted), new RunCommand.Conclude(Passed));
        Assert.Empty(RunDecider.Decide(run, new RunCommand.Conclude(Passed)).Events);
        Assert.NotNull(
            RunDecider.Decide(run, new RunCommand.Conclude(Passed with { ResultsHash = "other" })).Rejection
        );
    }

    [Fact]
    public void A_deleted_run_stays_deleted()
    {
        var run = After(new RunCommand.Submit(Submitted), new RunCommand.Delete(Now));
        Assert.Empty(RunDecider.Decide(run, new RunCommand.Delete(Now)).Events);
        Assert.NotNull(RunDecider.Decide(run, new RunCommand.Submit(Submitted)).Rejection);
    }

    [Fact]
    public void A_stop_is_decided_once()
    {
        var run = After(new RunCommand.Submit(Submitted), new RunCommand.Stop(10, "look 1"));
        Assert.Empty(RunDecider.Decide(run, new RunCommand.Stop(20, "look 2")).Events);
    }

    [Fact]
    public void A_run_number_is_handed_out_once_a_request()
    {
        var history = ScenarioHistory.Initial;
        long Number(string token)
        {
            var decision = ScenarioDecider.Decide(history, new ScenarioCommand.NumberRun(token));
            history = decision.Events.Aggregate(history, ScenarioHistory.Evolve);
            return decision.Answer;
        }

        Assert.Equal([1, 1, 2], new[] { Number("a"), Number("a"), Number("b") });
    }

    private static RunState After(params RunCommand[] commands) =>
        commands.Aggregate(
            RunState.Initial,
            (state, command) => RunDecider.Decide(state, command).Events.Aggregate(state, RunState.Evolve)
        );
}
