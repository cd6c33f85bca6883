using System.Globalization;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// Overrides of single keys ("--set variants.int8.model=PATH"), applied to the file before it is read, so that they are checked
/// like the file itself. A path may not name what is not there, except for a key that may be left out.
/// </summary>
internal sealed class Overrides(JObject root, FoundFiles files, ScenarioLimits limits, List<ScenarioError> errors)
{
    private static readonly string[] Containers = ["world", "sweep", "labels", "budget", "stopping"];

    internal void Apply(string key, string text)
    {
        var value = JsonSource.TryReadValue(text, limits) is { } json ? json.DeepClone() : new JValue(text);
        if (
            key.Length is 0 or > 1000
            || value is JValue { Value: string { Length: var length } } && length > limits.TextLength
        )
        {
            Error(
                key,
                "",
                key.Length == 0 ? "the key is missing" : "the key or its value is too long",
                "Write --set seed=7"
            );
            return;
        }

        value.AddAnnotation(new OverrideOrigin(key));
        var trail = new List<string>();
        JToken node = root;
        var rest = key;
        while (true)
        {
            if (Step(key, node, ref rest, trail) is not { } name)
                return;
            trail.Add(name);
            if (rest.Length == 0)
            {
                Put(node, name, trail, value);
                return;
            }

            if (Enter(key, node, name, trail, rest) is not { } next)
                return;
            node = next;
        }
    }

    /// <summary>Takes the next name or index off the path. Names may hold dots: the longest that is there wins.</summary>
    private string? Step(string key, JToken node, ref string rest, List<string> trail)
    {
        if (rest.StartsWith('['))
        {
            var close = rest.IndexOf(']', StringComparison.Ordinal);
            if (
                node is JArray list
                && close > 1
                && int.TryParse(
                    rest.AsSpan(1, close - 1),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var index
                )
            )
            {
                rest = rest[(close + 1)..].TrimStart('.');
                if (index < list.Count)
                    return index.ToString(CultureInfo.InvariantCulture);
                Error(
                    key,
                    node.Path,
                    $"there is no entry {index}",
                    list.Count == 0 ? "The list is empty" : $"The entries are 0 to {list.Count - 1}"
                );
                return null;
            }

            Error(
                key,
                node.Path,
                node is JArray ? "an entry of a list is written [0]" : $"{Wording.KindOf(node)} has no entries",
                null
            );
            return null;
        }

        if (node is JArray)
        {
            Error(key, node.Path, "an entry of a list is written [0]", $"Write {string.Join('.', trail)}[0]");
            return null;
        }

        var text = rest;
        var present = (node as JObject)
            ?.Properties()
            .Select(p => p.Name)
            .Where(name =>
                name.Length > 0
                && text.StartsWith(name, StringComparison.Ordinal)
                && (text.Length == name.Length || text[name.Length] is '.' or '[')
            )
            .MaxBy(name => name.Length);
        var end = present?.Length ?? rest.AsSpan().IndexOfAny('.', '[');
        var found = end < 0 ? rest : rest[..end];
        rest = end < 0 ? "" : rest[end..];
        if (rest.StartsWith('.'))
            rest = rest.Length > 1 ? rest[1..] : ".";
        if (found.Length > 0 && rest != ".")
            return found;
        Error(key, node.Path, "a name is missing in the path", null);
        return null;
    }

    /// <summary>Goes into what a name stands for, making objects that may be left out and opening shorthand variants.</summary>
    private JToken? Enter(string key, JToken node, string name, List<string> trail, string rest)
    {
        if (node is JArray list)
            return list[int.Parse(name, CultureInfo.InvariantCulture)];
        var json = (JObject)node;
        if (!json.TryGetValue(name, StringComparison.Ordinal, out var child))
        {
            if (!(trail.Count == 1 ? Containers.Contains(name) : trail[0] == "world"))
            {
                Unknown(key, json, name, trail);
                return null;
            }

            json[name] = child = new JObject();
        }

        if (trail is ["variants", _] && child is JValue { Value: string shorthand })
        {
            var source =
                shorthand.EndsWith(VariantReader.PythonSuffix, StringComparison.Ordinal) ? "process"
                : VariantReader.IsPath(shorthand) ? "model"
                : "policy";
            json[name] = child = new JObject(new JProperty(source, child.DeepClone()));
        }

        if (child is JContainer)
            return child;
        Error(
            key,
            child.Path,
            $"'{Wording.Clean(name)}' is {Wording.KindOf(child)} and has no {Wording.Quote(rest)}",
            null
        );
        return null;
    }

    private void Put(JToken node, string name, List<string> trail, JToken value)
    {
        var key = value.Annotation<OverrideOrigin>()!.Key;
        if (node is JArray list)
        {
            list[int.Parse(name, CultureInfo.InvariantCulture)] = value;
            MakeAbsolute(trail, list[int.Parse(name, CultureInfo.InvariantCulture)]);
            return;
        }

        var json = (JObject)node;
        var open = trail.Count switch
        {
            1 => ScenarioReader.Keys.Contains(name),
            2 when trail[0] == "variants" => false,
            2 when trail[0] == "sweep" => SweepReader.Reserved.Contains(name),
            _ => true,
        };
        if (!open && !json.ContainsKey(name))
        {
            Unknown(key, json, name, trail);
            return;
        }

        // Setting where a variant's actions come from replaces where they came from.
        if (trail is ["variants", _, _] && VariantReader.Sources.Contains(name))
        {
            foreach (var other in VariantReader.Sources)
                json.Remove(other);
        }

        json[name] = value;
        MakeAbsolute(trail, json[name]!);
    }

    private void Unknown(string key, JObject json, string name, List<string> trail)
    {
        var names = json.Properties().Select(p => p.Name);
        IReadOnlyCollection<string> known = trail.Count == 1 ? [.. ScenarioReader.Keys] : [.. names];
        if (trail.Count == 1 && ScenarioReader.Keys.Contains(name))
        {
            Error(key, "", $"'{name}' is one value, with nothing inside", $"Write --set {name}=...");
            return;
        }

        var what =
            trail is ["variants", _] ? "the file has no variant"
            : trail is ["sweep", _] ? "the file sweeps no parameter"
            : "unknown key";
        Error(key, json.Path, $"{what} '{Wording.Clean(name)}'", Nearest.Suggest(name, known));
    }

    /// <summary>A path on the command line is meant from the current folder, not from the scenario's.</summary>
    private void MakeAbsolute(List<string> trail, JToken value)
    {
        foreach (var text in Texts(value))
        {
            var path = (string)text.Value!;
            var relative = text.Path[(text.Path.IndexOf('.', StringComparison.Ordinal) + 1)..];
            var isPath = trail[0] switch
            {
                "variants" => IsVariantPath(text, path),
                "sweep" => text.Parent is JProperty { Name: "files" } && relative.Length > 0,
                "world" => !path.StartsWith('$') && Exists(path.Split('#')[0]),
                _ => false,
            };
            if (isPath && path.Length > 0 && !path.Any(char.IsControl))
                text.Value = files.FromCurrentFolder(path);
        }
    }

    private bool IsVariantPath(JValue text, string path) =>
        text.Parent switch
        {
            JProperty { Name: "model" } => true,
            JProperty { Name: "process" } or JArray { Parent: JProperty { Name: "process" } } => Exists(path),
            JProperty { Name: "recorded" } => !path.StartsWith(Variant.RolloutPrefix, StringComparison.Ordinal),
            JProperty { Parent.Parent: JProperty { Name: "variants", Parent.Parent: null } } => VariantReader.IsPath(
                path
            ),
            _ => false,
        };

    private static IEnumerable<JValue> Texts(JToken value) =>
        (value is JContainer container ? container.Descendants() : [value])
            .OfType<JValue>()
            .Where(v => v.Type == JTokenType.String)
            .ToList();

    private bool Exists(string path)
    {
        try
        {
            return path.Length > 0 && files.Size(files.FromCurrentFolder(path)) is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Error(string key, string path, string message, string? suggestion) =>
        errors.Add(
            new ScenarioError($"--set {Wording.Clean(key)}", 0, 0, Wording.Clean(path, 200), message, suggestion)
        );
}
