using FsCheck;
using FsCheck.Fluent;
using SimEval.Scenarios.Units;
using Xunit;

namespace SimEval.Tests.Scenarios.Units;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("400 m", 400, "m")]
    [InlineData("400m", 400, "m")]
    [InlineData(" 0.4 km ", 400, "m")]
    [InlineData("36 km/h", 10, "m/s")]
    [InlineData("36 kph", 10, "m/s")]
    [InlineData("30 mph", 13.4112, "m/s")]
    [InlineData("2 s", 2, "s")]
    [InlineData("1.5 min", 90, "s")]
    [InlineData("100 ms", 0.1, "s")]
    [InlineData("20 /km", 0.02, "1/m")]
    [InlineData("20 1/km", 0.02, "1/m")]
    [InlineData("0.1 /s", 0.1, "1/s")]
    [InlineData("3 m/s2", 3, "m/s2")]
    [InlineData("3 m/s^2", 3, "m/s2")]
    [InlineData("3 m/s²", 3, "m/s2")]
    [InlineData("3 m/s/s", 3, "m/s2")]
    [InlineData("-1.5e1 m/s3", -15, "m/s3")]
    [InlineData("180 deg", Math.PI, "rad")]
    [InlineData("2 rad/s", 2, "rad/s")]
    [InlineData("1.2 t", 1200, "kg")]
    [InlineData("5 kg m/s2", 5, "N")]
    [InlineData("3 m2", 3, "m2")]
    [InlineData("5 %", 0.05, "")]
    [InlineData("7", 7, "")]
    public void Units_are_read_to_base_units(string text, double value, string unit)
    {
        Assert.True(Quantity.TryParse(text, out var read, out var dimension, out var problem), problem);
        Assert.Equal(value, read, 1e-12);
        Assert.Equal(unit, dimension.BaseUnit);
    }

    [Theory]
    [InlineData("12", "12 needs a unit: a length is expected, such as \"12 m\"")]
    [InlineData("12 s", "\"12 s\" is a time; a length is expected, such as \"12 m\"")]
    [InlineData("12 meter", "unknown unit \"meter\"; known are")]
    [InlineData("12 KM", "unknown unit \"KM\"; did you mean km?")]
    [InlineData("far", "\"far\" is not a number with a unit, such as \"12 m\"")]
    [InlineData("", "\"\" is not a number")]
    [InlineData("1.2.3 m", "is not a number")]
    [InlineData("NaN m", "is not a number")]
    [InlineData("Infinity", "is not a number")]
    [InlineData("1e400 m", "out of range")]
    [InlineData("12 m/", "is not complete")]
    [InlineData("12 m m m m m m m m m m m m m m m m m m m m m", "no unit that is known")]
    public void What_is_no_length_says_what_would_be(string text, string problem)
    {
        Assert.False(Quantity.TryParse(text, Dimension.Length, out _, out var found));
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_reads_back_bit_for_bit()
    {
        Dimension[] all =
        [
            Dimension.Length,
            Dimension.Speed,
            Dimension.Acceleration,
            Dimension.Jerk,
            Dimension.Angle,
            Dimension.AngularSpeed,
            Dimension.PerLength,
            Dimension.PerTime,
            Dimension.Mass,
            Dimension.Force,
            Dimension.Number,
        ];
        Prop.ForAll<double>(x =>
                !(Math.Abs(x) <= Quantity.Largest)
                || all.All(dimension =>
                    Quantity.TryParse(Quantity.Write(x, dimension), dimension, out var read, out _) && read.Equals(x)
                )
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_is_too_strange() =>
        Prop.ForAll<string>(text =>
                text is null || Quantity.TryParse(text, out _, out _, out var problem) == (problem.Length == 0)
            )
            .QuickCheckThrowOnFailure();
}
