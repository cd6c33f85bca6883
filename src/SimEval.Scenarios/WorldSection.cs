using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios;

/// <summary>The world's section of a scenario at one point: every placeholder replaced by its value.</summary>
public static class WorldSection
{
    private const double LargestExactInteger = 9007199254740992;

    /// <summary>
    /// A copy of the section with each "$name" replaced: a number with a unit by a text ("9 m"), a pure number by a JSON number,
    /// a text by a text; "$$" at the start of a text stands for one dollar sign. Tokens keep the line information of what stood
    /// in the file, and their paths are those of the file ("world.driving.ego.speed"). The copy is the caller's.
    /// </summary>
    /// <exception cref="InvalidOperationException">The point lacks a parameter: it is no point of this scenario.</exception>
    public static JObject Resolve(Scenario scenario, Point point) => Resolve(scenario.WorldKind, scenario.World, point);

    /// <summary>The same, of a section that is no scenario's yet.</summary>
    internal static JObject Resolve(string worldKind, JObject world, Point point)
    {
        var copy = (JObject)world.DeepClone();
        _ = new JObject(new JProperty("world", new JObject(new JProperty(worldKind, copy))));
        foreach (var value in copy.Descendants().OfType<JValue>().Where(IsMarked).ToList())
        {
            var text = (string)value.Value!;
            if (text.StartsWith("$$", StringComparison.Ordinal))
            {
                value.Value = text[1..];
                continue;
            }

            var name = text[1..];
            var parameter = Find(point, name);
            value.Value = Replacement(parameter);
            value.AddAnnotation(new ReplacedPlaceholder(name));
        }

        return copy;
    }

    /// <summary>Whether a value is a text that begins with a dollar sign.</summary>
    internal static bool IsMarked(JValue value) =>
        value.Type == JTokenType.String && ((string)value.Value!).StartsWith('$');

    private static ParameterValue Find(Point point, string name)
    {
        foreach (var (key, value) in point.Assignment)
        {
            if (key == name)
                return value;
        }

        throw new InvalidOperationException($"The point {point} has no parameter {Wording.Quote(name)}.");
    }

    private static object Replacement(ParameterValue value)
    {
        if (value.Text is not null || value.Unit.Length > 0)
            return value.ToString();
        // A count must stay a whole number, and 1e300 is none that an integer could hold.
        if (Math.Floor(value.Number) == value.Number && Math.Abs(value.Number) <= LargestExactInteger)
            return (long)value.Number;
        return value.Number;
    }
}

/// <summary>Marks a value that stands where a placeholder stood.</summary>
internal sealed record ReplacedPlaceholder(string Parameter);
