namespace SimEval.EndToEnd;

/// <summary>Scenario files of these tests.</summary>
internal static class TestScenarios
{
    /// <summary>A cut-in of 8 points, two seeds and two built-in policies: 32 rollouts, well under a second.</summary>
    public const string Small = """
        {
          "name": "small",
          "world": { "driving": {
            "road": { "lanes": 2, "length": "600 m" },
            "ego": { "lane": 1, "position": "50 m", "speed": "$speed" },
            "traffic": [{ "cutsIn": { "gap": "$gap", "duration": "2 s" } }]
          } },
          "sweep": { "gap": ["8 m", "12 m", "20 m", "30 m"], "speed": ["15 m/s", "22 m/s"] },
          "seeds": 2,
          "variants": { "expert": "expert", "constant": "constantVelocity" },
          "baseline": "expert"
        }
        """;

    /// <summary>The same with the shipped planner over many pairs: some seconds of work, in several cohorts.</summary>
    public static string Long(int seeds) =>
        Small
            .Replace("\"name\": \"small\"", "\"name\": \"long\"", StringComparison.Ordinal)
            .Replace("\"seeds\": 2", $"\"seeds\": {seeds}", StringComparison.Ordinal)
            .Replace(
                "\"constant\": \"constantVelocity\"",
                $"\"planner\": \"{Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.onnx")}\"",
                StringComparison.Ordinal
            );
}
