using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Worlds;
using SimEval.Worlds.Driving;
using Xunit;

namespace SimEval.Tests.Worlds.Driving;

/// <summary>Files on disk, relative to nothing.</summary>
internal sealed class PlainFiles : ISourceFiles
{
    public byte[]? Read(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    public long? Size(string path) => File.Exists(path) ? new FileInfo(path).Length : null;

    public IReadOnlyList<string> Glob(string pattern) => [];

    public string Resolve(string basePath, string path) => path;
}

/// <summary>Sections of the shipped scenarios with values in place of the parameters, and worlds of them.</summary>
internal static class Sections
{
    public static IReadOnlyList<string> Shipped { get; } = ["cut-in", "merge", "jaywalker", "left-turn", "jam"];

    /// <summary>The section of a shipped scenario at one point of its sweep.</summary>
    public static JObject Of(string scenario)
    {
        var path = Path.Combine(SharedData.Root, "scenarios", "driving", scenario + ".json");
        var values = new Dictionary<string, string>
        {
            ["$gap"] = "18 m",
            ["$speed"] = scenario is "cut-in" or "merge" ? "22 m/s" : "10 m/s",
            ["$density"] = "14 /km",
            ["$when"] = "2.6 s",
            ["$every"] = "5 s",
        };
        var section = (JObject)JObject.Parse(File.ReadAllText(path))["world"]!["driving"]!;
        foreach (var value in section.Descendants().OfType<JValue>().ToArray())
        {
            if (value.Type == JTokenType.String && values.TryGetValue((string)value!, out var number))
                value.Value = number;
        }

        return section;
    }

    /// <summary>Binds a section that must be right.</summary>
    public static IWorld Bind(JObject section)
    {
        var errors = new List<ScenarioError>();
        var world = new DrivingWorldKind().Bind(section, new PlainFiles(), "test.json", errors);
        Assert.Empty(errors);
        return world!;
    }

    /// <summary>Binds a text that must be right.</summary>
    public static IWorld Bind(string json) => Bind(JObject.Parse(json));

    /// <summary>Drives an episode to its end, or for some frames, with a built-in policy.</summary>
    public static IEpisode Drive(IWorld world, string policy, int seed = 0, int frames = int.MaxValue, ulong point = 1)
    {
        var errors = new List<ScenarioError>();
        var driver = world.CreatePolicy(policy, null, errors)!;
        Assert.Empty(errors);
        var episode = world.Start(7, new PointKey(point), seed);
        var action = new float[world.Action.Size];
        while (!episode.IsOver && episode.Frame < frames)
        {
            driver.Act(episode, action);
            episode.Step(action);
        }

        return episode;
    }

    /// <summary>One metric of an episode.</summary>
    public static double Metric(IEpisode episode, string name)
    {
        var kind = new DrivingWorldKind();
        var values = new double[kind.Metrics.Count];
        episode.Measure(values);
        return values[kind.Metrics.Select(metric => metric.Name).ToList().IndexOf(name)];
    }
}
