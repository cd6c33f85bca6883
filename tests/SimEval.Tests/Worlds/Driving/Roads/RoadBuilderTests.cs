using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Roads;

public class RoadBuilderTests
{
    private static readonly IntersectionDescription Crossing = new()
    {
        Lanes = 2,
        Lights = new LightTimes(100, 30, 20, 0),
    };

    public static TheoryData<string, BuiltRoad> Roads =>
        new()
        {
            { "straight", RoadBuilder.Build(new RoadDescription { Lanes = 3, OpposingLanes = 2 }) },
            {
                "curved",
                RoadBuilder.Build(
                    new RoadDescription { Segments = [new(100, 0), new(150, 0.01), new(100, -0.008), new(50, 0)] }
                )
            },
            {
                "merge",
                RoadBuilder.Build(
                    new RoadDescription
                    {
                        OnRamp = new OnRamp(300, 200, 150),
                        ShoulderWidth = 2,
                        SidewalkWidth = 2,
                    }
                )
            },
            { "intersection", RoadBuilder.Build(Crossing) },
        };

    [Theory]
    [MemberData(nameof(Roads))]
    public void Lanes_join_without_a_gap_or_a_kink(string name, BuiltRoad road)
    {
        foreach (Lane lane in road.Network.Lanes)
        {
            foreach (int index in lane.Successors)
            {
                Lane next = road.Network.Lanes[index];
                PathPoint end = lane.Center.At(lane.Length);
                PathPoint start = next.Center.At(0);
                Assert.True(new Point2(end.X, end.Y).DistanceTo(new Point2(start.X, start.Y)) < 1e-9, name);
                Assert.True(Math.Abs(Angle.Difference(end.Heading, start.Heading)) < 0.02, name);
                Assert.Contains(lane.Index, next.Predecessors);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Roads))]
    public void Neighbours_name_each_other_and_lie_on_the_side_they_say(string name, BuiltRoad road)
    {
        foreach (Lane lane in road.Network.Lanes)
        {
            if (lane.LeftNeighbor < 0)
                continue;
            Lane left = road.Network.Lanes[lane.LeftNeighbor];
            Assert.Equal(lane.Index, left.RightNeighbor);
            PathPoint middle = left.Center.At(left.Length / 2);
            Assert.True(lane.Center.Project(middle.X, middle.Y).Lateral > 1, name);
        }
    }

    [Theory]
    [MemberData(nameof(Roads))]
    public void A_track_stays_on_the_road_from_end_to_end(string name, BuiltRoad road)
    {
        foreach (RoadTrack track in road.Tracks)
        {
            for (double s = 0; s <= track.Length; s += 1)
            {
                Pose pose = road.PoseAt(track, s);
                Assert.True(road.Network.IsDrivable(pose.X, pose.Y), $"{name} {track.Name} {s}");
            }
            Route route = road.RouteAlong(track);
            Assert.Equal(track.Length, route.Reference.Length, 6);
        }
    }

    [Fact]
    public void Lane_0_starts_at_the_origin_and_lanes_count_to_the_left()
    {
        BuiltRoad road = RoadBuilder.Build(new RoadDescription { Lanes = 3, LaneWidth = 3.5 });
        Assert.Equal(new Pose(0, 0, 0), road.PoseAt(road.Find("main.0")!, 0));
        Assert.Equal(new Pose(10, 7, 0), road.PoseAt(road.Find("main.2")!, 10));
    }

    [Fact]
    public void Nothing_lies_uncovered_inside_an_intersection()
    {
        RoadNetwork network = RoadBuilder.Build(Crossing with { CornerRadius = 8.4 }).Network;
        for (double x = -7; x <= 7; x += 0.1)
        {
            for (double y = -7; y <= 7; y += 0.1)
                Assert.True(network.IsDrivable(x, y), $"{x} {y}");
        }
    }

    [Fact]
    public void Crossing_directions_are_never_green_or_yellow_together()
    {
        RoadNetwork network = RoadBuilder.Build(Crossing).Network;
        for (int step = -500; step < 1000; step++)
        {
            bool[] goes = [.. network.Lights.Select(light => light.StateAt(step) != LightState.Red)];
            Assert.False((goes[0] || goes[2]) && (goes[1] || goes[3]));
            Assert.Equal(goes[0], goes[2]);
        }
        Assert.Equal(LightState.Green, network.Lights[0].StateAt(0));
    }

    [Fact]
    public void A_ramp_leads_to_the_main_road_by_a_lane_change()
    {
        BuiltRoad road = RoadBuilder.Build(new RoadDescription { OnRamp = new OnRamp(300, 200, 150) });
        RoadTrack ramp = road.Find("ramp")!;
        RoadTrack main = road.Find("main.0")!;
        Route route = RoutePlanner.ToLanes(road.Network, road.PoseAt(ramp, 5), [main.Lanes[^1]])!;
        Assert.Equal<int>([ramp.Lanes[0], ramp.Lanes[1], main.Lanes[1], main.Lanes[2]], route.Lanes);
        for (double s = 0; s < route.Reference.Length; s += 1)
        {
            PathPoint at = route.Reference.At(s);
            Assert.True(road.Network.IsDrivable(at.X, at.Y));
            Assert.True(Math.Abs(at.Curvature) < 0.02);
        }
    }

    [Fact]
    public void A_description_out_of_range_is_refused_with_a_word()
    {
        Assert.Contains("1 to 8 lanes", RoadBuilder.Check(new RoadDescription { Lanes = 0 }));
        Assert.Contains("radius", RoadBuilder.Check(new RoadDescription { Segments = [new(100, 0.05)] }));
        Assert.Contains("longer than 0", RoadBuilder.Check(new RoadDescription { Segments = [new(double.NaN, 0)] }));
        Assert.Contains("ends before", RoadBuilder.Check(new RoadDescription { OnRamp = new OnRamp(900, 200, 150) }));
        Assert.Contains("corner", RoadBuilder.Check(new IntersectionDescription { CornerRadius = 30 }));
        Assert.Throws<ArgumentException>(() => RoadBuilder.Build(new RoadDescription { LaneWidth = -1 }));
    }
}
