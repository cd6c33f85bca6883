using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Slices;

/// <summary>One bin of an axis.</summary>
/// <param name="Label">"12 m", "12 to 16 m", "wet".</param>
/// <param name="Low">Least value; NaN for a text.</param>
/// <param name="High">Greatest value; equal to <paramref name="Low"/> where the bin is one value.</param>
/// <param name="Text">The text; null for numbers.</param>
public sealed record SliceBin(string Label, double Low, double High, string? Text);

/// <summary>
/// One swept parameter, cut into bins: its values where they are few, else ten steps between the least and the greatest
/// (of equal ratio where the parameter spans more than a factor of 20, as log-uniform sweeps do).
/// </summary>
public sealed class SliceAxis
{
    private const int MostValues = 16,
        Steps = 10,
        MostTexts = 64;
    private const double WideSpan = 20;
    private readonly Dictionary<PointKey, int> bins;

    private SliceAxis(string name, string unit, IReadOnlyList<SliceBin> bins, Dictionary<PointKey, int> of)
    {
        Name = name;
        Unit = unit;
        Bins = bins;
        this.bins = of;
    }

    /// <summary>The parameter's name in the file.</summary>
    public string Name { get; }

    /// <summary>Base unit; "" for pure numbers and texts.</summary>
    public string Unit { get; }

    /// <summary>In order.</summary>
    public IReadOnlyList<SliceBin> Bins { get; }

    /// <summary>Whether its values are texts, which have no order.</summary>
    public bool IsText => Bins[0].Text is not null;

    /// <summary>The bin of a point; -1 when the point does not assign the parameter.</summary>
    public int BinOf(PointKey point) => bins.GetValueOrDefault(point, -1);

    /// <summary>
    /// The axes of a plan, in declared order: parameters with at least two values. Texts with too many values to draw (a suite's
    /// files) are no axis.
    /// </summary>
    public static IReadOnlyList<SliceAxis> Of(ResultPlan plan)
    {
        var names = plan.Points.SelectMany(p => p.Assignment.Select(a => a.Key)).Distinct().ToArray();
        return [.. names.Select(name => Of(plan, name)).OfType<SliceAxis>()];
    }

    private static SliceAxis? Of(ResultPlan plan, string name)
    {
        var values = new List<(PointKey Point, ParameterValue Value)>();
        foreach (var point in plan.Points)
        {
            foreach (var (key, value) in point.Assignment)
            {
                if (key == name)
                    values.Add((point.Key, value));
            }
        }

        var unit = values[0].Value.Unit;
        if (values.Exists(v => v.Value.IsText))
        {
            var texts = values.Select(v => v.Value.ToString()).Distinct().ToArray();
            return texts.Length is < 2 or > MostTexts
                ? null
                : new SliceAxis(
                    name,
                    "",
                    [.. texts.Select(t => new SliceBin(t, double.NaN, double.NaN, t))],
                    values.ToDictionary(v => v.Point, v => Array.IndexOf(texts, v.Value.ToString()))
                );
        }

        var numbers = values.Select(v => v.Value.Number).Distinct().Order().ToArray();
        if (numbers.Length < 2)
            return null;
        return numbers.Length <= MostValues
            ? new SliceAxis(
                name,
                unit,
                [.. numbers.Select(x => new SliceBin(Label(x, unit), x, x, null))],
                values.ToDictionary(v => v.Point, v => Array.BinarySearch(numbers, v.Value.Number))
            )
            : Binned(name, unit, numbers, values);
    }

    private static SliceAxis Binned(
        string name,
        string unit,
        double[] numbers,
        List<(PointKey Point, ParameterValue Value)> values
    )
    {
        var edges = Edges(numbers[0], numbers[^1]);
        int Place(double x)
        {
            var above = Array.FindIndex(edges, 1, edge => x < edge);
            return above < 0 ? Steps - 1 : above - 1;
        }

        return new SliceAxis(
            name,
            unit,
            [
                .. Enumerable
                    .Range(0, Steps)
                    .Select(i => new SliceBin(
                        $"{NumberText.Digits(edges[i], false)} to {Label(edges[i + 1], unit)}",
                        edges[i],
                        edges[i + 1],
                        null
                    )),
            ],
            values.ToDictionary(v => v.Point, v => Place(v.Value.Number))
        );
    }

    private static double[] Edges(double least, double greatest)
    {
        var byRatio = least > 0 && greatest / least > WideSpan;
        return
        [
            .. Enumerable
                .Range(0, Steps + 1)
                .Select(i => (double)i / Steps)
                .Select(share =>
                    share is 0 ? least
                    : share is 1 ? greatest
                    : byRatio ? least * PureMath.Pow(greatest / least, share)
                    : least + (share * (greatest - least))
                ),
        ];
    }

    internal static string Label(double number, string unit) =>
        NumberText.Digits(number, false) + (unit.Length == 0 ? "" : " " + unit);
}
