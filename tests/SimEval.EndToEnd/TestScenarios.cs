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

    /// <summary>A scenario of a CommonRoad file, named as the key's value says, with both built-in policies.</summary>
    public static string OfCommonRoad(string file, string sweep) =>
        $$"""
            { "world": { "driving": { "commonRoad": "{{file}}" } }, "sweep": {{sweep}},
              "variants": { "expert": "expert", "constant": "constantVelocity" } }
            """;

    /// <summary>A straight lane, 60 m long, with so many planning problems on it.</summary>
    public static string CommonRoad(int problems) =>
        """
            <commonRoad commonRoadVersion="2020a" timeStepSize="0.1" benchmarkID="ZAM_Straight-1_1_T-1" author="a" affiliation="b" source="c" date="2020-01-01">
              <lanelet id="1">
                <leftBound><point><x>0</x><y>4</y></point><point><x>60</x><y>4</y></point></leftBound>
                <rightBound><point><x>0</x><y>0</y></point><point><x>60</x><y>0</y></point></rightBound>
              </lanelet>
            """
        + string.Concat(
            Enumerable
                .Range(1, problems)
                .Select(id =>
                    $"""
                        <planningProblem id="{id}"><initialState><position><point><x>{id}</x><y>2</y></point></position><orientation><exact>0</exact></orientation><time><exact>0</exact></time><velocity><exact>8</exact></velocity></initialState><goalState><time><intervalStart>10</intervalStart><intervalEnd>30</intervalEnd></time></goalState></planningProblem>
                        """
                )
        )
        + "</commonRoad>";
}
