using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Goals;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Goals;

public class GoalRegionTests
{
    private static readonly GoalState Box = new(
        10,
        20,
        new BoxShape(OrientedBox.At(100, 0, 0, 10, 4)),
        new ValueRange(-0.2, 0.2),
        new ValueRange(5, 15),
        []
    );

    [Theory]
    [InlineData(100, 0, 0, 10, 15, true)]
    [InlineData(105, 2, 0.2, 15, 20, true)]
    [InlineData(105.1, 0, 0, 10, 15, false)]
    [InlineData(100, 0, 0.21, 10, 15, false)]
    [InlineData(100, 0, 0, 4.9, 15, false)]
    [InlineData(100, 0, 0, 10, 9, false)]
    [InlineData(100, 0, 0, 10, 21, false)]
    [InlineData(100, 0, 6.283185307, 10, 15, true)]
    [InlineData(100, 0, -12.566370614, 10, 15, true)]
    public void Everything_given_must_hold_at_once(
        double x,
        double y,
        double heading,
        double speed,
        int step,
        bool expected
    ) => Assert.Equal(expected, new GoalRegion([Box]).IsReached(x, y, heading, speed, step));

    [Fact]
    public void Any_of_several_states_will_do()
    {
        var region = new GoalRegion([Box, new GoalState(0, 5, null, null, null, [])]);
        Assert.True(region.IsReached(-999, 0, 3, 0, 3));
        Assert.False(region.IsReached(-999, 0, 3, 0, 6));
        Assert.Equal(20, region.LastStep);
    }

    [Theory]
    [InlineData(3.0, 3.5, -3.0, true)]
    [InlineData(3.0, 3.5, 3.2, true)]
    [InlineData(3.0, 3.5, -2.7, false)]
    [InlineData(-4.0, 4.0, 1.0, true)]
    [InlineData(-0.1, 0.1, 6.25, true)]
    public void A_range_of_directions_is_the_same_after_a_turn(double start, double end, double angle, bool expected) =>
        Assert.Equal(expected, new ValueRange(start, end).ContainsAngle(angle));

    [Fact]
    public void A_union_holds_what_any_part_holds()
    {
        var union = new UnionShape([
            new CircleShape(new Point2(0, 0), 1),
            new PolygonShape(new Polygon([new(10, 0), new(12, 0), new(11, 2)])),
        ]);
        Assert.True(union.Contains(0, 1));
        Assert.True(union.Contains(11, 0));
        Assert.False(union.Contains(5, 0));
        Assert.True(union.Overlaps(OrientedBox.At(11, -0.5, 0.3, 2, 2)));
        Assert.False(union.Overlaps(OrientedBox.At(5, 0, 0.3, 2, 2)));
    }
}
