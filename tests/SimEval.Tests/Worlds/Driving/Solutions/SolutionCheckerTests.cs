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
