using FsCheck;
using FsCheck.Fluent;
using SimEval.Engine.Replay;
using Xunit;

namespace SimEval.Tests.Engine.Replay;

public sealed class FrameSampleTests
{
    [Fact]
    public void Places_are_distinct_ascending_and_even() =>
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<PositiveInt>(),
                ArbMap.Default.ArbFor<PositiveInt>(),
                (total, count) =>
                {
                    var places = FrameSample.Spread(total.Get, count.Get);
                    var gaps = places.Zip(places.Skip(1), (a, b) => b - a).ToList();
                    return places.Count == Math.Min(total.Get, count.Get)
                        && places[0] == 0
                        && places[^1] < total.Get
                        && gaps.TrueForAll(gap => gap >= 1)
                        && (gaps.Count == 0 || gaps.Max() - gaps.Min() <= 1);
                }
            )
        );

    [Fact]
    public void Shares_add_up() =>
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<PositiveInt>(),
                ArbMap.Default.ArbFor<PositiveInt>(),
                (rollouts, count) =>
                    Enumerable.Range(0, rollouts.Get).Sum(i => FrameSample.Share(rollouts.Get, count.Get, i))
                    == count.Get
            )
        );
}
