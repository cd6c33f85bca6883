using System.Globalization;
using SimEval.Scenarios;

namespace SimEval.Reports.Build;

/// <summary>A point as people read it.</summary>
internal static class PointText
{
    /// <summary>"gap 9 m, speed 30 m/s"; "the only point" when nothing is swept.</summary>
    public static string Of(Point point) =>
        point.Assignment.Count == 0
            ? "the only point"
            : string.Join(", ", point.Assignment.Select(a => $"{a.Key} {Of(a.Value)}"));

    private static string Of(ParameterValue value) =>
        value.Text
        ?? value.Number.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '\u2212')
            + (value.Unit.Length == 0 ? "" : " " + value.Unit);
}
