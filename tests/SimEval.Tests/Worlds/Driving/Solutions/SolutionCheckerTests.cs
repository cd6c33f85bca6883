using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Tests.Scenarios.Importers;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Solutions;
using Xunit;
using Xunit.Abstractions;

namespace SimEval.Tests.Worlds.Driving.Solutions;

public class SolutionCheckerTests(ITestOutputHelper output)
{
    public static TheoryData<string> Solved =>
        [.. Names().Where(name => name.StartsWith("solution_KS2", StringComparison.Ordinal))];

    [SharedDataTheory]
    [MemberData(nameof(Solved))]
    public void A_published_KS2_solution_is_valid_and_follows_the_model(string name)
    {
        SolutionReport report = SolutionChecker.Check(Read(name), ScenarioOf(Read(name))!);
        output.WriteLine(
            string.Join('\n', report.Failures.Concat(report.Problems.SelectMany(p => p.Failures.Concat(p.Warnings))))
        );
        ProblemReport problem = Assert.Single(report.Problems);
        output.WriteLine($"{problem.GoalStep} {problem.Residual} outside {problem.OutsideRoad}");
        Assert.NotNull(problem.GoalStep);
        Assert.Null(problem.Collision);
        Assert.True(problem.Residual.Position <= 1e-4, $"{problem.Residual}");
        Assert.True(problem.Residual.Heading <= 1e-5, $"{problem.Residual}");
        Assert.Equal(SolutionVerdict.Valid, report.Verdict);
    }

    [SharedDataFact]
    public void A_solution_whose_scenario_is_elsewhere_has_none_here()
    {
        string[] without = [.. Names().Where(name => Read(name).FindScenario(CommonRoadFiles.All()) is null)];
        Assert.Equal(Names().Where(name => !name.StartsWith("solution_KS2", StringComparison.Ordinal)), without);
        Assert.Equal(5, without.Length);
    }

    [Fact]
    public void A_plain_drive_is_valid() =>
        AssertVerdict(SolutionVerdict.Valid, StraightRoad.Solution(StraightRoad.Drive(1, 30)), StraightRoad.Scenario());

    [Fact]
    public void A_start_elsewhere_is_refused()
    {
        CommonRoadProblemSolution drive = StraightRoad.Drive(1, 30);
        AssertRefused("starts 0.5 m from", Shift(drive, row => row.Time >= 0, 0, 0.5), StraightRoad.Scenario());
    }

    [Fact]
    public void A_leap_is_refused_at_its_step()
    {
        CommonRoadProblemSolution drive = StraightRoad.Drive(1, 30);
        AssertRefused("to its state at step 12", Shift(drive, row => row.Time >= 12, 0, 0.03), StraightRoad.Scenario());
    }

    [Fact]
    public void A_slip_within_the_tolerance_passes()
    {
        CommonRoadProblemSolution drive = StraightRoad.Drive(1, 30);
        AssertVerdict(
            SolutionVerdict.Valid,
            StraightRoad.Solution(Shift(drive, row => row.Time >= 12, 0, 0.015)),
            StraightRoad.Scenario()
        );
    }

    [Fact]
    public void Speed_that_the_motion_does_not_have_is_refused()
    {
        CommonRoadProblemSolution drive = StraightRoad.Drive(1, 30);
        AssertRefused("to its state at step", Shift(drive, row => row.Time == 12, 3, 3), StraightRoad.Scenario());
    }

    [Fact]
    public void A_drive_through_an_obstacle_is_refused_with_step_and_obstacle()
    {
        SolutionReport report = AssertRefused(
            "collides with obstacle 77 at step 6",
            StraightRoad.Drive(1, 30),
            StraightRoad.Scenario(1, StraightRoad.Parked(10, 0))
        );
        Assert.Equal((6, 77L), report.Problems[0].Collision);
    }

    [Fact]
    public void A_drive_that_ends_before_the_goal_is_refused() =>
        AssertRefused("goal is not reached up to step 15", StraightRoad.Drive(1, 15), StraightRoad.Scenario());

    [Fact]
    public void A_drive_off_the_road_is_refused() =>
        AssertRefused(
            "leaves the road",
            StraightRoad.Drive(1, 30, step => new(step < 2 ? -0.4 : 0, 0)),
            StraightRoad.Scenario()
        );

    [Fact]
    public void Steps_that_do_not_follow_one_another_are_refused()
    {
        CommonRoadProblemSolution drive = StraightRoad.Drive(1, 30);
        AssertRefused(
            "after step 9 comes step 11",
            drive with
            {
                Rows = [.. drive.Rows.Where(row => row.Time != 10)],
            },
            StraightRoad.Scenario()
        );
    }

    [Fact]
    public void Every_planning_problem_must_be_solved_once()
    {
        CommonRoadSolution one = StraightRoad.Solution(StraightRoad.Drive(1, 30));
        SolutionReport report = SolutionChecker.Check(one, StraightRoad.Scenario(tasks: 2));
        Assert.Equal(SolutionVerdict.Invalid, report.Verdict);
        Assert.Equal("planning problem 2 has 0 solutions", Assert.Single(report.Failures));
        AssertRefused("no planning problem 9", StraightRoad.Drive(9, 30), StraightRoad.Scenario());
    }

    [Fact]
    public void Vehicles_of_one_solution_must_not_hit_each_other()
    {
        CommonRoadSolution apart = StraightRoad.Solution(StraightRoad.Drive(1, 30), StraightRoad.Drive(2, 30, y: 4));
        AssertVerdict(SolutionVerdict.Valid, apart, StraightRoad.Scenario(tasks: 2));
        CommonRoadProblemSolution closing = StraightRoad.Drive(1, 30, step => new(step < 4 ? 0.4 : 0, 0));
        SolutionReport report = SolutionChecker.Check(
            StraightRoad.Solution(closing, StraightRoad.Drive(2, 30, y: 4)),
            StraightRoad.Scenario(tasks: 2)
        );
        Assert.Contains(report.Failures, failure => failure.Contains("problems 1 and 2 collide at step"));
    }

    [Fact]
    public void Inputs_are_driven_from_the_planning_problems_start()
    {
        CommonRoadProblemSolution inputs = Rows(CommonRoadSolutionKind.InputVector, "KS", 30, _ => [0.001, 1]);
        AssertVerdict(SolutionVerdict.Valid, StraightRoad.Solution(inputs), StraightRoad.Scenario());
        AssertRefused(
            "input at step 3 is beyond",
            Rows(CommonRoadSolutionKind.InputVector, "KS", 30, i => [i == 3 ? 0.5 : 0, 0]),
            StraightRoad.Scenario()
        );
    }

    [Fact]
    public void A_point_mass_is_checked_by_its_own_motion()
    {
        CommonRoadProblemSolution drive = Rows(
            CommonRoadSolutionKind.PmTrajectory,
            "PM",
            31,
            i => [i + 0.01 * i * i, 0, 10 + 0.2 * i, 0]
        );
        AssertVerdict(SolutionVerdict.Valid, StraightRoad.Solution(drive), StraightRoad.Scenario());
        AssertVerdict(
            SolutionVerdict.Valid,
            StraightRoad.Solution(drive with { Rows = [.. drive.Rows.Skip(1)] }),
            StraightRoad.Scenario()
        );
        AssertRefused("to its state at step 12", Shift(drive, row => row.Time >= 12, 0, 0.03), StraightRoad.Scenario());
        AssertRefused("to its state at step 12", Shift(drive, row => row.Time >= 12, 3, 1.5), StraightRoad.Scenario());
    }

    [Fact]
    public void Inputs_of_a_point_mass_stay_in_the_friction_circle()
    {
        CommonRoadProblemSolution inputs = Rows(CommonRoadSolutionKind.PmInputVector, "PM", 30, _ => [1, 0.1]);
        AssertVerdict(SolutionVerdict.Valid, StraightRoad.Solution(inputs), StraightRoad.Scenario());
        AssertRefused(
            "input at step 0 is beyond",
            Rows(CommonRoadSolutionKind.PmInputVector, "PM", 30, _ => [9, 9]),
            StraightRoad.Scenario()
        );
    }

    [Theory]
    [InlineData("ST", 2, CommonRoadSolutionKind.Other)]
    [InlineData("MB", 1, CommonRoadSolutionKind.InputVector)]
    [InlineData("KS", 4, CommonRoadSolutionKind.KsTrajectory)]
    [InlineData("KS", 2, CommonRoadSolutionKind.PmTrajectory)]
    public void Other_vehicle_models_are_reported_as_unsupported(string model, int vehicle, CommonRoadSolutionKind kind)
    {
        CommonRoadProblemSolution drive = StraightRoad.Drive(1, 30) with
        {
            Model = model,
            Vehicle = vehicle,
            Kind = kind,
        };
        AssertVerdict(SolutionVerdict.Unsupported, StraightRoad.Solution(drive), StraightRoad.Scenario());
    }

    [Fact]
    public void A_reference_point_at_the_rear_axle_is_recognised()
    {
        double toAxle = SimEval.Worlds.Driving.Vehicles.VehicleParameters.Bmw320i.ToRearAxle;
        CommonRoadProblemSolution drive = StraightRoad.Drive(
            1,
            30,
            step =>
                new(
                    step is < 2 or (>= 6 and < 8) ? 0.4
                        : step < 6 ? -0.4
                        : 0,
                    0
                )
        );
        CommonRoadProblemSolution moved = drive with
        {
            Rows =
            [
                .. drive.Rows.Select(row => new CommonRoadSolutionRow(
                    row.Time,
                    [
                        row.Values[0] + toAxle * (Math.Cos(row.Values[4]) - 1),
                        row.Values[1] + toAxle * Math.Sin(row.Values[4]),
                        .. row.Values.Skip(2),
                    ]
                )),
            ],
        };
        SolutionReport report = SolutionChecker.Check(StraightRoad.Solution(moved), StraightRoad.Scenario());
        Assert.Equal(SolutionVerdict.Valid, report.Verdict);
        Assert.True(report.Problems[0].Residual.Position < 1e-9);
    }

    private static void AssertVerdict(SolutionVerdict expected, CommonRoadSolution solution, RecordedScenario scenario)
    {
        SolutionReport report = SolutionChecker.Check(solution, scenario);
        IEnumerable<string> failures = report.Failures.Concat(report.Problems.SelectMany(problem => problem.Failures));
        Assert.True(report.Verdict == expected, string.Join('\n', failures.Prepend(report.Verdict.ToString())));
    }

    private static SolutionReport AssertRefused(
        string expected,
        CommonRoadProblemSolution problem,
        RecordedScenario scenario
    )
    {
        SolutionReport report = SolutionChecker.Check(StraightRoad.Solution(problem), scenario);
        Assert.Equal(SolutionVerdict.Invalid, report.Verdict);
        Assert.Contains(expected, string.Join('\n', report.Problems[0].Failures));
        return report;
    }

    private static CommonRoadProblemSolution Shift(
        CommonRoadProblemSolution problem,
        Func<CommonRoadSolutionRow, bool> where,
        int value,
        double by
    ) =>
        problem with
        {
            Rows =
            [
                .. problem.Rows.Select(row =>
                    where(row) ? row with { Values = [.. row.Values.Select((v, i) => i == value ? v + by : v)] } : row
                ),
            ],
        };

    private static CommonRoadProblemSolution Rows(
        CommonRoadSolutionKind kind,
        string model,
        int count,
        Func<int, double[]> values
    ) =>
        new(
            1,
            model,
            2,
            "SM1",
            kind,
            "",
            [.. Enumerable.Range(0, count).Select(i => new CommonRoadSolutionRow(i, values(i)))]
        );

    private static IEnumerable<string> Names() =>
        SharedData.Folder is null
            ? ["absent"]
            : Directory
                .EnumerateFiles(SharedData.PathOf("commonroad/solutions"))
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal);

    private static CommonRoadSolution Read(string name)
    {
        var errors = new List<ScenarioError>();
        CommonRoadSolution? solution = CommonRoadSolutionReader.Read(
            SharedData.Read("commonroad/solutions/" + name),
            name,
            errors
        );
        Assert.True(errors.Count == 0, string.Join('\n', errors));
        return solution!;
    }

    private static RecordedScenario? ScenarioOf(CommonRoadSolution solution) =>
        solution.FindScenario(CommonRoadFiles.All()) is { } path
            ? CommonRoadConverter.Convert(CommonRoadFiles.Read(path))
            : null;
}
