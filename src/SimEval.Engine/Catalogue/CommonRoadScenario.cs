using Newtonsoft.Json.Linq;

namespace SimEval.Engine.Catalogue;

/// <summary>A CommonRoad file as it is, taken for a scenario: every planning problem, driven by the built-in policies.</summary>
public static class CommonRoadScenario
{
    /// <summary>The text of the scenario that runs the file at <paramref name="path"/>.</summary>
    public static string TextFor(string path)
    {
        var file = Path.GetFileName(path);
        return new JObject
        {
            ["description"] = $"The planning problems of {file}, driven by the built-in policies",
            ["world"] = new JObject { ["driving"] = new JObject { ["commonRoad"] = "$file" } },
            ["sweep"] = new JObject { ["file"] = new JObject { ["files"] = file } },
            ["variants"] = new JObject { ["constantVelocity"] = "constantVelocity", ["expert"] = "expert" },
        }.ToString();
    }
}
