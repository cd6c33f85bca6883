using System.Buffers.Binary;
using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;
using SimEval.Scenarios;

namespace SimEval.Reports.Build;

/// <summary>Every rollout as a row of packed columns; the worst are kept when the file would grow too large.</summary>
internal static class RolloutColumns
{
    private const int MostBytes = 3_000_000;
    private const int MostDetails = 400;

    /// <summary>The table. Rows come pair by pair in the fixed order unless they had to be cut.</summary>
    /// <param name="results">What ran.</param>
    /// <param name="sortedBy">Metrics by which rollouts are the worse, the first first.</param>
    /// <param name="clips">Index of the clip of a rollout, for those that have one.</param>
    public static ReportRollouts Of(
        ResultSet results,
        IReadOnlyList<int> sortedBy,
        IReadOnlyDictionary<RolloutKey, int> clips
    )
    {
        var plan = results.Plan;
        var rows = Rows(results);
        var most = Math.Max(500, MostBytes / (20 + (6 * plan.Metrics.Count)));
        var leftOut = Math.Max(0, rows.Count - most);
        if (leftOut > 0)
            rows = [.. rows.OrderBy(r => r.Result, new WorstFirst(plan, sortedBy)).Take(most)];

        var points = new Dictionary<PointKey, int>();
        var endings = new List<string>();
        foreach (var row in rows)
        {
            points.TryAdd(row.Result.Key.Point, points.Count);
            if (!endings.Contains(row.Result.Ending) && endings.Count < 256)
                endings.Add(row.Result.Ending);
        }

        var details = new Dictionary<int, string>();
        for (var i = 0; i < rows.Count && details.Count < MostDetails; i++)
        {
            if (rows[i].Result.Detail is { Length: > 0 } detail)
                details.Add(i, detail.Length > 300 ? detail[..300] : detail);
        }

        return new ReportRollouts(
            rows.Count,
            leftOut,
            sortedBy,
            [.. points.Keys.Select(key => new ReportPoint(key.ToString(), PointText.Of(plan.PointOf(key))))],
            endings,
            Bytes(rows, r => (byte)r.Variant),
            Words(rows, r => points[r.Result.Key.Point]),
            Words(rows, r => r.Result.Key.Seed),
            Bytes(rows, r => (byte)r.Result.Outcome),
            Bytes(rows, r => (byte)Math.Max(0, endings.IndexOf(r.Result.Ending))),
            Words(rows, r => r.Result.Frames),
            [.. Enumerable.Range(0, plan.Metrics.Count).Select(metric => Floats(rows, metric))],
            Words(rows, r => clips.GetValueOrDefault(r.Result.Key, -1)),
            details
        );
    }

    private static List<Row> Rows(ResultSet results)
    {
        var rows = new List<Row>();
        for (var pair = 0; pair < results.Plan.Pairs.Count; pair++)
        {
            for (var variant = 0; variant < results.Plan.Variants.Count; variant++)
            {
                if (results[variant, pair] is { } result)
                    rows.Add(new Row(variant, result));
            }
        }

        return rows;
    }

    private static string Bytes(List<Row> rows, Func<Row, byte> value) =>
        Convert.ToBase64String(rows.Select(value).ToArray());

    private static string Words(List<Row> rows, Func<Row, int> value)
    {
        var bytes = new byte[rows.Count * 4];
        for (var i = 0; i < rows.Count; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), value(rows[i]));
        return Convert.ToBase64String(bytes);
    }

    private static string Floats(List<Row> rows, int metric)
    {
        var bytes = new byte[rows.Count * 4];
        for (var i = 0; i < rows.Count; i++)
        {
            var values = rows[i].Result.Values;
            var value = metric < values.Count ? (float)values[metric] : float.NaN;
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * 4), value);
        }

        return Convert.ToBase64String(bytes);
    }

    private readonly record struct Row(int Variant, RolloutResult Result);
}
