using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>What a world's section leaves out, by the "default" keywords of its schema, for the report to state.</summary>
internal static class SchemaDefaults
{
    private const int Deepest = 8;

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
        if (depth > Deepest)
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
            else if (Follow(root, inner)["default"] is { } preset)
                defaults.Add(
                    new AppliedDefault(
                        name,
                        preset.Type == JTokenType.String ? (string)preset! : preset.ToString(Formatting.None)
                    )
                );
        }
    }

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
