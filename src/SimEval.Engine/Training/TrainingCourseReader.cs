using SimEval.Engine.Catalogue;
using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using SimEval.Worlds;

namespace SimEval.Engine.Training;

/// <summary>
/// Reads scenario files as courses: their world and sweep. Their variants and gates are left aside, since they may name the
/// very model that is yet to be made.
/// </summary>
public sealed class TrainingCourseReader(WorldCatalogue catalogue, ISourceFiles files, ScenarioLimits limits)
{
    private static readonly (string Key, string Value)[] Aside =
    [
        ("variants", """{ "expert": "expert" }"""),
        ("baseline", "null"),
        ("gates", "[]"),
    ];

    /// <summary>Reads one file; null with every error reported.</summary>
    public TrainingCourse? Read(string path, ICollection<ScenarioError> errors)
    {
        var read = ScenarioReader.ReadFile(path, catalogue, files, Aside, limits);
        foreach (var error in read.Errors)
            errors.Add(error);
        if (read.Scenario is not { } scenario)
            return null;
        var points = scenario.Points.ToDictionary(point => point.Key);
        return new TrainingCourse(
            scenario.Name,
            catalogue.Kind(scenario.WorldKind),
            scenario.Seed,
            [.. scenario.Points.Select(point => point.Key)],
            new WorldLibrary(key => Bind(scenario, points[key]))
        );
    }

    private IWorld Bind(Scenario scenario, Point point)
    {
        var errors = new List<ScenarioError>();
        var section = WorldSection.Resolve(scenario, point);
        return catalogue.Bind(scenario.WorldKind, section, files, scenario.SourceName, errors)
            ?? throw new InvalidDataException(string.Join("; ", errors));
    }
}
