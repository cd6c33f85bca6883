using SimEval.Engine.Catalogue;
using SimEval.Node;
using SimEval.Scenarios.Numerics;
using SimEval.Scenarios.Reading;
using SimEval.Tests.Scenarios.Reading;

namespace SimEval.LoadTests.Fuzz;

/// <summary>The scenario reader on mutations of the shipped files and of the tests' own, with the real worlds behind it.</summary>
internal static class ScenarioFuzz
{
    private static readonly ScenarioLimits Limits = new()
    {
        Points = 5_000,
        Rollouts = 100_000,
        CheckedPoints = 4,
    };

    public static FuzzTarget Create(string root)
    {
        var folder = Path.Combine(root, "scenarios");
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
                .Where(path => !path.EndsWith(".schema.json", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText),
            .. ScenarioMutator.Files,
        ];
        var catalogue = SimEvalNode.CreateCatalogue();
        var disk = new DiskFiles();
        var source = Path.Combine(folder, "driving", "fuzzed.json");
        return new FuzzTarget(
            "scenario",
            (seed, index) => ScenarioMutator.Mutate(files, new Philox(seed), index),
            text =>
            {
                var result = ScenarioReader.Read(text, source, catalogue, disk, [], Limits);
                if (result.Scenario is null != result.Errors.Count > 0)
                    throw new InvalidOperationException("neither a scenario nor an error");
                if (
                    result.Errors.Concat(result.Warnings).FirstOrDefault(e => e.ToString().Any(char.IsControl)) is
                    { } raw
                )
                    throw new InvalidOperationException($"a control character in a message at {raw.Path}");
            }
        );
    }
}
