using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Roads;

public class RoadNetworkTests
{
    private static readonly BuiltRoad Road = RoadBuilder.Build(
        new RoadDescription
        {
            Lanes = 3,
            OpposingLanes = 1,
            Segments = [new(500, 0)],
        }
    );

    [Fact]
    public void Lanes_at_a_point_come_in_ascending_order_and_only_as_many_as_fit()
    {
        RoadNetwork network = RoadBuilder.Build(new IntersectionDescription()).Network;
        Span<int> found = stackalloc int[16];
        int count = network.LanesAt(1.75, -1.75, found);
        Assert.True(count >= 2);
        for (int i = 1; i < count; i++)
            Assert.True(found[i - 1] < found[i]);
        Assert.Equal(1, network.LanesAt(1.75, -1.75, found[..1]));
    }

    [Theory]
    [InlineData(100, 0, 0)]
    [InlineData(100, -1.75, 0)]
    [InlineData(100, -3.75, 2)]
    [InlineData(100, 12.75, 0.5)]
    [InlineData(-40, 0, 40)]
    [InlineData(600, -1001.75, 1004.9875621)]
    public void Distance_outside_is_measured_to_the_nearest_road(double x, double y, double expected) =>
        Assert.Equal(expected, Road.Network.DistanceOutside(x, y), 6);

    [Fact]
    public void Distance_outside_agrees_with_a_scan_of_every_lane()
    {
        RoadNetwork network = RoadBuilder.Build(new IntersectionDescription { Lanes = 2 }).Network;
        for (double x = -60; x <= 60; x += 2.7)
        {
            for (double y = -60; y <= 60; y += 3.1)
            {
                double scan = network.Lanes.Where(lane => lane.IsDrivable).Min(lane => lane.Area.Distance(x, y));
                Assert.Equal(scan, network.DistanceOutside(x, y), 9);
            }
        }
    }

    [Fact]
    public void The_nearest_lane_agrees_with_the_heading()
    {
        Lane opposing = Road.Network.Lanes[Road.Find("opposing.0")!.Lanes[0]];
        Lane left = Road.Network.Lanes[Road.Find("main.2")!.Lanes[0]];
        Assert.Equal(left.Index, Road.Network.NearestLane(100, 8.7, 0));
        Assert.Equal(opposing.Index, Road.Network.NearestLane(100, 8.8, Math.PI));
        Assert.Equal(opposing.Index, left.LeftOpposite);
    }

    [Fact]
    public void Queries_allocate_nothing()
    {
        Span<int> found = stackalloc int[16];
        Query(found);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Query(found);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Query(Span<int> found)
        {
            RoadNetwork network = Road.Network;
            network.LanesAt(10, 1, found);
            network.NearestLane(10, 1, 0);
            network.NearestLane(-100, 1, 0);
            network.DistanceOutside(100, 30);
            network.IsDrivable(OrientedBox.At(30, 0, 0, 4, 2));
            network.Lanes[0].Center.Project(30, 2, 3);
        }
    }

    [Fact]
    public void A_network_without_lanes_answers()
    {
        var network = new RoadNetwork([]);
        Assert.Equal(-1, network.NearestLane(0, 0, 0));
        Assert.Equal(double.PositiveInfinity, network.DistanceOutside(0, 0));
        Assert.False(network.IsDrivable(0, 0));
        Assert.Null(RoutePlanner.Onwards(network, default, 10));
    }

    [Fact]
    public void A_route_takes_neighbours_of_its_lanes_as_on_route_but_not_opposing_ones()
    {
        Route route = RoutePlanner.Onwards(Road.Network, new Pose(10, 0, 0), 100)!;
        Assert.True(route.Contains(Road.Find("main.2")!.Lanes[0]));
        Assert.False(route.Contains(Road.Find("opposing.0")!.Lanes[0]));
        Assert.False(route.Contains(-1));
    }

    [Fact]
    public void A_route_changes_lanes_early_and_from_where_it_starts()
    {
        BuiltRoad road = RoadBuilder.Build(
            new RoadDescription
            {
                Lanes = 3,
                OnRamp = new OnRamp(300, 200, 150),
                Segments = [new(800, 0)],
            }
        );
        RoadTrack left = road.Find("main.2")!;
        Route route = RoutePlanner.ToLanes(road.Network, new Pose(100, 0, 0), [left.Lanes[^1]], speed: 20)!;
        Assert.Equal(left.Lanes[0], route.Lanes[2]);
        Assert.Equal(0, route.Reference.Project(100, 0).Lateral, 6);
        Assert.Equal(0, route.Reference.Project(260, 7).Lateral, 6);
        for (double s = 0; s < route.Reference.Length; s += 1)
            Assert.True(Math.Abs(route.Reference.At(s).Curvature) < 0.01);
    }
}
