using FsCheck;
using FsCheck.Fluent;
using SimEval.Entities.Aggregates;
using SimEval.Entities.Rollouts;
using SimEval.Metrics;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Entities;

public sealed class RolloutTests
{
    private static RolloutResult Result(int seed, ulong checksum = 9) =>
        new(new RolloutKey("v", new PointKey(1), seed), RolloutOutcome.Completed, 30, checksum, "horizon", [1, 2]);

    [Fact]
    public void Segments_follow_one_another_without_a_gap()
    {
        var state = Fold(new RolloutCommand.Checkpoint(new Segment("a", 8, 0, 10), 1));
        Assert.NotNull(
            RolloutDecider.Decide(state, new RolloutCommand.Checkpoint(new Segment("b", 8, 12, 5), 2)).Rejection
        );
        Assert.Empty(RolloutDecider.Decide(state, new RolloutCommand.Checkpoint(new Segment("a", 8, 0, 10), 1)).Events);
        Assert.Throws<InvalidOperationException>(() =>
            Rollout.Evolve(state, new RolloutEvent.Checkpointed(new Segment("b", 8, 12, 5), 2))
        );
    }

    [Fact]
    public void An_end_is_noted_once()
    {
        var end = new RolloutCommand.End(new Segment("a", 8, 0, 30), Result(0));
        var state = Fold(end);
        Assert.Equal(9UL, state.Checksum);
        Assert.Equal(30, state.DurableFrames);
        Assert.Empty(RolloutDecider.Decide(state, end).Events);
    }

    [Fact]
    public void An_aggregate_is_the_same_whatever_the_order_and_however_often_results_come() =>
        Prop.ForAll(
                Gen.Choose(0, 9).ListOf().ToArbitrary(),
                seeds =>
                {
                    var (forward, backward) = (Of(seeds), Of(Enumerable.Reverse(seeds).Concat(seeds)));
                    return forward.Results.Count == seeds.Distinct().Count()
                        && forward
                            .Results.OrderBy(r => r.Key.Seed)
                            .SequenceEqual(backward.Results.OrderBy(r => r.Key.Seed));
                }
            )
            .QuickCheckThrowOnFailure();

    private static readonly RolloutResult[] Known = [.. Enumerable.Range(0, 10).Select(seed => Result(seed))];

    private static Aggregate Of(IEnumerable<int> seeds) =>
        seeds.Aggregate(
            Aggregate.Initial,
            (state, seed) =>
                AggregateDecider
                    .Decide(state, new AggregateCommand.Record([Known[seed]]))
                    .Events.Aggregate(state, Aggregate.Evolve)
        );

    private static Rollout Fold(params RolloutCommand[] commands) =>
        commands.Aggregate(
            Rollout.Initial,
            (state, command) => RolloutDecider.Decide(state, command).Events.Aggregate(state, Rollout.Evolve)
        );
}
