using System.Text;
using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using Xunit;

namespace SimEval.Tests.Scenarios.Importers;

public class CommonRoadReaderTests
{
    [SharedDataFact]
    public void Every_shared_file_is_read_without_an_error()
    {
        foreach (string path in CommonRoadFiles.All())
        {
            var errors = new List<ScenarioError>();
            CommonRoadFile? file = CommonRoadReader.Read(SharedData.Read("commonroad/" + path), path, errors);
            Assert.True(errors.Count == 0, string.Join('\n', errors));
            Assert.NotNull(file);
            Assert.True(file.Lanelets.Count + file.PlanningProblems.Count + file.Obstacles.Count > 0, path);
        }
    }

    [SharedDataFact]
    public void Every_kind_of_element_is_read()
    {
        CommonRoadFile file = CommonRoadFiles.Read("parser_unit/test_reading_all.xml");
        Assert.Equal("2020a", file.Version);
        Assert.Equal(0.1, file.TimeStep);
        Assert.Equal(["intersection", "urban"], file.Tags);
        Assert.Equal(48.262333, file.Location!.Latitude);
        Assert.Equal(6, file.Lanelets.Count);
        CommonRoadLanelet first = file.Lanelets[0];
        Assert.Equal([100, 101, 102, 103, 104, 105], file.Lanelets.Select(lanelet => lanelet.Id));
        Assert.Equal("dashed", first.LeftMarking);
        Assert.Equal(new CommonRoadAdjacency(103, true), first.AdjacentLeft);
        Assert.Equal(["highway", "mainCarriageWay"], first.Types);
        Assert.Equal([201L], first.SignRefs);
        Assert.Equal("274", file.Signs[0].Elements[0].Code);
        Assert.Equal(
            [
                CommonRoadRole.Static,
                CommonRoadRole.Dynamic,
                CommonRoadRole.Dynamic,
                CommonRoadRole.Environment,
                CommonRoadRole.Phantom,
            ],
            file.Obstacles.Select(obstacle => obstacle.Role)
        );
        Assert.Equal(3, file.Obstacles[1].Occupancies.Count);
        Assert.True(file.Obstacles[2].Signals[0].Horn);
        Assert.Equal(2, file.Obstacles[2].Signals.Count);
        CommonRoadPlanningProblem problem = Assert.Single(file.PlanningProblems);
        Assert.Equal(2, problem.Goals.Count);
        Assert.Equal(new CommonRoadSteps(0, 1), problem.Goals[0].Time);
        Assert.Equal(new CommonRoadRectangle(4.3, 8.9, 1.7, new CommonRoadPoint(2.5, -1.8)), problem.Goals[0].Area[0]);
    }

    [SharedDataFact]
    public void States_of_further_vehicle_models_keep_their_values_by_name()
    {
        CommonRoadFile file = CommonRoadFiles.Read("parser_unit/test_reading_std_state.xml");
        CommonRoadState state = file.Obstacles[0].Trajectory[0];
        Assert.Equal(0.0021890383, state.Others["steeringAngle"].Start);
        Assert.Equal(5.221222, state.Others["rearWheelAngularSpeed"].Middle);
    }

    [SharedDataFact]
    public void The_third_dimension_is_kept()
    {
        CommonRoadFile file = CommonRoadFiles.Read("parser_unit/test_3d_points.xml");
        Assert.Contains(file.Lanelets, lanelet => !double.IsNaN(lanelet.Left[0].Z));
    }

    [SharedDataTheory]
    [InlineData("sumo_osm/DEU_Starnberg-1_1_T-1.xml", 0)]
    [InlineData("handcrafted/Tut_compliance.xml", 0)]
    [InlineData("handcrafted/ZAM_Loading_Bay-1_1_T.xml", 12)]
    [InlineData("handcrafted/C-DEU_B471-1_5_T-1.xml", 2)]
    public void A_file_has_as_many_planning_problems_as_it_has(string path, int expected) =>
        Assert.Equal(expected, CommonRoadFiles.Read(path).PlanningProblems.Count);

    [Fact]
    public void An_older_version_is_refused_by_name()
    {
        ScenarioError error = Assert.Single(ErrorsOf("<commonRoad commonRoadVersion='2017a' timeStepSize='0.1'/>"));
        Assert.Contains("2017a", error.Message);
        Assert.Contains("2018b and 2020a", error.Suggestion);
        Assert.Equal((1, 2), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("", "not well-formed")]
    [InlineData("{ \"world\": {} }", "not well-formed")]
    [InlineData("<commonRoad commonRoadVersion='2020a' timeStepSize='0.1'><lanelet id='1'>", "not well-formed")]
    [InlineData("<scenario/>", "the root is <scenario>")]
    [InlineData("<commonRoad/>", "no commonRoadVersion")]
    [InlineData("<commonRoad commonRoadVersion='2020a' timeStepSize='-1'/>", "timeStepSize is 0.001 to 10")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><commonRoad/>", "document type")]
    public void What_is_no_scenario_is_refused_with_its_place(string xml, string expected)
    {
        ScenarioError error = Assert.Single(ErrorsOf(xml));
        Assert.Contains(expected, error.Message);
        Assert.Equal("a.xml", error.File);
        Assert.True(error.Line >= 1);
    }

    [Fact]
    public void All_errors_are_reported_with_line_and_path()
    {
        List<ScenarioError> errors = ErrorsOf(
            """
            <commonRoad commonRoadVersion="2020a" timeStepSize="0.1">
              <lanelet id="7">
                <leftBound><point><x>0</x><y>zero</y></point></leftBound>
              </lanelet>
              <dynamicObstacle id="9"><shape><circle><radius>-1</radius></circle></shape></dynamicObstacle>
            </commonRoad>
            """
        );
        Assert.Equal(
            ["'zero'", "at least 2 points", "no <rightBound>", "no <initialState>", "radius is above 0"],
            errors.Select(error =>
                new[]
                {
                    "'zero'",
                    "at least 2 points",
                    "no <rightBound>",
                    "no <initialState>",
                    "radius is above 0",
                }.First(error.Message.Contains)
            )
        );
        Assert.Equal(3, errors[0].Line);
        Assert.Equal("commonRoad/lanelet[@id=7]/leftBound/point/y", errors[0].Path);
        Assert.Equal(5, errors[3].Line);
    }

    [Fact]
    public void Errors_past_the_limit_are_counted_as_one()
    {
        string lanelets = string.Concat(Enumerable.Range(0, 1000).Select(i => $"<lanelet id='{i}'/>"));
        List<ScenarioError> errors = ErrorsOf(
            $"<commonRoad commonRoadVersion='2020a' timeStepSize='0.1'>{lanelets}</commonRoad>"
        );
        Assert.Equal(CommonRoadReader.MaximumReports + 1, errors.Count);
        Assert.Contains("not listed", errors[^1].Message);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(200_000)]
    public void Deep_nesting_is_refused(int depth)
    {
        string xml =
            "<commonRoad commonRoadVersion='2020a' timeStepSize='0.1'>"
            + string.Concat(Enumerable.Repeat("<a>", depth))
            + string.Concat(Enumerable.Repeat("</a>", depth))
            + "</commonRoad>";
        Assert.Contains("nested more than", Assert.Single(ErrorsOf(xml)).Message);
    }

    [Fact]
    public void Two_lanelets_with_one_id_are_an_error_but_an_obstacle_may_share_it()
    {
        const string bounds =
            "<leftBound><point><x>0</x><y>1</y></point><point><x>9</x><y>1</y></point></leftBound>"
            + "<rightBound><point><x>0</x><y>0</y></point><point><x>9</x><y>0</y></point></rightBound>";
        const string obstacle =
            "<staticObstacle id='1'><type>car</type><shape><circle><radius>1</radius></circle></shape><initialState>"
            + "<position><point><x>0</x><y>0</y></point></position></initialState></staticObstacle>";
        string head = "<commonRoad commonRoadVersion='2020a' timeStepSize='0.1'>";
        string lanelet = $"<lanelet id='1'>{bounds}</lanelet>";
        Assert.Contains("two of", Assert.Single(ErrorsOf(head + lanelet + lanelet + "</commonRoad>")).Message);
        byte[] shared = Encoding.UTF8.GetBytes(head + lanelet + obstacle + "</commonRoad>");
        var errors = new List<ScenarioError>();
        CommonRoadFile file = CommonRoadReader.Read(shared, "a.xml", errors)!;
        Assert.Empty(errors);
        Assert.Contains(file.Notes, note => note.Message.Contains("also that of"));
    }

    [Fact]
    public void What_nothing_depends_on_is_noted_and_left_out()
    {
        string xml = CommonRoadSamples
            .Scenario2018.Replace("<speedLimit>13.4112", "<speedLimit>inf")
            .Replace(
                "<goalState>",
                "<goalState><velocity><intervalStart>0</intervalStart><intervalEnd>inf</intervalEnd></velocity>"
            )
            .Replace("<lanelet ", "<location><gpsLatitude/></location><lanelet ");
        var errors = new List<ScenarioError>();
        CommonRoadFile file = CommonRoadReader.Read(Encoding.UTF8.GetBytes(xml), "a.xml", errors)!;
        Assert.Empty(errors);
        Assert.True(double.IsNaN(file.Lanelets[0].SpeedLimit));
        Assert.Equal(new CommonRoadInterval(0, 1e9), file.PlanningProblems[0].Goals[0].Velocity);
        Assert.Contains(file.Notes, note => note.Path.EndsWith("gpsLatitude", StringComparison.Ordinal));
        Assert.Contains(file.Notes, note => note.Message.Contains("'inf'"));
    }

    [Fact]
    public void Obstacles_that_last_for_ever_are_refused()
    {
        const string obstacle =
            "<dynamicObstacle id='{0}'><type>car</type><shape><circle><radius>1</radius></circle></shape><initialState>{1}"
            + "<time><exact>0</exact></time></initialState><trajectory><state>{1}<time><exact>100000</exact></time></state>"
            + "</trajectory></dynamicObstacle>";
        const string position = "<position><point><x>0</x><y>0</y></point></position>";
        string obstacles = string.Concat(Enumerable.Range(1, 30).Select(id => string.Format(obstacle, id, position)));
        Assert.Contains(
            "steps in all",
            Assert
                .Single(ErrorsOf($"<commonRoad commonRoadVersion='2020a' timeStepSize='1'>{obstacles}</commonRoad>"))
                .Message
        );
    }

    private static List<ScenarioError> ErrorsOf(string xml)
    {
        var errors = new List<ScenarioError>();
        Assert.Null(CommonRoadReader.Read(Encoding.UTF8.GetBytes(xml), "a.xml", errors));
        return errors;
    }
}

/// <summary>The shared CommonRoad files.</summary>
internal static class CommonRoadFiles
{
    /// <summary>Paths below commonroad/, in a fixed order.</summary>
    public static IEnumerable<string> All()
    {
        string folder = SharedData.PathOf("commonroad");
        return Directory
            .EnumerateFiles(folder, "*.xml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(path => !path.StartsWith("solutions", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }

    public static CommonRoadFile Read(string path)
    {
        var errors = new List<ScenarioError>();
        CommonRoadFile? file = CommonRoadReader.Read(SharedData.Read("commonroad/" + path), path, errors);
        Assert.True(errors.Count == 0, string.Join('\n', errors));
        return file!;
    }
}
