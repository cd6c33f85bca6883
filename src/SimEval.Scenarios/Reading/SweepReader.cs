using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Numerics;
using SimEval.Scenarios.Sweeps;
using SimEval.Scenarios.Units;

namespace SimEval.Scenarios.Reading;

/// <summary>What the "sweep" section says.</summary>
internal sealed record Sweep(IReadOnlyList<SweepParameter> Parameters, int Samples, SamplingDesign Design)
{
    internal static readonly Sweep None = new([], 1, SamplingDesign.LatinHypercube);
}

/// <summary>Reads the "sweep" section: one parameter a key, and how the drawn ones are drawn.</summary>
internal sealed partial class SweepReader(ScenarioLimits limits, Problems problems, SuiteReader suites)
{
    private const int DefaultSamples = 16;

    private static readonly string[] Forms = ["grid", "uniform", "normal", "logUniform", "files"];

    private static readonly Dictionary<string, SamplingDesign> Designs = new(StringComparer.Ordinal)
    {
        ["random"] = SamplingDesign.Random,
        ["latinHypercube"] = SamplingDesign.LatinHypercube,
        ["sobol"] = SamplingDesign.Sobol,
    };

    /// <summary>The keys of the section that are no parameters.</summary>
    internal static readonly string[] Reserved = ["samples", "design"];

    internal static IReadOnlyCollection<string> DesignNames => Designs.Keys;

    internal Sweep Read(Section section)
    {
        var parameters = new List<SweepParameter>();
        foreach (var property in section.Json.Properties())
        {
            if (Reserved.Contains(property.Name))
                continue;
            if (parameters.Count >= limits.Parameters)
            {
                problems.Error(property, $"too many swept parameters: at most {limits.Parameters}");
                break;
            }

            if (!Name().IsMatch(property.Name))
                problems.Error(
                    property,
                    $"{Wording.Quote(property.Name)} is not a parameter's name: letters, digits and '_', at most 64, not starting with a digit"
                );
            else if (ReadParameter(property.Name, property.Value) is { } parameter)
                parameters.Add(parameter);
        }

        var drawn = parameters.Count(p => p is DrawnParameter);
        if (drawn == 0)
        {
            foreach (var key in Reserved)
            {
                if (
                    section.Take(key) is { } value
                    && parameters.Count == section.Json.Count - Reserved.Count(section.Json.ContainsKey)
                )
                    problems.Warn(value, $"'{key}' has no effect: no parameter of the sweep is drawn");
            }

            return new Sweep(parameters, 1, SamplingDesign.LatinHypercube);
        }

        var samples = section.Integer("samples", 1, limits.Points, DefaultSamples);
        return new Sweep(parameters, samples, ReadDesign(section, drawn));
    }

    private SamplingDesign ReadDesign(Section section, int drawn)
    {
        if (section.Take("design") is not { } value)
        {
            section.Default("design", "latinHypercube");
            return SamplingDesign.LatinHypercube;
        }

        if (Section.TextOf(value, problems, "\"latinHypercube\"") is not { } name)
            return SamplingDesign.LatinHypercube;
        if (!Designs.TryGetValue(name, out var design))
            problems.Error(value, $"unknown design {Wording.Quote(name)}", Nearest.Suggest(name, Designs.Keys));
        else if (design == SamplingDesign.Sobol && drawn > SobolSequence.Dimensions)
            problems.Error(
                value,
                $"sobol draws at most {SobolSequence.Dimensions} parameters, not {drawn}",
                "Write \"latinHypercube\""
            );
        return design;
    }

    private SweepParameter? ReadParameter(string name, JToken value)
    {
        if (value is JArray list)
            return ReadList(name, list);
        if (value is not JObject form)
        {
            if (value is JValue { Value: not (null or bool) })
                return ReadList(name, [value.DeepClone()], value);
            problems.Error(
                value,
                $"a sweep is a list of values or one of {string.Join(", ", Forms)}, not {Wording.KindOf(value)}",
                "Write [\"6 m\", \"9 m\"] or { \"grid\": [\"6 m\", \"40 m\", 12] }"
            );
            return null;
        }

        var section = new Section(form, problems, []);
        var given = Forms.Where(form.ContainsKey).ToList();
        foreach (var key in Forms)
            section.Take(key);
        if (given.Contains("normal"))
            section.Take("clip");
        section.Finish();
        if (given.Count != 1)
        {
            if (given.Count > 1 || form.Count == 0)
                problems.Error(form, $"a sweep has exactly one of {string.Join(", ", Forms)}, not {given.Count}");
            return null;
        }

        var content = form[given[0]]!;
        return given[0] switch
        {
            "files" => suites.Read(name, content),
            "grid" => ReadGrid(name, content),
            _ => ReadDrawn(name, given[0], content, form["clip"]),
        };
    }

    private ListedParameter? ReadList(string name, JArray list, JToken? single = null)
    {
        if (list.Count == 0 || list.Count > limits.Points)
        {
            problems.Error(
                single ?? list,
                list.Count == 0 ? "an empty list gives no point" : $"a list has at most {limits.Points:N0} values"
            );
            return null;
        }

        var values = new List<ParameterValue>(list.Count);
        var seen = new HashSet<ParameterValue>();
        Dimension? dimension = null;
        bool? texts = null;
        var right = true;
        foreach (var item in list)
        {
            var at = single ?? item;
            if (ReadValue(at) is not { } read)
            {
                right = false;
                continue;
            }

            var (value, found) = read;
            texts ??= value.IsText;
            dimension ??= found;
            if (value.IsText != texts || found != dimension)
            {
                var kind = value.IsText ? "a text" : found.Phrase;
                var other = texts == true ? "texts" : $"in {Unit(dimension.Value)}";
                problems.Error(at, $"{Section.Shown(at)} is {kind}, but the values before it are {other}");
                right = false;
            }
            else if (seen.Add(value))
                values.Add(value);
            else
                problems.Warn(at, $"{Section.Shown(at)} stands in the list already and is left out");
        }

        return right ? new ListedParameter(name, dimension?.BaseUnit ?? "", values) : null;
    }

    private ListedParameter? ReadGrid(string name, JToken content)
    {
        const string example = "Write { \"grid\": [\"6 m\", \"40 m\", 12] }: from, to, number of values";
        if (content is not JArray { Count: 3 } list)
        {
            problems.Error(content, "a grid is a list of three: from, to, and how many values", example);
            return null;
        }

        var bounds = ReadBounds(list, list[0], list[1], "from", "to");
        var count = Section.IntegerOf(list[2], problems, 1, limits.Points);
        if (bounds is not var (from, to, dimension) || count is not { } values)
            return null;
        if (from == to && values > 1)
        {
            problems.Error(
                list,
                $"a grid of {values} values from {Section.Shown(list[0])} to the same value",
                "Write different ends, or a list of one value"
            );
            return null;
        }

        var steps = Enumerable
            .Range(0, values)
            .Select(i => i == values - 1 && i > 0 ? to : from + (to - from) * i / Math.Max(1, values - 1))
            .Select(number => new ParameterValue(number, null, dimension.BaseUnit));
        return new ListedParameter(name, dimension.BaseUnit, [.. steps]);
    }

    private DrawnParameter? ReadDrawn(string name, string form, JToken content, JToken? clip)
    {
        var (first, second) = form == "normal" ? ("mean", "standard deviation") : ("least", "greatest");
        if (content is not JArray { Count: 2 } list)
        {
            problems.Error(
                content,
                $"'{form}' is a list of two: {first} and {second}",
                $"Write {{ \"{form}\": [\"20 m/s\", \"32 m/s\"] }}"
            );
            return null;
        }

        if (ReadBounds(list, list[0], list[1], first, second) is not var (a, b, dimension))
            return null;
        if (form == "normal")
            return ReadNormal(name, list, a, b, dimension, clip);
        if (a >= b)
        {
            problems.Error(
                list,
                $"the least value comes first and is smaller: {Section.Shown(list[0])} is not below {Section.Shown(list[1])}"
            );
            return null;
        }

        if (form == "uniform")
            return new DrawnParameter(name, dimension.BaseUnit, share => Math.Min(a + share * (b - a), b));
        if (a <= 0)
        {
            problems.Error(list[0], "a log-uniform parameter lies above 0");
            return null;
        }

        var (logA, logB) = (PureMath.Log(a), PureMath.Log(b));
        return new DrawnParameter(
            name,
            dimension.BaseUnit,
            share => Math.Clamp(PureMath.Exp(logA + share * (logB - logA)), a, b)
        );
    }

    private DrawnParameter? ReadNormal(
        string name,
        JArray list,
        double mean,
        double deviation,
        Dimension dimension,
        JToken? clip
    )
    {
        if (deviation <= 0)
        {
            problems.Error(list[1], "a standard deviation lies above 0");
            return null;
        }

        var (least, greatest) = (double.NegativeInfinity, double.PositiveInfinity);
        if (clip is not null)
        {
            if (clip is not JArray { Count: 2 } ends)
            {
                problems.Error(
                    clip,
                    "'clip' is a list of two: least and greatest",
                    "Write \"clip\": [\"10 m/s\", \"40 m/s\"]"
                );
                return null;
            }

            if (ReadBounds(ends, ends[0], ends[1], "least", "greatest") is not var (a, b, found))
                return null;
            (least, greatest) = (a, b);
            if (found != dimension || a >= b)
            {
                problems.Error(
                    ends,
                    found != dimension
                        ? $"the clip is {found.Phrase}, the parameter {dimension.Phrase}"
                        : "the least value comes first and is smaller"
                );
                return null;
            }
        }

        var below = double.IsInfinity(least) ? 0 : NormalDistribution.Below((least - mean) / deviation);
        var within =
            (double.IsInfinity(greatest) ? 1 : NormalDistribution.Below((greatest - mean) / deviation)) - below;
        if (within < 1e-6)
        {
            problems.Error(clip!, "the clip leaves less than a millionth of the distribution");
            return null;
        }

        return new DrawnParameter(
            name,
            dimension.BaseUnit,
            share => Math.Clamp(mean + deviation * NormalDistribution.Quantile(below + share * within), least, greatest)
        );
    }

    private (double A, double B, Dimension Dimension)? ReadBounds(
        JArray list,
        JToken a,
        JToken b,
        string first,
        string second
    )
    {
        var (left, right) = (ReadNumber(a, first), ReadNumber(b, second));
        if (left is not var (x, dimension) || right is not var (y, other))
            return null;
        if (dimension == other)
            return (x, y, dimension);
        problems.Error(
            list,
            $"{Section.Shown(a)} is {dimension.Phrase} and {Section.Shown(b)} is {other.Phrase}",
            "Write both in units of one kind"
        );
        return null;
    }

    private (double Value, Dimension Dimension)? ReadNumber(JToken token, string role)
    {
        if (ReadValue(token) is var (value, dimension) && !value.IsText)
            return (value.Number, dimension);
        problems.Error(token, $"the {role} is a number or a quantity such as \"12 m\", not {Section.Shown(token)}");
        return null;
    }

    /// <summary>A number, a quantity, or any other text. A text that begins as a quantity but is none is an error.</summary>
    private (ParameterValue Value, Dimension Dimension)? ReadValue(JToken token)
    {
        if (token.Type is JTokenType.Integer or JTokenType.Float)
        {
            if (Quantity.TryRead(token, Dimension.Number, out var number, out var problem))
                return (new ParameterValue(number, null, ""), Dimension.Number);
            problems.Error(token, problem);
            return null;
        }

        if (token.Type != JTokenType.String)
        {
            problems.Error(
                token,
                $"a swept value is a number, a quantity such as \"12 m\" or a text, not {Wording.KindOf(token)}"
            );
            return null;
        }

        var text = (string)token!;
        if (text.StartsWith('$'))
        {
            problems.Error(token, "a parameter cannot stand for another");
            return null;
        }

        if (Quantity.TryParse(text, out var value, out var dimension, out var wrong))
        {
            if (dimension != Dimension.Number || text.Contains('%', StringComparison.Ordinal))
                return (new ParameterValue(value, null, dimension.BaseUnit), dimension);
        }
        else if (text.Length <= 40 && LooksLikeQuantity().IsMatch(text))
        {
            problems.Error(token, wrong);
            return null;
        }

        return (new ParameterValue(0, text, ""), Dimension.Number);
    }

    private static string Unit(Dimension dimension) =>
        dimension == Dimension.Number ? "pure numbers" : dimension.BaseUnit;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.CultureInvariant)]
    internal static partial Regex Name();

    [GeneratedRegex(
        @"^\s*[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*/?\s*[A-Za-zµ%]{1,4}([/0-9^ ][A-Za-z0-9/^ ]{0,12})?\s*$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex LooksLikeQuantity();
}
