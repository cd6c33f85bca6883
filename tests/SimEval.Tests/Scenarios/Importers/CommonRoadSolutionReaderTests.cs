using System.Text;
using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using Xunit;

namespace SimEval.Tests.Scenarios.Importers;

public class CommonRoadSolutionReaderTests
{
    [SharedDataFact]
    public void Every_shared_solution_is_read_without_an_error()
    {
        foreach (string path in Directory.EnumerateFiles(SharedData.PathOf("commonroad/solutions"), "*.xml"))
        {
            var errors = new List<ScenarioError>();
            CommonRoadSolution? solution = CommonRoadSolutionReader.Read(File.ReadAllBytes(path), path, errors);
            Assert.True(errors.Count == 0, string.Join('\n', errors));
            Assert.NotEmpty(Assert.Single(solution!.Problems).Rows);
        }
    }

    [Fact]
    public void A_cooperative_solution_names_a_vehicle_for_each_problem()
    {
        CommonRoadSolution solution = Read(
            "<CommonRoadSolution benchmark_id='[KS2,PM1]:[SM1,JB1]:C-ZAM_A-1_1_T-1:2020a'>"
                + "<ksTrajectory planningProblem='4'><ksState><x>1</x><y>2</y><steeringAngle>3</steeringAngle>"
                + "<velocity>4</velocity><orientation>5</orientation><time>0</time></ksState></ksTrajectory>"
                + "<pmTrajectory planningProblem='5'><pmState><x>1</x><y>2</y><xVelocity>3</xVelocity>"
                + "<yVelocity>4</yVelocity><time>7</time></pmState></pmTrajectory></CommonRoadSolution>"
        );
        Assert.Equal("C-ZAM_A-1_1_T-1", solution.Scenario);
        Assert.Equal(
            [("KS", 2, "SM1"), ("PM", 1, "JB1")],
            solution.Problems.Select(p => (p.Model, p.Vehicle, p.CostFunction))
        );
        Assert.Equal([1, 2, 3, 4, 5], solution.Problems[0].Rows[0].Values);
        Assert.Equal(7, solution.Problems[1].Rows[0].Time);
    }

    [Fact]
    public void A_scenario_is_found_by_its_whole_file_name()
    {
        CommonRoadSolution solution = new("", "ZAM_A-1_1_T-1", "2020a", []);
        Assert.Equal("x/ZAM_A-1_1_T-1.xml", solution.FindScenario(["x/ZAM_A-1_1_T-10.xml", "x/ZAM_A-1_1_T-1.xml"]));
        Assert.Null(solution.FindScenario(["x/ZAM_A-1_1_T.xml", "ZAM_A-1_1_T-1"]));
    }

    [Theory]
    [InlineData("<commonRoad/>", "the root is <commonRoad>")]
    [InlineData("<CommonRoadSolution benchmark_id='KS2:SM1'/>", "not four parts")]
    [InlineData("<CommonRoadSolution benchmark_id='KS2:SM1:A:2020a'/>", "no trajectory")]
    [InlineData(
        "<CommonRoadSolution benchmark_id='KS2:SM1:A:2020a'><ksTrajectory planningProblem='1'/></CommonRoadSolution>",
        "1 to 100000 rows"
    )]
    [InlineData(
        "<CommonRoadSolution benchmark_id='PM1:SM1:A:2020a'><pmTrajectory planningProblem='1'><pmState><x>1</x><y>1</y>"
            + "<xVelocity>1</xVelocity><time>0</time></pmState></pmTrajectory></CommonRoadSolution>",
        "no <yVelocity>"
    )]
    public void What_is_no_solution_is_refused(string xml, string expected)
    {
        var errors = new List<ScenarioError>();
        Assert.Null(CommonRoadSolutionReader.Read(Encoding.UTF8.GetBytes(xml), "s.xml", errors));
        Assert.Contains(expected, Assert.Single(errors).Message);
    }

    private static CommonRoadSolution Read(string xml)
    {
        var errors = new List<ScenarioError>();
        CommonRoadSolution? solution = CommonRoadSolutionReader.Read(Encoding.UTF8.GetBytes(xml), "s.xml", errors);
        Assert.True(errors.Count == 0, string.Join('\n', errors));
        return solution!;
    }
}
