using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Sweeps;

namespace SimEval.Scenarios.Reading;

/// <summary>Reads the "world" section: which kind, which placeholders, and whether the world takes it at the points.</summary>
internal sealed partial class WorldReader(IScenarioCatalogue catalogue, Problems problems)
{
    // Tokens copied at most for the check: a section of the largest size is then checked at two points.
    private const int ResolvedTokens = 400_000;

    /// <summary>The kind and its section; null when there is not exactly one that is known.</summary>
    internal (string Kind, JObject Section)? Read(Section root)
    {
        var example = catalogue.Worlds.Count == 0 ? "{ }" : $"\"world\": {{ \"{catalogue.Worlds[0]}\": {{ ... }} }}";
        if (root.Need("world", example) is not { } token)
            return null;
        if (token is not JObject { Count: 1 } world)
        {
            problems.Error(
                token,
                $"'world' is an object with one key, the kind of world{(token is JObject many ? $", not {many.Count}" : "")}",
                $"Write {example}"
            );
            return null;
        }

        var property = world.Properties().First();
        var kind = property.Name;
        if (!catalogue.Worlds.Contains(kind))
        {
            var nearest = Nearest.To(kind, [.. catalogue.Worlds]);
            problems.Error(
                property,
                $"unknown world {Wording.Quote(kind)}",
                Nearest.Suggest(kind, [.. catalogue.Worlds])
            );
            if (nearest is null)
                return null;
            // What was meant is plain enough to report what else is wrong, in the same reading.
            kind = nearest;
        }

        if (property.Value is JObject section)
            return (kind, section);
        problems.Error(property.Value, $"the section of a world is an object, not {Wording.KindOf(property.Value)}");
        return null;
    }

    /// <summary>Reports placeholders without a parameter, and warns of parameters without a placeholder.</summary>
    /// <param name="section">The world's section.</param>
    /// <param name="sweep">The section of the sweep, whose every key counts as declared, right or wrong.</param>
    internal void CheckPlaceholders(JObject section, JObject? sweep)
    {
        var declared = sweep?.Properties().Where(p => !SweepReader.Reserved.Contains(p.Name)).ToList() ?? [];
        var names = declared.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in section.Descendants().OfType<JValue>().Where(v => v.Type == JTokenType.String))
        {
            var text = (string)value.Value!;
            if (problems.Full)
                return;
            if (text.StartsWith("$$", StringComparison.Ordinal))
                continue;
            if (!text.StartsWith('$'))
            {
                foreach (Match match in Embedded().Matches(text))
                {
                    if (names.Contains(match.Groups[1].Value))
                        problems.Warn(
                            value,
                            $"{Wording.Quote(match.Value)} inside a text is not replaced: a placeholder is a whole text"
                        );
                }
            }
            else if (names.Contains(text[1..]))
                used.Add(text[1..]);
            else if (!SweepReader.Name().IsMatch(text[1..]))
                problems.Error(
                    value,
                    $"{Wording.Quote(text)} is no parameter",
                    "For a text that begins with a dollar sign write two"
                );
            else
                problems.Error(
                    value,
                    $"the sweep has no parameter {Wording.Quote(text[1..])}",
                    Nearest.Suggest(text[1..], names)
                );
        }

        foreach (var property in declared.Where(p => !used.Contains(p.Name)))
            problems.Warn(property, $"nothing in the world uses '${Wording.Clean(property.Name)}'");
    }

    /// <summary>
    /// Has the world check its section at points that stand for all: a spread of them, and those where a parameter is least or
    /// greatest. An error that not every one of them gives names the point.
    /// </summary>
    internal void CheckPoints(string kind, JObject section, IReadOnlyList<Point> points, ISourceFiles files, int most)
    {
        var chosen = section.Descendants().OfType<JValue>().Any(WorldSection.IsMarked)
            ? Choose(points, Math.Clamp(ResolvedTokens / Math.Max(1, section.Descendants().Count()), 1, most))
            : [.. points.Take(1)];
        var found =
            new Dictionary<(string, int, int, string), (ScenarioError Error, Point Point, string? Origin, int Times)>();
        foreach (var point in chosen)
        {
            var resolved = WorldSection.Resolve(kind, section, point);
            var errors = new List<ScenarioError>();
            try
            {
                catalogue.CheckWorld(kind, resolved, files, problems.SourceName, errors);
            }
            catch (IOException failure)
            {
                errors.Add(
                    new ScenarioError(
                        problems.SourceName,
                        0,
                        0,
                        section.Path,
                        $"a file of the world cannot be read: {failure.Message}"
                    )
                );
            }

            foreach (var error in errors.Take(200))
            {
                var key = (error.File, error.Line, error.Column, error.Path);
                found[key] = found.TryGetValue(key, out var before)
                    ? before with
                    {
                        Times = before.Times + 1,
                    }
                    : (error, point, OriginOf(resolved, error.Path), 1);
            }

            if (found.Count > 200)
                break;
        }

        foreach (var (error, point, origin, times) in found.Values)
        {
            var somewhere = times < chosen.Count && point.Assignment.Count > 0 ? $" (at the point {point})" : "";
            problems.Adopt(error with { Message = error.Message + somewhere }, origin);
        }
    }

    private static List<Point> Choose(IReadOnlyList<Point> points, int most)
    {
        if (points.Count <= most)
            return [.. points];
        var chosen = new SortedSet<int>();
        for (var i = 0; i < most; i++)
            chosen.Add((int)((long)i * (points.Count - 1) / Math.Max(1, most - 1)));
        for (var k = 0; k < points[0].Assignment.Count && chosen.Count < 2 * most; k++)
        {
            if (points[0].Assignment[k].Value.IsText)
                continue;
            var (least, greatest) = (0, 0);
            for (var i = 1; i < points.Count; i++)
            {
                if (points[i].Assignment[k].Value.Number < points[least].Assignment[k].Value.Number)
                    least = i;
                if (points[i].Assignment[k].Value.Number > points[greatest].Assignment[k].Value.Number)
                    greatest = i;
            }

            chosen.Add(least);
            chosen.Add(greatest);
        }

        return [.. chosen.Select(i => points[i])];
    }

    private static string? OriginOf(JObject resolved, string path)
    {
        try
        {
            var replaced = resolved.Root.SelectToken(path)?.Annotation<ReplacedPlaceholder>();
            return replaced is null ? null : $"The value comes from the swept parameter '{replaced.Parameter}'";
        }
        catch (JsonException)
        {
            // A path of another form than JSON's names nothing here.
            return null;
        }
    }

    [GeneratedRegex(@"\$([A-Za-z_][A-Za-z0-9_]{0,63})", RegexOptions.CultureInvariant)]
    private static partial Regex Embedded();
}
