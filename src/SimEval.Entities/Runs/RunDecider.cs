using SimEval.Entities.Scenarios;

namespace SimEval.Entities.Runs;

/// <summary>What a run can be asked to do.</summary>
public abstract record RunCommand
{
    private RunCommand() { }

    /// <summary>Submit it. The same submission again changes nothing.</summary>
    public sealed record Submit(Submission Submission) : RunCommand;

    /// <summary>Note that a process takes it up again.</summary>
    public sealed record Resume(DateTimeOffset Now) : RunCommand;

    /// <summary>Stop at a look.</summary>
    public sealed record Stop(int Pairs, string Reason) : RunCommand;

    /// <summary>End it.</summary>
    public sealed record Conclude(Conclusion Conclusion) : RunCommand;

    /// <summary>Delete it.</summary>
    public sealed record Delete(DateTimeOffset Now) : RunCommand;
}

/// <summary>What a run decides.</summary>
public static class RunDecider
{
    /// <summary>The entity type's name in addresses.</summary>
    public const string Type = "run";

    /// <summary>The decision on a command in a state.</summary>
    public static Decision<RunEvent> Decide(RunState state, RunCommand command) =>
        (state, command) switch
        {
            (RunState.None, RunCommand.Submit c) => new()
            {
                Events = [new RunEvent.Submitted(c.Submission)],
                Messages =
                [
                    new Outgoing(
                        new EntityAddress(ScenarioDecider.Type, c.Submission.Scenario),
                        new ScenarioCommand.AddRun(
                            c.Submission.Run,
                            c.Submission.ScenarioHash,
                            c.Submission.SubmittedAt
                        )
                    ),
                ],
            },
            (RunState.Active s, RunCommand.Submit c) when s.Submission.ScenarioHash == c.Submission.ScenarioHash =>
                Decision<RunEvent>.Nothing,
            (_, RunCommand.Submit c) => Refuse($"run {c.Submission.Run} exists"),
            (RunState.None, _) => Refuse("no such run"),
            (RunState.Gone s, RunCommand.Delete) => Decision<RunEvent>.Nothing,
            (RunState.Gone s, _) => Refuse($"run {s.Run} was deleted"),
            (RunState.Active, RunCommand.Resume c) => Decision<RunEvent>.Of(new RunEvent.Resumed(c.Now)),
            (RunState.Active s, RunCommand.Stop) when s.StoppedAtPairs is not null => Decision<RunEvent>.Nothing,
            (RunState.Active, RunCommand.Stop c) => Decision<RunEvent>.Of(new RunEvent.Stopped(c.Pairs, c.Reason)),
            (RunState.Active, RunCommand.Conclude c) => Decision<RunEvent>.Of(new RunEvent.Concluded(c.Conclusion)),
            (RunState.Finished s, RunCommand.Conclude c) when s.Conclusion.ResultsHash == c.Conclusion.ResultsHash =>
                Decision<RunEvent>.Nothing,
            (RunState.Finished s, RunCommand.Resume or RunCommand.Stop or RunCommand.Conclude) => Refuse(
                $"run {s.Submission.Run} has ended"
            ),
            (RunState.Active s, RunCommand.Delete c) => Deleted(s.Submission, c),
            (RunState.Finished s, RunCommand.Delete c) => Deleted(s.Submission, c),
            _ => throw new InvalidOperationException(
                $"run: no decision on {command.GetType().Name} in {state.GetType().Name}"
            ),
        };

    private static Decision<RunEvent> Deleted(Submission submission, RunCommand.Delete command) =>
        new()
        {
            Events = [new RunEvent.Deleted(command.Now)],
            Messages =
            [
                new Outgoing(
                    new EntityAddress(ScenarioDecider.Type, submission.Scenario),
                    new ScenarioCommand.RemoveRun(submission.Run)
                ),
            ],
        };

    private static Decision<RunEvent> Refuse(string reason) => Decision<RunEvent>.Rejected(reason);
}
