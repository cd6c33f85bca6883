using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Tests.Scenarios.Importers;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Roads;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Recordings;

public class CommonRoadConverterTests
{
    [SharedDataFact]
    public void Every_shared_file_converts_and_its_recordings_have_no_holes()
    {
        foreach (string path in CommonRoadFiles.All())
        {
            RecordedScenario scenario = CommonRoadConverter.Convert(CommonRoadFiles.Read(path));
            foreach (RecordedObstacle obstacle in scenario.Obstacles)
            {
                int last = Math.Min(obstacle.LastStep, 10_000);
                for (int step = obstacle.FirstStep; step <= last && !obstacle.Stands; step++)
                {
                    if (!obstacle.TryState(step, out RecordedState state))
                        continue;
                    Assert.True(
                        double.IsFinite(state.X + state.Y + state.Heading + state.Speed + state.Acceleration),
                        path
                    );
                }
                Assert.False(obstacle.TryState(obstacle.FirstStep - 1, out _) && !obstacle.Stands);
            }
        }
    }

    [SharedDataFact]
    public void Every_task_on_a_road_has_a_route_that_starts_where_it_starts()
    {
        int routes = 0;
        foreach (string path in CommonRoadFiles.All())
        {
            RecordedScenario scenario = CommonRoadConverter.Convert(CommonRoadFiles.Read(path));
            foreach (PlanningTask task in scenario.Tasks)
            {
                if (scenario.Network.Lanes.IsEmpty)
                    continue;
                Assert.NotNull(task.Route);
                if (scenario.Network.DistanceOutside(task.Start.X, task.Start.Y) > 0)
                    continue;
                Projection on = task.Route.Reference.Project(task.Start.X, task.Start.Y);
                Assert.True(on.Distance < 4, $"{path} {task.Id}: {on}");
                routes++;
            }
        }
        Assert.True(routes > 50);
    }

    [SharedDataFact]
    public void A_file_far_from_its_origin_is_shifted_and_remembers_by_how_much()
    {
        CommonRoadFile file = CommonRoadFiles.Read("recorded/USA_US101-23_1_T-1.xml");
        RecordedScenario scenario = CommonRoadConverter.Convert(file);
        CommonRoadPoint first = file.Lanelets[0].Left[0];
        Point2 local = scenario.Network.Lanes[0].Left[0];
        Assert.Equal(first.X, local.X + scenario.Network.Origin.X, 6);
        Assert.Equal(first.Y, local.Y + scenario.Network.Origin.Y, 6);
    }

    [SharedDataFact]
    public void Speed_limits_come_from_signs_and_from_lanelets()
    {
        RoadNetwork signs = CommonRoadConverter
            .Convert(CommonRoadFiles.Read("recorded/USA_Lanker-1_3_T-1.xml"))
            .Network;
        Assert.Contains(signs.Lanes, lane => lane.SpeedLimit == 13.4112);
        RoadNetwork lanelets = CommonRoadConverter
            .Convert(CommonRoadFiles.Read("recorded/USA_Lanker-1_1_T-1.xml"))
            .Network;
        Assert.Contains(lanelets.Lanes, lane => lane.SpeedLimit > 0);
    }

    [Theory]
    [InlineData("13.4112", 13.4112)]
    [InlineData("25mph", 11.176)]
    [InlineData("30kmh", 8.3333333)]
    [InlineData(" 80 km/h ", 22.2222222)]
    [InlineData("none", double.NaN)]
    [InlineData("-5", double.NaN)]
    public void A_speed_on_a_sign_may_carry_its_unit(string text, double expected)
    {
        var lanelet = new CommonRoadLanelet
        {
            Id = 1,
            Left = [new(0, 1), new(10, 1)],
            Right = [new(0, 0), new(10, 0)],
            SignRefs = [2],
        };
        CommonRoadFile file = File([lanelet], []) with
        {
            Signs = [new CommonRoadSign(2, [new CommonRoadSignElement("274", [text])], null, false)],
        };
        Assert.Equal(expected, CommonRoadConverter.Convert(file).Network.Lanes[0].SpeedLimit, 6);
    }

    [Fact]
    public void Gaps_are_interpolated_and_what_is_missing_is_derived()
    {
        var obstacle = new CommonRoadObstacle
        {
            Id = 1,
            Role = CommonRoadRole.Dynamic,
            Type = "car",
            Shape = [new CommonRoadRectangle(4, 2, 0, new(0, 0))],
            InitialState = At(5, 0, 0),
            Trajectory = [At(7, 2, 2), At(8, 3, 3)],
        };
        RecordedObstacle recorded = CommonRoadConverter.Convert(File([], [obstacle])).Obstacles[0];
        Assert.Equal((5, 8), (recorded.FirstStep, recorded.LastStep));
        Assert.True(recorded.TryState(6, out RecordedState middle));
        Assert.Equal(1, middle.X, 12);
        Assert.Equal(Math.PI / 4, middle.Heading, 12);
        Assert.Equal(Math.Sqrt(2) / 0.1, middle.Speed, 9);
        Assert.False(recorded.TryState(9, out _));
        Assert.False(recorded.TryState(4, out _));
    }

    [Fact]
    public void A_shape_off_centre_turns_with_its_obstacle()
    {
        var obstacle = new CommonRoadObstacle
        {
            Id = 1,
            Role = CommonRoadRole.Static,
            Type = "car",
            Shape = [new CommonRoadRectangle(2, 2, 0, new(10, 0))],
            InitialState = At(0, 0, 0) with { Orientation = new(Math.PI / 2, Math.PI / 2) },
        };
        RecordedObstacle recorded = CommonRoadConverter.Convert(File([], [obstacle])).Obstacles[0];
        Assert.True(recorded.Overlaps(OrientedBox.At(0, 10, 1, 1, 1), 77));
        Assert.False(recorded.Overlaps(OrientedBox.At(10, 0, 1, 1, 1), 77));
        Assert.True(recorded.TryBox(3, out OrientedBox box));
        Assert.Equal(10, box.Y, 9);
    }

    [Fact]
    public void A_set_of_occupancies_is_played_back_as_regions()
    {
        var obstacle = new CommonRoadObstacle
        {
            Id = 1,
            Role = CommonRoadRole.Phantom,
            Type = "car",
            Shape = [],
            Occupancies = [new(new(3, 5), [new CommonRoadCircle(2, new(50, 50))])],
        };
        RecordedObstacle recorded = CommonRoadConverter.Convert(File([], [obstacle])).Obstacles[0];
        Assert.False(recorded.Overlaps(OrientedBox.At(50, 50, 0, 1, 1), 2));
        Assert.True(recorded.Overlaps(OrientedBox.At(50, 52.3, 0, 1, 1), 4));
        Assert.False(recorded.Overlaps(OrientedBox.At(50, 52.6, 0, 1, 1), 4));
        Assert.Equal((3, 5), (recorded.FirstStep, recorded.LastStep));
    }

    [Fact]
    public void Neighbours_and_successors_said_once_hold_both_ways()
    {
        CommonRoadLanelet lower = new()
        {
            Id = 1,
            Left = [new(0, 3), new(10, 3)],
            Right = [new(0, 0), new(10, 0)],
            AdjacentLeft = new(2, true),
            Successors = [3, 99],
        };
        CommonRoadLanelet upper = lower with
        {
            Id = 2,
            Left = [new(0, 6), new(10, 6)],
            Right = lower.Left,
            AdjacentLeft = null,
            Successors = [],
        };
        CommonRoadLanelet next = upper with
        {
            Id = 3,
            Left = [new(10, 3), new(20, 3)],
            Right = [new(10, 0), new(20, 0)],
        };
        RoadNetwork network = CommonRoadConverter.Convert(File([lower, upper, next], [])).Network;
        Assert.Equal(0, network.Lanes[1].RightNeighbor);
        Assert.Equal<int>([0], network.Lanes[2].Predecessors);
        Assert.Equal<int>([2], network.Lanes[0].Successors);
    }

    private static CommonRoadState At(int step, double x, double y) =>
        new() { Time = new(step, step), Point = new(x, y) };

    private static CommonRoadFile File(
        IReadOnlyList<CommonRoadLanelet> lanelets,
        IReadOnlyList<CommonRoadObstacle> obstacles
    ) =>
        new()
        {
            Version = "2020a",
            BenchmarkId = "ZAM_Test-1",
            TimeStep = 0.1,
            Lanelets = lanelets,
            Signs = [],
            Lights = [],
            Intersections = [],
            Obstacles = obstacles,
            PlanningProblems = [],
            Notes = [],
        };
}
