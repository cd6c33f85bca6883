using FsCheck;
using FsCheck.Fluent;
using SimEval.Worlds.Driving.Metrics;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Metrics;

public class TimeToCollisionTests
{
    [Theory]
    [InlineData(10, 1.0, 1)]
    [InlineData(9, 0.9, 0)]
    [InlineData(9.4, 1.0, 1)]
    [InlineData(29, 2.9, 1)]
    [InlineData(29.6, 3.0, 1)]
    public void It_is_the_first_tenth_of_a_second_at_which_the_boxes_meet(double gap, double time, double score)
    {
        // 10 m/s towards a box that stands.
        var values = Frames.After([Frames.Ego], Frames.Agent(4.5 + gap, 0));
        Assert.Equal(time, values.Of("ttc.min"), 12);
        Assert.Equal(score, values.Of("ttc.score"));
    }

    [Fact]
    public void Whoever_drives_beside_counts_only_between_lanes_or_in_an_intersection()
    {
        // Cutting in from the left, 45 degrees ahead of the rear axle.
        var beside = Frames.Agent(3, 4.4, -Math.PI / 4, 14);
        Assert.Equal(3, Frames.After([Frames.Ego], beside).Of("ttc.min"));
        Assert.True(Frames.After([Frames.Ego with { InOneLane = false }], beside).Of("ttc.min") < 1);
        Assert.True(Frames.After([Frames.Ego with { InIntersection = true }], beside).Of("ttc.min") < 1);
    }

    [Fact]
    public void Whoever_comes_from_behind_never_counts() =>
        Assert.Equal(
            3,
            Frames.After([Frames.Ego with { InOneLane = false }], Frames.Agent(-12, 0, 0, 30)).Of("ttc.min")
        );

    [Fact]
    public void A_standing_ego_has_none() =>
        Assert.Equal(
            3,
            Frames.After([Frames.Ego with { Speed = 0.005 }], Frames.Agent(8, 0, Math.PI, 10)).Of("ttc.min")
        );

    [Fact]
    public void Who_has_collided_counts_no_more()
    {
        // Hit from behind and then passed: only the collision stays.
        var fold = Frames.Fold();
        fold.Add(Frames.Ego, [Frames.Agent(-4.2, 0, 0, 20)]);
        fold.Add(Frames.Ego, [Frames.Agent(6, 0, 0, 1)]);
        Assert.Equal(3, fold.Measure().Of("ttc.min"));
        Assert.Equal(0, fold.Measure().Of("collision.atFault"));
    }

    [Fact]
    public void The_solved_time_is_the_published_scans()
    {
        var scenes =
            from x in Gen.Choose(-600, 600)
            from y in Gen.Choose(-300, 300)
            from heading in Gen.Choose(-314, 314)
            from speed in Gen.Choose(0, 350)
            from egoHeading in Gen.Choose(-314, 314)
            from egoSpeed in Gen.Choose(1, 350)
            from size in Gen.Choose(3, 120)
            select (x / 9.7, y / 9.3, heading / 100.0, speed / 9.9, egoHeading / 100.0, egoSpeed / 9.8, size / 9.6);
        var met = 0;
        Prop.ForAll(
                scenes.ToArbitrary(),
                c =>
                {
                    var (x, y, heading, speed, egoHeading, egoSpeed, size) = c;
                    var ego = Frames.Ego with
                    {
                        X = 3,
                        Y = -2,
                        Heading = egoHeading,
                        Cos = Math.Cos(egoHeading),
                        Sin = Math.Sin(egoHeading),
                        Speed = egoSpeed,
                        InOneLane = false,
                    };
                    var agent = Frames.Agent(x, y, heading, speed, length: size, width: 0.4 * size);
                    var values = Frames.After([ego], agent);
                    if (values.Of("collision.any") == 1)
                        return;
                    var expected = Scan(ego, agent);
                    met += expected < 3 ? 1 : 0;
                    Assert.Equal(expected, values.Of("ttc.min"), 12);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(6000));
        Assert.True(met > 100, $"only {met} scenes meet");
    }

    [Fact]
    public void Of_many_the_first_to_meet_counts_whatever_their_order()
    {
        var agents = Enumerable
            .Range(0, 12)
            .Select(i => Frames.Agent(10 + (7.3 * ((i * 5) % 12)), ((i * 7) % 5) - 2, 0.1 * i, i % 4, id: i))
            .ToArray();
        var expected = agents.Where(a => a.X > 6).Min(a => Scan(Frames.Ego, a));
        Assert.Equal(expected, Frames.After([Frames.Ego with { InOneLane = false }], agents).Of("ttc.min"), 12);
        Array.Reverse(agents);
        Assert.Equal(expected, Frames.After([Frames.Ego with { InOneLane = false }], agents).Of("ttc.min"), 12);
    }

    // The published procedure, step by step, with corners projected on axes; road users behind are never looked at.
    private static double Scan(in EgoSample ego, in AgentSample agent)
    {
        var (dx, dy) = (agent.X - ego.X + (1.4 * ego.Cos), agent.Y - ego.Y + (1.4 * ego.Sin));
        var bearing = Math.Acos(((dx * ego.Cos) + (dy * ego.Sin)) / Math.Sqrt((dx * dx) + (dy * dy)));
        if (bearing > 150 * Math.PI / 180)
            return 3;
        for (var k = 1; k <= 29; k++)
        {
            var t = k * 0.1;
            var mine = Corners(
                ego.X + (ego.Cos * ego.Speed * t),
                ego.Y + (ego.Sin * ego.Speed * t),
                ego.Cos,
                ego.Sin,
                Frames.Length / 2,
                Frames.Width / 2
            );
            var theirs = Corners(
                agent.X + (agent.Cos * agent.Speed * t),
                agent.Y + (agent.Sin * agent.Speed * t),
                agent.Cos,
                agent.Sin,
                agent.HalfLength,
                agent.HalfWidth
            );
            (double X, double Y)[] axes =
            [
                (ego.Cos, ego.Sin),
                (-ego.Sin, ego.Cos),
                (agent.Cos, agent.Sin),
                (-agent.Sin, agent.Cos),
            ];
            if (axes.All(a => mine.Min(P(a)) <= theirs.Max(P(a)) && theirs.Min(P(a)) <= mine.Max(P(a))))
                return k / 10.0;
        }

        return 3;

        static Func<(double X, double Y), double> P((double X, double Y) axis) => c => (c.X * axis.X) + (c.Y * axis.Y);
    }

    private static (double X, double Y)[] Corners(double x, double y, double c, double s, double l, double w) =>
        [
            .. from i in (double[])[-1, 1]
            from j in (double[])[-1, 1]
            select (x + (i * l * c) - (j * w * s), y + (i * l * s) + (j * w * c)),
        ];
}
