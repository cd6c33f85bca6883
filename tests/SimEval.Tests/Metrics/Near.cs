using Xunit;

namespace SimEval.Tests.Metrics;

/// <summary>Comparisons with published vectors, to the digits that were published.</summary>
internal static class Near
{
    public static void Relative(double expected, double actual, double tolerance) =>
        Assert.True(
            Math.Abs(actual - expected) <= tolerance * Math.Abs(expected),
            $"expected {expected:R}, got {actual:R}"
        );

    public static void Absolute(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance, $"expected {expected:R}, got {actual:R}");
}
