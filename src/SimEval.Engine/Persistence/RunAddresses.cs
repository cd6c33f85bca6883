using System.Globalization;
using SimEval.Actors.Sharding;
using SimEval.Entities.Aggregates;
using SimEval.Entities.Boards;
using SimEval.Entities.Rollouts;
using SimEval.Entities.Runs;
using SimEval.Entities.Scenarios;
using SimEval.Scenarios;

namespace SimEval.Engine.Persistence;

/// <summary>
/// Where entities live: scenarios, runs and boards in hashed shards; a run's bulk in shards of its own, which are retired
/// with it.
/// </summary>
public static class RunAddresses
{
    /// <summary>A scenario's history.</summary>
    public static EntityAddress Scenario(string name) => new(ScenarioDecider.Type, name);

    /// <summary>A run.</summary>
    public static EntityAddress Run(string run) => new(RunDecider.Type, run);

    /// <summary>A board.</summary>
    public static EntityAddress Board(string serial) => new(BoardDecider.Type, serial);

    /// <summary>A run's aggregate.</summary>
    public static EntityAddress Aggregate(string run) => new(AggregateDecider.Type, run, AggregateShard(run));

    /// <summary>A rollout, in its cohort's shard.</summary>
    public static EntityAddress Rollout(string run, int cohort, RolloutKey key) =>
        new(RolloutDecider.Type, key.ToString(), CohortShard(run, cohort));

    /// <summary>The shard of a cohort.</summary>
    public static string CohortShard(string run, int cohort) =>
        $"{ShardPrefix(run)}cohort/{cohort.ToString("D5", CultureInfo.InvariantCulture)}";

    /// <summary>The shard of a run's aggregate.</summary>
    public static string AggregateShard(string run) => $"{ShardPrefix(run)}aggregate";

    /// <summary>What the names of all shards of a run begin with.</summary>
    public static string ShardPrefix(string run) => $"run/{run}/";

    /// <summary>
    /// Whether a shard is some run's bulk. These neither send nor receive mail, so that a data folder of many runs opens as
    /// fast as an empty one: they are claimed when their run goes on.
    /// </summary>
    public static bool IsBulk(string shard) => shard.StartsWith("run/", StringComparison.Ordinal);
}
