using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>Reads the "variants" section: a policy's name, a file, or an object that says more.</summary>
internal sealed partial class VariantReader(
    ISourceFiles files,
    ScenarioLimits limits,
    Problems problems,
    List<AppliedDefault> defaults,
    IReadOnlyList<string> policies
)
{
    /// <summary>The keys of which a variant has exactly one.</summary>
    internal static readonly string[] Sources = ["model", "policy", "recorded", "process"];

    private static readonly string[] Classes = ["cpu", "torch", "cuda", "asic", "process"];

    private const string BoardPrefix = "asic/";

    /// <summary>What the path of a program in Python ends in.</summary>
    internal const string PythonSuffix = ".py";

    private readonly ProgramReader programs = new(files, problems);

    internal IReadOnlyList<Variant> Read(JObject section)
    {
        var variants = new List<Variant>();
        if (section.Count == 0)
            problems.Error(section, "there is no variant", "Write { \"expert\": \"expert\" }");
        foreach (var property in section.Properties())
        {
            if (variants.Count >= limits.Variants)
            {
                problems.Error(property, $"too many variants: at most {limits.Variants}");
                break;
            }

            if (!Name().IsMatch(property.Name))
                problems.Error(
                    property,
                    $"{Wording.Quote(property.Name)} is not a variant's name: letters, digits, '-', '_' and '.', at most 64"
                );
            else if (ReadOne(property.Name, property.Value) is { } variant)
                variants.Add(variant);
        }

        return variants;
    }

    /// <summary>Whether a shorthand is a file rather than the name of a policy.</summary>
    internal static bool IsPath(string text) =>
        FileLike().IsMatch(text)
        || text.Contains('/', StringComparison.Ordinal)
        || text.Contains('\\', StringComparison.Ordinal);

    private Variant? ReadOne(string name, JToken value)
    {
        if (value.Type == JTokenType.String)
        {
            var text = (string)value!;
            if (policies.Contains(text) || !IsPath(text))
                return BuiltIn(name, text, value);
            if (text.EndsWith(PythonSuffix, StringComparison.Ordinal))
                return programs.FromFile(name, text, value);
            var recorded = text.EndsWith(".xml", StringComparison.OrdinalIgnoreCase);
            defaults.Add(new AppliedDefault($"{value.Path}.device", "cpu"));
            return programs.Existing(text, value) is { } path
                ? Plain(name, recorded ? PolicyKind.Recorded : PolicyKind.Model, path)
                : null;
        }

        if (value is JObject json)
            return ReadObject(name, json);
        problems.Error(
            value,
            $"a variant is a policy's name, a model's path or an object, not {Wording.KindOf(value)}",
            "Write \"expert\" or { \"model\": \"../models/planner.onnx\" }"
        );
        return null;
    }

    private Variant? ReadObject(string name, JObject json)
    {
        var section = new Section(json, problems, defaults);
        var given = Sources.Where(json.ContainsKey).ToList();
        foreach (var key in Sources)
            section.Take(key);
        var isModel = given.Count == 0 || given.Contains("model");
        if (!isModel)
        {
            foreach (var key in (string[])["device", "inputs", "output", "states"])
            {
                if (section.Take(key) is { } misplaced)
                    problems.Error(misplaced, $"'{key}' belongs to a model; this variant is a {given[0]}");
            }
        }

        var (device, board) = isModel ? ReadDevice(section) : ("cpu", null);
        var inputs = isModel ? ReadInputs(section) : new Dictionary<string, string>();
        var output = isModel ? section.Text("output", "\"output\": \"action\"") : null;
        var states = isModel ? ReadStates(section) : [];
        section.Finish();
        if (isModel && device == ProgramReader.Device && (inputs.Count > 0 || output is not null || states.Count > 0))
            problems.Error(
                json,
                "'inputs', 'output' and 'states' belong to a model; a program says itself which tensors it wants"
            );
        if (given.Count != 1)
        {
            problems.Error(json, $"a variant has exactly one of {string.Join(", ", Sources)}, not {given.Count}");
            return null;
        }

        var source = json[given[0]]!;
        if (given[0] == "process")
            return programs.FromCommand(name, source);
        if (
            Section.TextOf(
                source,
                problems,
                given[0] == "policy" ? "\"policy\": \"expert\"" : $"\"{given[0]}\": \"../models/planner.onnx\""
            )
            is not { } text
        )
            return null;
        if (given[0] == "policy")
            return BuiltIn(name, text, source);
        if (given[0] == "recorded" && text.StartsWith(Variant.RolloutPrefix, StringComparison.Ordinal))
            return IsRollout(text, source) ? Plain(name, PolicyKind.Recorded, text) : null;
        if (device == ProgramReader.Device)
            return programs.FromFile(name, text, source);
        if (programs.Existing(text, source) is not { } path)
            return null;
        return given[0] == "recorded"
            ? Plain(name, PolicyKind.Recorded, path)
            : new Variant(name, PolicyKind.Model, path, device, inputs, output, states) { BoardFile = board };
    }

    private Variant? BuiltIn(string name, string policy, JToken at)
    {
        if (policies.Contains(policy))
            return Plain(name, PolicyKind.BuiltIn, policy);
        problems.Error(
            at,
            $"the world has no policy {Wording.Quote(policy)}, and it is no path of a model",
            Nearest.Suggest(policy, policies)
        );
        return null;
    }

    private static Variant Plain(string name, PolicyKind kind, string source) =>
        new(name, kind, source, "cpu", new Dictionary<string, string>(), null, []);

    private bool IsRollout(string name, JToken at)
    {
        try
        {
            if (files.Size(name) is not null)
                return true;
            problems.Error(
                at,
                $"there is no run with the rollout {Wording.Quote(name)} in the data folder",
                "Write \"rollout:RUN/VARIANT/POINT/SEED\", as in \"rollout:cut-in-1/expert/gap=12,speed=30/0\""
            );
        }
        catch (IOException failure)
        {
            problems.Error(at, Wording.Clean(failure.Message, 300));
        }

        return false;
    }

    private (string Device, string? Board) ReadDevice(Section section)
    {
        if (section.Take("device") is not { } value)
        {
            section.Default("device", "cpu");
            return ("cpu", null);
        }

        if (Section.TextOf(value, problems, "\"device\": \"cpu\"") is not { } device)
            return ("cpu", null);
        if (
            device.StartsWith(BoardPrefix, StringComparison.Ordinal)
            && device.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        )
            return programs.Existing(device[BoardPrefix.Length..], value) is { } board
                ? (device, board)
                : ("cpu", null);
        if (Device().IsMatch(device) && Classes.Contains(device.Split('/')[0]))
            return (device, null);
        problems.Error(
            value,
            $"unknown device class {Wording.Quote(device)}",
            Nearest.To(device.Split('/')[0], Classes) is { } near
                ? $"Did you mean '{near}'?"
                : "Write cpu, torch, cuda, process, asic/<generation>, or asic/PATH.json with a board's data file"
        );
        return ("cpu", null);
    }

    private Dictionary<string, string> ReadInputs(Section section)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in section.Object("inputs", "\"inputs\": { \"obs\": \"ego\" }")?.Json.Properties() ?? [])
        {
            if (
                Section.TextOf(
                    property.Value,
                    problems,
                    "\"obs\": \"ego\", the model's input and the layout's tensor"
                ) is
                { } tensor
            )
                inputs[property.Name] = tensor;
        }

        return inputs;
    }

    private List<StatePair> ReadStates(Section section)
    {
        var states = new List<StatePair>();
        const string example = "{ \"input\": \"h_in\", \"output\": \"h_out\" }";
        foreach (var item in section.List("states", $"\"states\": [{example}]") ?? [])
        {
            if (item is not JObject json)
            {
                problems.Error(item, $"a state is an object, not {Wording.KindOf(item)}", $"Write {example}");
                continue;
            }

            var pair = new Section(json, problems, defaults);
            var (input, output) = (pair.Need("input", example), pair.Need("output", example));
            pair.Finish();
            if (input is null || output is null)
                continue;
            if (
                Section.TextOf(input, problems, example) is { } from
                && Section.TextOf(output, problems, example) is { } to
            )
                states.Add(new StatePair(from, to));
        }

        return states;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", RegexOptions.CultureInvariant)]
    internal static partial Regex Name();

    [GeneratedRegex("^[a-z][a-z0-9]{0,15}(/[A-Za-z0-9._-]{1,32})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Device();

    [GeneratedRegex(@"\.[A-Za-z0-9]{1,8}$", RegexOptions.CultureInvariant)]
    private static partial Regex FileLike();
}
