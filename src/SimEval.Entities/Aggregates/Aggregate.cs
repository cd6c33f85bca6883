using System.Collections.Immutable;
using SimEval.Metrics;
using SimEval.Scenarios;

namespace SimEval.Entities.Aggregates;

/// <summary>What happens to a run's aggregate.</summary>
public abstract record AggregateEvent
{
    private AggregateEvent() { }

    /// <summary>Results came in, in any order.</summary>
    public sealed record Recorded(IReadOnlyList<RolloutResult> Results) : AggregateEvent;
}

/// <summary>
/// The results of a run so far: a set, so that nothing computed from it depends on the order in which they came.
/// </summary>
/// <param name="Results">By rollout.</param>
public sealed record Aggregate(ImmutableDictionary<RolloutKey, RolloutResult> Results)
{
    /// <summary>Before anything happened.</summary>
    public static Aggregate Initial { get; } = new(ImmutableDictionary<RolloutKey, RolloutResult>.Empty);

    /// <summary>The state after an event.</summary>
    public static Aggregate Evolve(Aggregate state, AggregateEvent happened) =>
        happened switch
        {
            AggregateEvent.Recorded e => new Aggregate(
                state.Results.AddRange(e.Results.Select(r => KeyValuePair.Create(r.Key, r)))
            ),
            _ => throw new InvalidOperationException($"aggregate: unknown event {happened.GetType().Name}"),
        };
}

/// <summary>What an aggregate can be asked to do.</summary>
public abstract record AggregateCommand
{
    private AggregateCommand() { }

    /// <summary>Fold results in; ones that are there already are passed over.</summary>
    public sealed record Record(IReadOnlyList<RolloutResult> Results) : AggregateCommand;
}

/// <summary>What an aggregate decides.</summary>
public static class AggregateDecider
{
    /// <summary>The entity type's name in addresses.</summary>
    public const string Type = "aggregate";

    /// <summary>The decision on a command in a state.</summary>
    public static Decision<AggregateEvent> Decide(Aggregate state, AggregateCommand command)
    {
        if (command is not AggregateCommand.Record record)
            throw new InvalidOperationException($"aggregate: unknown command {command.GetType().Name}");
        var fresh = record.Results.Where(r => !state.Results.ContainsKey(r.Key)).ToList();
        return fresh.Count == 0
            ? Decision<AggregateEvent>.Nothing
            : Decision<AggregateEvent>.Of(new AggregateEvent.Recorded(fresh));
    }
}
