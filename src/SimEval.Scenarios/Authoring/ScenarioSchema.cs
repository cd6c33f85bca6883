using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Reading;

namespace SimEval.Scenarios.Authoring;

/// <summary>
/// The JSON schema (draft 7) of scenario files, for editors to complete and check with. The reader does not use it: it checks
/// more, and says more, than a schema can.
/// </summary>
public static class ScenarioSchema
{
    private const string Placeholder = "#/definitions/placeholder";

    /// <summary>The schema, with the section of every world of the catalogue in it.</summary>
    public static JObject Generate(IScenarioCatalogue catalogue)
    {
        var definitions = new JObject
        {
            ["placeholder"] = Text(
                "The value of a swept parameter: a dollar sign and its name.",
                @"^\$[A-Za-z_][A-Za-z0-9_]*$"
            ),
            ["name"] = Text("Letters, digits, '-', '_' and '.', at most 100.", "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"),
            ["sweptValue"] = new JObject
            {
                ["description"] = "A number, a quantity with its unit (\"6 m\", \"50 km/h\"), or a text.",
                ["type"] = new JArray("number", "string"),
            },
            ["sweptNumber"] = new JObject
            {
                ["description"] = "A number, or a quantity with its unit (\"6 m\", \"50 km/h\").",
                ["type"] = new JArray("number", "string"),
            },
            ["parameter"] = Parameter(),
            ["variant"] = Variant(catalogue),
            ["gate"] = Gate(catalogue),
        };
        var worlds = new JObject();
        foreach (var world in catalogue.Worlds)
        {
            definitions[$"world.{world}"] = Embed(
                (JObject)catalogue.SchemaOf(world).DeepClone(),
                $"#/definitions/world.{world}"
            );
            worlds[world] = Reference($"world.{world}");
        }

        return new JObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "SimEval scenario",
            ["description"] =
                "A world, a sweep of its parameters, the model variants to run in it, and the gates they must pass.",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JArray("world", "variants"),
            ["properties"] = Properties(worlds),
            ["definitions"] = definitions,
        };
    }

    private static JObject Properties(JObject worlds) =>
        new()
        {
            ["$schema"] = Text("This schema, for editors."),
            ["version"] = Whole("Version of the format.", 1, ScenarioReader.Version, ScenarioReader.Version),
            ["name"] = Described(Reference("name"), "Name of the scenario; by default the file's name."),
            ["description"] = Text("What it is for, in words."),
            ["team"] = Described(Reference("name"), "The team that owns it; by default \"default\"."),
            ["priority"] = Whole("Higher runs first.", -1000, 1000, 0),
            ["labels"] = new JObject
            {
                ["description"] = "Free labels.",
                ["type"] = "object",
                ["additionalProperties"] = new JObject { ["type"] = "string" },
            },
            ["world"] = new JObject
            {
                ["description"] = "The world: one key, its kind. Any value in it may be a swept parameter, \"$name\".",
                ["type"] = "object",
                ["minProperties"] = 1,
                ["maxProperties"] = 1,
                ["additionalProperties"] = false,
                ["properties"] = worlds,
            },
            ["sweep"] = Sweep(),
            ["seed"] = Whole("Scenario seed: the root of all randomness.", 0, null, 1),
            ["seeds"] = Whole("Seeds per point.", 1, null, 1),
            ["variants"] = new JObject
            {
                ["description"] = "What runs in the world, by name.",
                ["type"] = "object",
                ["minProperties"] = 1,
                ["additionalProperties"] = Reference("variant"),
            },
            ["baseline"] = new JObject
            {
                ["description"] = "The variant that others are compared with.",
                ["type"] = new JArray("string", "null"),
            },
            ["metrics"] = new JObject
            {
                ["description"] = "Metrics to show first.",
                ["type"] = "array",
                ["items"] = new JObject { ["type"] = "string" },
            },
            ["gates"] = new JObject
            {
                ["description"] = "What a variant must meet to be fit to ship.",
                ["type"] = "array",
                ["items"] = Reference("gate"),
            },
            ["budget"] = Closed(
                "Limits of one run.",
                (
                    "rollouts",
                    Whole("Most rollouts: whole pairs are taken in a fixed order until it is spent.", 1, null, null)
                ),
                ("wallTime", Text("Most wall time, such as \"10 min\"; a run that it stops is Inconclusive."))
            ),
            ["stopping"] = Closed(
                "Always-valid early stopping.",
                (
                    "enabled",
                    new JObject
                    {
                        ["type"] = "boolean",
                        ["description"] = "Whether a run may stop at a look; true when 'stopping' is there.",
                    }
                ),
                ("looks", Shares("The looks, as ascending shares of all pairs; by default 0.25, 0.5, 0.75."))
            ),
            ["latency"] = Latency(),
        };

    private static JObject Latency() =>
        new()
        {
            ["description"] =
                "How long an action of a model takes to arrive: not at all, as its device's cost model says, as measured, or a time.",
            ["anyOf"] = new JArray(
                new JObject { ["enum"] = new JArray("none", "modelled", "measured") },
                new JObject { ["type"] = "string", ["pattern"] = "^[0-9.]+ *(s|ms|us|ns)$" }
            ),
            ["default"] = "none",
        };

    private static JObject Sweep()
    {
        var sweep = new JObject
        {
            ["description"] =
                "The swept parameters, by name; the points are every combination of lists, grids and files with the samples of the drawn ones.",
            ["type"] = "object",
            ["properties"] = new JObject
            {
                ["samples"] = Whole("Draws of the random parameters.", 1, null, 16),
                ["design"] = Options("How they are drawn together.", SweepReader.DesignNames, "latinHypercube"),
            },
            ["additionalProperties"] = Reference("parameter"),
        };
        return sweep;
    }

    private static JObject Parameter() =>
        new()
        {
            ["anyOf"] = new JArray(
                Described(Reference("sweptValue"), "One value."),
                new JObject
                {
                    ["description"] = "A list of values.",
                    ["type"] = "array",
                    ["minItems"] = 1,
                    ["items"] = Reference("sweptValue"),
                },
                Form(
                    "grid",
                    "From, to, and how many values, evenly spaced.",
                    Reference("sweptNumber"),
                    Reference("sweptNumber"),
                    Whole("How many.", 1, null, null)
                ),
                Form("uniform", "Least and greatest.", Reference("sweptNumber"), Reference("sweptNumber")),
                Normal(),
                Form(
                    "logUniform",
                    "Least and greatest, both above 0.",
                    Reference("sweptNumber"),
                    Reference("sweptNumber")
                ),
                Closed("The files of a suite.", ("files", Text("A glob, relative to this file: *, ?, **.")))
            ),
        };

    private static JObject Normal()
    {
        var form = Form("normal", "Mean and standard deviation.", Reference("sweptNumber"), Reference("sweptNumber"));
        ((JObject)form["properties"]!)["clip"] = Tuple(
            "Least and greatest: the distribution is truncated to them.",
            Reference("sweptNumber"),
            Reference("sweptNumber")
        );
        return form;
    }

    private static JObject Form(string key, string description, params JObject[] items)
    {
        var form = Closed(description, (key, Tuple(description, items)));
        form["required"] = new JArray(key);
        return form;
    }

    private static JObject Tuple(string description, params JObject[] items) =>
        new()
        {
            ["description"] = description,
            ["type"] = "array",
            ["items"] = new JArray(items.Cast<object>().ToArray()),
            ["minItems"] = items.Length,
            ["maxItems"] = items.Length,
        };

    private static JObject Variant(IScenarioCatalogue catalogue)
    {
        var policies = catalogue.Worlds.SelectMany(catalogue.PoliciesOf).Distinct(StringComparer.Ordinal).ToList();
        var shorthand = new JObject
        {
            ["description"] =
                "A built-in policy by name, or the path of a model or a Python program, relative to this file.",
            ["type"] = "string",
            ["examples"] = new JArray(policies.Append("../models/planner.onnx").Cast<object>().ToArray()),
        };
        var full = Closed(
            "A variant that says more.",
            ("model", Text("Path of a model file, relative to this file.")),
            ("policy", Options("A built-in policy of the world.", policies, null)),
            (
                "recorded",
                Text("Path of a recording (a CommonRoad solution), or \"rollout:\" and the key of an earlier rollout.")
            ),
            ("process", Program()),
            (
                "device",
                Text(
                    "Device class: cpu, torch, cuda, process, asic/<generation>, or asic/PATH.json with a board's data file, relative to this file; by default cpu."
                )
            ),
            (
                "inputs",
                new JObject
                {
                    ["description"] = "The model's input by the observation's tensor, where the names differ.",
                    ["type"] = "object",
                    ["additionalProperties"] = new JObject { ["type"] = "string" },
                }
            ),
            ("output", Text("The model's output that holds the action, where it has several.")),
            (
                "states",
                new JObject
                {
                    ["description"] =
                        "Recurrent states: an output of one step that is an input of the next; zeros at the start.",
                    ["type"] = "array",
                    ["items"] = Closed(
                        "One state.",
                        ("input", Text("The model's input.")),
                        ("output", Text("The model's output."))
                    ),
                }
            )
        );
        full["oneOf"] = new JArray(
            VariantReader.Sources.Select(key => (object)new JObject { ["required"] = new JArray(key) }).ToArray()
        );
        return new JObject { ["anyOf"] = new JArray(shorthand, full) };
    }

    private static JObject Program() =>
        new()
        {
            ["description"] =
                "A policy in a program of its own: the program and its arguments, started without a shell. Files are relative to this file.",
            ["type"] = new JArray("array", "string"),
            ["items"] = new JObject { ["type"] = "string" },
            ["minItems"] = 1,
            ["examples"] = new JArray(new JArray("python3", "policy.py")),
        };

    private static JObject Gate(IScenarioCatalogue catalogue)
    {
        var metrics = catalogue.Worlds.SelectMany(catalogue.MetricsOf).DistinctBy(m => m.Name).ToList();
        var metric = Options("The metric that is judged.", [.. metrics.Select(m => m.Name)], null);
        var bound = new JArray("number", "string");
        var gate = Closed(
            "What one metric must meet. Exactly one of atMost, atLeast and noWorseBy.",
            ("metric", metric),
            ("atMost", new JObject { ["description"] = "The metric is at most this, in its unit.", ["type"] = bound }),
            (
                "atLeast",
                new JObject
                {
                    ["description"] = "The metric is at least this, in its unit.",
                    ["type"] = bound.DeepClone(),
                }
            ),
            (
                "noWorseBy",
                new JObject
                {
                    ["description"] = "Paired with the baseline, the metric is worse by less than this margin.",
                    ["type"] = bound.DeepClone(),
                }
            ),
            ("statistic", Options("How the metric is folded over rollouts.", [.. GateReader.Statistics.Keys], "mean")),
            (
                "variants",
                new JObject
                {
                    ["description"] =
                        "The variants it judges; by default every one but the baseline and built-in ones.",
                    ["type"] = "array",
                    ["items"] = new JObject { ["type"] = "string" },
                }
            ),
            (
                "confidence",
                new JObject
                {
                    ["description"] = "Two-sided confidence level.",
                    ["type"] = "number",
                    ["exclusiveMinimum"] = 0.5,
                    ["exclusiveMaximum"] = 1,
                    ["default"] = 0.95,
                }
            ),
            (
                "minValid",
                new JObject
                {
                    ["description"] = "Least share of rollouts without an infrastructure error.",
                    ["type"] = "number",
                    ["minimum"] = 0,
                    ["maximum"] = 1,
                    ["default"] = 0.98,
                }
            )
        );
        gate["required"] = new JArray("metric");
        gate["oneOf"] = new JArray(
            GateReader.Kinds.Keys.Select(key => (object)new JObject { ["required"] = new JArray(key) }).ToArray()
        );
        return gate;
    }

    /// <summary>
    /// A world's schema inside this one: its local references point into it, and wherever it wants a plain value a placeholder
    /// will do as well.
    /// </summary>
    private static JObject Embed(JObject schema, string at)
    {
        foreach (var meta in (string[])["$schema", "$id"])
            schema.Remove(meta);
        foreach (var property in schema.Descendants().OfType<JProperty>().Where(p => p.Name == "$ref").ToList())
        {
            if (property.Value.Type == JTokenType.String && ((string)property.Value!).StartsWith('#'))
                property.Value = at + ((string)property.Value!)[1..];
        }

        foreach (var inner in schema.Descendants().OfType<JObject>().Where(IsPlainValue).ToList())
        {
            var allowed = (JObject)inner.DeepClone();
            var widened = new JObject();
            foreach (var key in (string[])["description", "default", "examples"])
            {
                if (allowed[key] is { } kept)
                {
                    widened[key] = kept.DeepClone();
                    allowed.Remove(key);
                }
            }

            widened["anyOf"] = new JArray(allowed, new JObject { ["$ref"] = Placeholder });
            inner.Replace(widened);
        }

        return schema;
    }

    private static bool IsPlainValue(JObject schema) =>
        (schema["enum"] is JArray || schema["type"] is JValue { Value: "string" or "number" or "integer" or "boolean" })
        && schema.Ancestors().OfType<JProperty>().All(p => p.Name is not ("examples" or "default" or "enum"))
        && schema.Parent is JProperty or JArray;

    private static JObject Closed(string description, params (string Key, JObject Schema)[] properties)
    {
        var inner = new JObject();
        foreach (var (key, schema) in properties)
            inner[key] = schema;
        return new JObject
        {
            ["description"] = description,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = inner,
        };
    }

    private static JObject Text(string description, string? pattern = null)
    {
        var schema = new JObject { ["description"] = description, ["type"] = "string" };
        if (pattern is not null)
            schema["pattern"] = pattern;
        return schema;
    }

    private static JObject Whole(string description, int? least, int? most, int? preset)
    {
        var schema = new JObject { ["description"] = description, ["type"] = "integer" };
        if (least is not null)
            schema["minimum"] = least;
        if (most is not null)
            schema["maximum"] = most;
        if (preset is not null)
            schema["default"] = preset;
        return schema;
    }

    private static JObject Shares(string description) =>
        new()
        {
            ["description"] = description,
            ["type"] = "array",
            ["items"] = new JObject
            {
                ["type"] = "number",
                ["exclusiveMinimum"] = 0,
                ["exclusiveMaximum"] = 1,
            },
        };

    private static JObject Options(string description, IReadOnlyCollection<string> options, string? preset)
    {
        var schema = new JObject { ["description"] = description, ["type"] = "string" };
        if (options.Count > 0)
            schema["enum"] = new JArray(options.Cast<object>().ToArray());
        if (preset is not null)
            schema["default"] = preset;
        return schema;
    }

    private static JObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    private static JObject Described(JObject schema, string description) =>
        new() { ["description"] = description, ["allOf"] = new JArray(schema) };
}
