using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>What a world's section leaves out, by the "default" keywords of its schema, for the report to state.</summary>
internal static class SchemaDefaults
{
    private const int Deepest = 8;

    // A report lists some dozens; a section of a million entries has millions.
    private const int Most = 1000;

    internal static void Collect(JObject schema, JObject section, List<AppliedDefault> defaults) =>
        Collect(schema, schema, section, section.Path, defaults, 0);

    private static void Collect(
        JObject root,
        JObject schema,
        JToken value,
        string path,
        List<AppliedDefault> defaults,
        int depth
    )
    {
        schema = Follow(root, schema);
        if (depth > Deepest || defaults.Count >= Most)
            return;
        if (value is JArray list && schema["items"] is JObject items)
        {
            for (var i = 0; i < list.Count; i++)
                Collect(root, items, list[i], $"{path}[{i}]", defaults, depth + 1);
        }

        if (value is not JObject json || schema["properties"] is not JObject properties)
            return;
        foreach (var property in properties.Properties())
        {
            if (property.Value is not JObject inner)
                continue;
            var name = $"{path}.{property.Name}";
            if (json.TryGetValue(property.Name, StringComparison.Ordinal, out var present))
                Collect(root, inner, present, name, defaults, depth + 1);
            else if (Follow(root, inner) is var left && left["default"] is { } preset && Applies(left, json))
                Apply(root, left, preset, name, defaults, depth + 1);
        }
    }

    /// <summary>An object that is left out with the default {} has the defaults of what is in it.</summary>
    private static void Apply(
        JObject root,
        JObject schema,
        JToken preset,
        string path,
        List<AppliedDefault> defaults,
        int depth
    )
    {
        if (preset is JObject { Count: 0 } empty && schema["properties"] is JObject)
            Collect(root, schema, empty, path, defaults, depth);
        else
            defaults.Add(
                new AppliedDefault(
                    path,
                    preset.Type == JTokenType.String ? (string)preset! : preset.ToString(Formatting.None)
                )
            );
    }

    /// <summary>
    /// Whether the default applies: "x-when" in the schema names keys beside it that must be there (true), must not be there
    /// (false), or must have a value.
    /// </summary>
    private static bool Applies(JObject schema, JObject beside) =>
        schema["x-when"] is not JObject conditions
        || conditions
            .Properties()
            .All(condition =>
                condition.Value.Type == JTokenType.Boolean
                    ? beside.ContainsKey(condition.Name) == (bool)condition.Value
                    : JToken.DeepEquals(beside[condition.Name], condition.Value)
            );

    /// <summary>The schema that a local reference names ("#/definitions/road"), or the schema itself.</summary>
    private static JObject Follow(JObject root, JObject schema)
    {
        for (var hop = 0; hop < Deepest && schema["$ref"]?.Type == JTokenType.String; hop++)
        {
            JToken? target = root;
            foreach (
                var part in ((string)schema["$ref"]!).TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)
            )
                target = (target as JObject)?[part];
            if (target is not JObject found)
                break;
            schema = found;
        }

        return schema;
    }
}
