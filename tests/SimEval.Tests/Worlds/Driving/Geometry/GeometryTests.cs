using FsCheck;
using FsCheck.Fluent;
using SimEval.Worlds.Driving.Geometry;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Geometry;

public class GeometryTests
{
    private static readonly Gen<double> Coordinate = Gen.Choose(-2000, 2000).Select(i => i / 100.0);

    private static readonly Gen<OrientedBox> Boxes =
        from x in Coordinate
        from y in Coordinate
        from heading in Gen.Choose(-400, 400)
        from length in Gen.Choose(1, 1000)
        from width in Gen.Choose(1, 500)
        select OrientedBox.At(x, y, heading / 100.0, length / 100.0, width / 100.0);

    [Fact]
    public void Boxes_overlap_exactly_when_their_distance_is_zero_and_either_way_round() =>
        Prop.ForAll(
                Boxes.Two().ToArbitrary(),
                pair =>
                {
                    (OrientedBox a, OrientedBox b) = pair;
                    bool overlap = a.Overlaps(b);
                    return overlap == b.Overlaps(a)
                        && Math.Abs(a.Distance(b) - b.Distance(a)) < 1e-9
                        && (overlap ? a.Distance(b) == 0 : a.Distance(b) >= 0);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_box_and_the_polygon_of_its_corners_are_the_same_region() =>
        Prop.ForAll(
                Boxes.Two().ToArbitrary(),
                pair =>
                {
                    (OrientedBox a, OrientedBox b) = pair;
                    var polygon = new Polygon([b.Corner(0), b.Corner(1), b.Corner(2), b.Corner(3)]);
                    return a.Distance(b) is > 0 and < 1e-6 || polygon.Overlaps(a) == a.Overlaps(b);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Growing_a_box_by_its_distance_makes_it_reach_the_other() =>
        Prop.ForAll(
                Boxes.Two().ToArbitrary(),
                pair =>
                {
                    (OrientedBox a, OrientedBox b) = pair;
                    double distance = a.Distance(b) + 1e-9;
                    return (
                        a with
                        {
                            HalfLength = a.HalfLength + distance,
                            HalfWidth = a.HalfWidth + distance,
                        }
                    ).Overlaps(b);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_point_placed_beside_a_line_projects_back_to_where_it_was_placed()
    {
        var arc = new Polyline([
            .. Enumerable
                .Range(0, 200)
                .Select(i => new Point2(100 * Math.Sin(i / 100.0), 100 - 100 * Math.Cos(i / 100.0))),
        ]);
        for (double s = 1; s < arc.Length - 1; s += 0.37)
        {
            PathPoint beside = arc.At(s, 1.5);
            Projection back = arc.Project(beside.X, beside.Y);
            Assert.Equal(s, back.S, tolerance: 0.02);
            Assert.Equal(1.5, back.Lateral, tolerance: 1e-3);
            Assert.Equal(0.01, back.Curvature, tolerance: 1e-5);
            Assert.Equal(back, arc.Project(beside.X, beside.Y, back.Segment));
            Assert.Equal(back, arc.Project(beside.X, beside.Y, 0));
        }
    }

    [Fact]
    public void Past_an_end_a_projection_tells_how_far()
    {
        var line = new Polyline([new Point2(0, 0), new Point2(10, 0)]);
        Assert.Equal(new Projection(10, 2, 0, 0, 0, 5), line.Project(15, 2));
        Assert.Equal(new Projection(0, -1, 0, 0, 0, -3), line.Project(-3, -1));
        Assert.Equal(5, line.Project(13, 4).Distance, 12);
    }

    [Fact]
    public void Points_that_coincide_do_not_disturb_a_line()
    {
        var line = new Polyline([new Point2(0, 0), new Point2(0, 0), new Point2(3, 4), new Point2(3, 4)]);
        Assert.Equal(2, line.Count);
        Assert.Equal(5, line.Length);
        Assert.True(new Polyline([new Point2(7, 7), new Point2(7, 7)]).Length > 0);
    }

    [Fact]
    public void A_line_far_from_the_origin_keeps_its_digits()
    {
        var line = new Polyline([new Point2(1_966_000, 570_000), new Point2(1_966_100, 570_000)]);
        Projection on = line.Project(1_966_050.125, 570_000.25);
        Assert.Equal(50.125, on.S, 9);
        Assert.Equal(0.25, on.Lateral, 9);
    }

    [Fact]
    public void A_polygon_that_crosses_itself_encloses_both_loops()
    {
        var bow = new Polygon([new Point2(0, 0), new Point2(2, 2), new Point2(2, 0), new Point2(0, 2)]);
        Assert.True(bow.Contains(0.2, 1));
        Assert.True(bow.Contains(1.8, 1));
        Assert.False(bow.Contains(1, 1.9));
    }

    [Theory]
    [InlineData(4 * Math.PI, 0)]
    [InlineData(3.5 * Math.PI, -0.5 * Math.PI)]
    [InlineData(-Math.PI, -Math.PI)]
    public void An_angle_wraps_to_within_half_a_turn(double angle, double expected) =>
        Assert.Equal(expected, Angle.Wrap(angle), 12);
}
