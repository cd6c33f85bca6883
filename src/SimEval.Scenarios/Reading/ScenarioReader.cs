using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// Reads scenario files: JSON with comments and trailing commas. Reports everything that is wrong with a file, each error with
/// its place and what would be right; never throws on account of the text, and keeps within the limits whatever the text is.
/// </summary>
public static class ScenarioReader
{
    /// <summary>The newest version of the format.</summary>
    public const int Version = 1;

    /// <summary>The keys of a scenario file.</summary>
    public static readonly IReadOnlyList<string> Keys =
    [
        "$schema",
        "version",
        "name",
        "description",
        "team",
        "priority",
        "labels",
        "world",
        "sweep",
        "seed",
        "seeds",
        "variants",
        "baseline",
        "metrics",
        "gates",
        "budget",
        "stopping",
        "latency",
    ];

    /// <summary>Reads a file through <paramref name="files"/>; a file that is absent, too large or no UTF-8 is an error like any other.</summary>
    public static ScenarioReadResult ReadFile(
        string path,
        IScenarioCatalogue catalogue,
        ISourceFiles files,
        IReadOnlyList<(string Key, string Value)> overrides,
        ScenarioLimits limits
    )
    {
        string message;
        try
        {
            // A character takes at most four bytes.
            if (files.Size(path) is { } size && size > 4L * limits.FileLength)
                message = $"the file is too large: {size:N0} bytes";
            else if (files.Read(path) is { } bytes)
                return Read(new UTF8Encoding(false, true).GetString(bytes), path, catalogue, files, overrides, limits);
            else
                message = "there is no such file";
        }
        catch (IOException failure)
        {
            message = $"the file cannot be read: {Wording.Clean(failure.Message, 300)}";
        }
        catch (DecoderFallbackException)
        {
            message = "the file is not UTF-8 text";
        }

        return new ScenarioReadResult(null, [new ScenarioError(path, 0, 0, "", message)], []);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="sourceName">The file's name: named in errors, and what relative paths start from.</param>
    /// <param name="catalogue">What worlds there are.</param>
    /// <param name="files">The files that the scenario names.</param>
    /// <param name="overrides">Keys to set before reading: a path ("variants.int8.model", "gates[0].atMost") and a value, which is JSON if it reads as such and a text otherwise.</param>
    /// <param name="limits">The most that the file may ask for.</param>
    public static ScenarioReadResult Read(
        string text,
        string sourceName,
        IScenarioCatalogue catalogue,
        ISourceFiles files,
        IReadOnlyList<(string Key, string Value)> overrides,
        ScenarioLimits limits
    )
    {
        var problems = new Problems(sourceName, limits.Errors);
        var root = JsonSource.ReadObject(text, limits, problems);
        if (root is null)
            return new ScenarioReadResult(null, problems.Errors, []);

        var found = new FoundFiles(files);
        var wrongOverrides = new List<ScenarioError>();
        var setter = new Overrides(root, found, limits, wrongOverrides);
        foreach (var (key, value) in overrides)
            setter.Apply(key, value);
        foreach (var error in wrongOverrides)
            problems.Adopt(error);
        if (overrides.Count > 0)
        {
            text = root.ToString(Formatting.Indented);
            // What is stored must read again, and a value set deep inside may pass a limit that neither part does alone.
            var again = new Problems("--set", 1);
            if (JsonSource.ReadObject(text, limits, again) is null)
                problems.Adopt(again.Errors[0] with { Line = 0, Column = 0 });
        }

        var scenario = IsNewer(root, problems)
            ? null
            : new RootReader(root, catalogue, found, limits, problems).Read(text);
        return problems.Any
            ? new ScenarioReadResult(null, problems.Errors, problems.Warnings) { Draft = scenario }
            : new ScenarioReadResult(scenario, [], problems.Warnings);
    }

    private static bool IsNewer(JObject root, Problems problems)
    {
        if (!root.TryGetValue("version", StringComparison.Ordinal, out var value))
            return false;
        if (Section.WholeOf(value) is { } version && version > Version)
        {
            problems.Error(
                value,
                $"the file is of version {Section.Shown(value)}; this program reads version {Version}",
                "Use a newer SimEval"
            );
            return true;
        }

        Section.IntegerOf(value, problems, 1, Version);
        return false;
    }
}
