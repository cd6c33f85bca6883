using SimEval.Tests.Scenarios.Importers;

namespace SimEval.LoadTests.Fuzz;

/// <summary>The CommonRoad readers on mutations of samples that hold every element they know, and what is built on them.</summary>
internal static class CommonRoadFuzz
{
    public static FuzzTarget Create()
    {
        string[] files = [.. CommonRoadSamples.Scenarios, CommonRoadSamples.Solution];
        return new FuzzTarget(
            "commonroad",
            (seed, index) => XmlMutator.Mutate(files, seed, index),
            CommonRoadFuzzInput.Feed
        );
    }
}
