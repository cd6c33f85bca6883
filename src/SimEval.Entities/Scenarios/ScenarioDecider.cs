namespace SimEval.Entities.Scenarios;

/// <summary>What a scenario can be asked to do.</summary>
public abstract record ScenarioCommand
{
    private ScenarioCommand() { }

    /// <summary>Hand out the next run number; the same token again gets the same number.</summary>
    public sealed record NumberRun(string Token) : ScenarioCommand;

    /// <summary>Note a submitted run.</summary>
    public sealed record AddRun(string Run, string Hash, DateTimeOffset Now) : ScenarioCommand;

    /// <summary>Forget a deleted run.</summary>
    public sealed record RemoveRun(string Run) : ScenarioCommand;

    /// <summary>Make a finished run the baseline.</summary>
    public sealed record AcceptBaseline(string Run, DateTimeOffset Now) : ScenarioCommand;
}

/// <summary>What a scenario decides.</summary>
public static class ScenarioDecider
{
    /// <summary>The entity type's name in addresses.</summary>
    public const string Type = "scenario";

    /// <summary>The decision on a command in a state.</summary>
    public static Decision<ScenarioEvent> Decide(ScenarioHistory state, ScenarioCommand command) =>
        command switch
        {
            ScenarioCommand.NumberRun c when c.Token == state.LastToken => new() { Answer = state.LastNumber },
            ScenarioCommand.NumberRun c => new()
            {
                Events = [new ScenarioEvent.RunNumbered(state.LastNumber + 1, c.Token)],
                Answer = state.LastNumber + 1,
            },
            ScenarioCommand.AddRun c when state.Runs.Contains(c.Run) => Decision<ScenarioEvent>.Nothing,
            ScenarioCommand.AddRun c => Decision<ScenarioEvent>.Of(new ScenarioEvent.RunAdded(c.Run, c.Hash, c.Now)),
            ScenarioCommand.RemoveRun c when !state.Runs.Contains(c.Run) => Decision<ScenarioEvent>.Nothing,
            ScenarioCommand.RemoveRun c => Decision<ScenarioEvent>.Of(new ScenarioEvent.RunRemoved(c.Run)),
            ScenarioCommand.AcceptBaseline c when !state.Runs.Contains(c.Run) => Decision<ScenarioEvent>.Rejected(
                $"{c.Run} is not a run of this scenario"
            ),
            ScenarioCommand.AcceptBaseline c when state.Baseline == c.Run => Decision<ScenarioEvent>.Nothing,
            ScenarioCommand.AcceptBaseline c => Decision<ScenarioEvent>.Of(
                new ScenarioEvent.BaselineAccepted(c.Run, c.Now)
            ),
            _ => throw new InvalidOperationException($"scenario: unknown command {command.GetType().Name}"),
        };
}
