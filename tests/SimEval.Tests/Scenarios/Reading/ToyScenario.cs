using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using Xunit;

namespace SimEval.Tests.Scenarios.Reading;

/// <summary>Reads texts as /scenarios/driving/cut-in.json in the toy world.</summary>
internal static class ToyScenario
{
    public const string Source = "/scenarios/driving/cut-in.json";

    public const string Minimal = """{ "world": { "driving": {} }, "variants": { "expert": "expert" } }""";

    public static readonly MemoryFiles Files = new MemoryFiles()
        .With("/scenarios/models/planner.onnx", "model")
        .With("/scenarios/models/planner.int8.onnx", "model")
        .With("/cwd/new.onnx", "model")
        .With("/cwd/map.xml", "1")
        .With("/scenarios/data/a.xml", "1")
        .With("/scenarios/data/b.xml", "1 2")
        .With("/scenarios/data/c.xml", "")
        .With("/scenarios/bad/x.xml", "broken");

    public static ScenarioReadResult Read(string text, params (string, string)[] overrides) =>
        Read(text, new ScenarioLimits(), overrides);

    public static ScenarioReadResult Read(string text, ScenarioLimits limits, params (string, string)[] overrides) =>
        ScenarioReader.Read(text, Source, new ToyCatalogue(), Files, overrides, limits);

    /// <summary>The scenario of a text that must be right.</summary>
    public static Scenario Good(string text, params (string, string)[] overrides)
    {
        var result = Read(text, overrides);
        Assert.Empty(result.Errors);
        return result.Scenario!;
    }

    /// <summary>The errors of a text that must be wrong.</summary>
    public static IReadOnlyList<ScenarioError> Errors(string text, params (string, string)[] overrides)
    {
        var result = Read(text, overrides);
        Assert.Null(result.Scenario);
        Assert.NotEmpty(result.Errors);
        return result.Errors;
    }

    /// <summary>The one error of a text.</summary>
    public static ScenarioError Error(string text, params (string, string)[] overrides) =>
        Assert.Single(Errors(text, overrides));

    /// <summary>A minimal file with more keys.</summary>
    public static string With(string keys) => Minimal[..^1] + ", " + keys + "}";

    /// <summary>A minimal file with this world section and sweep.</summary>
    public static string Swept(string world, string sweep) =>
        $$"""{ "world": { "driving": {{world}} }, "sweep": {{sweep}}, "variants": { "expert": "expert" } }""";
}
