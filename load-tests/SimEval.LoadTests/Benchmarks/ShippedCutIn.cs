using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.LoadTests.Ladder;
using SimEval.Node;
using SimEval.Node.Configuration;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>The shipped cut-in with the expert and the shipped planner: the work that engine figures are about.</summary>
internal sealed class ShippedCutIn
{
    private readonly int seeds;

    /// <summary>The work with so many seeds a point.</summary>
    public ShippedCutIn(int seeds)
    {
        this.seeds = seeds;
        Root = FindRoot();
        var settings = NodeSettings.Embedded;
        Checker = SimEvalNode.CreateChecker(settings);
        Settings = settings;
    }

    /// <summary>The repository's root.</summary>
    public string Root { get; }

    public NodeSettings Settings { get; }

    public ScenarioChecker Checker { get; }

    /// <summary>The scenario, read, bound and ready.</summary>
    public ReadyScenario Check()
    {
        var file = Path.Combine(Root, "scenarios", "driving", "cut-in.json");
        var planner = Path.Combine(Root, "scenarios", "models", "planner.onnx");
        var check = Checker.CheckFile(
            file,
            [
                // Paths of an override are relative to the current folder, not to the file.
                ("variants", $$"""{ "expert": "expert", "planner": "{{planner}}" }"""),
                ("baseline", "null"),
                ("gates", "[]"),
                ("stopping", """{ "enabled": false }"""),
                ("seeds", $"{seeds}"),
            ]
        );
        return check.Ready
            ?? throw new BenchmarkUnavailableException(string.Join("; ", check.Errors.Select(e => e.ToString())));
    }

    /// <summary>Its plan.</summary>
    public RunPlan PlanOf(ReadyScenario ready)
    {
        var kind = Checker.Catalogue.Kind(ready.Scenario.WorldKind);
        return RunPlan.Of(ready.Scenario, kind.Metrics, kind.Policies[0], Settings.Engine.CohortMembers);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SimEval.sln")))
                return folder.FullName;
        throw new BenchmarkUnavailableException("the repository's root is not above the binaries");
    }
}
