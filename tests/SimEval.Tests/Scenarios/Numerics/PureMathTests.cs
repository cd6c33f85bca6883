using FsCheck;
using FsCheck.Fluent;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Scenarios.Numerics;

/// <summary>Against the C library, itself within 1 ulp: two ulp between them, over many magnitudes.</summary>
public sealed class PureMathTests
{
    private static readonly double[] Special =
    [
        0.0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        2,
        -2,
        3,
        -3,
        1e300,
        -1e300,
        1e-310,
        9007199254740991,
        -9007199254740991,
        9007199254740993,
        double.Epsilon,
        -double.Epsilon,
        double.MaxValue,
        double.MinValue,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.NaN,
    ];

    public static TheoryData<string> Functions => [.. Pairs.Keys];

    private static readonly Dictionary<
        string,
        (Func<double, double> Pure, Func<double, double> Library, int LeastPower, int MostPower)
    > Pairs = new()
    {
        ["sin"] = (PureMath.Sin, Math.Sin, -40, 1023),
        ["cos"] = (PureMath.Cos, Math.Cos, -40, 1023),
        ["tan"] = (PureMath.Tan, Math.Tan, -40, 1023),
        ["atan"] = (PureMath.Atan, Math.Atan, -60, 60),
        ["asin"] = (PureMath.Asin, Math.Asin, -40, 0),
        ["acos"] = (PureMath.Acos, Math.Acos, -40, 0),
        ["exp"] = (PureMath.Exp, Math.Exp, -60, 10),
        ["log"] = (PureMath.Log, Math.Log, -1073, 1023),
        ["tanh"] = (PureMath.Tanh, Math.Tanh, -40, 6),
        ["sinOfEveryday"] = (PureMath.Sin, Math.Sin, -4, 4),
        ["cosOfEveryday"] = (PureMath.Cos, Math.Cos, -4, 4),
        ["tanOfEveryday"] = (PureMath.Tan, Math.Tan, -4, 4),
        ["expOfEveryday"] = (PureMath.Exp, Math.Exp, -4, 6),
        ["logNearOne"] = (x => PureMath.Log(1 + x / 4), x => Math.Log(1 + x / 4), -20, 1),
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_is_within_two_ulp_of_the_library_s(string name)
    {
        var (pure, library, least, most) = Pairs[name];
        var draw = new Philox(Hash64.OfText(name));
        for (ulong i = 0; i < 15_000; i++)
        {
            var x = Draw(draw, i, least, most);
            AssertNear(library(x), pure(x), 2, $"{name}({x:R})");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Special_values_are_those_of_the_library(string name)
    {
        var (pure, library, _, _) = Pairs[name];
        foreach (var x in Special)
            AssertNear(library(x), pure(x), 2, $"{name}({x:R})");
    }

    [Fact]
    public void Power_and_angle_are_within_two_ulp_of_the_library_s()
    {
        var draw = new Philox(7);
        for (ulong i = 0; i < 15_000; i++)
        {
            var x = Math.Abs(Draw(draw, 2 * i, -300, 300));
            var y = Draw(draw, 2 * i + 1, -8, 8);
            AssertNear(Math.Pow(x, y), PureMath.Pow(x, y), 2, $"pow({x:R}, {y:R})");
            var (a, b) = (Draw(draw, 2 * i, -20, 20), Draw(draw, 2 * i + 1, -20, 20));
            AssertNear(Math.Atan2(a, b), PureMath.Atan2(a, b), 2, $"atan2({a:R}, {b:R})");
        }
    }

    [Fact]
    public void Special_powers_and_angles_are_those_of_the_library()
    {
        foreach (var x in Special)
        {
            foreach (var y in Special)
            {
                AssertNear(Math.Pow(x, y), PureMath.Pow(x, y), 2, $"pow({x:R}, {y:R})");
                AssertNear(Math.Atan2(x, y), PureMath.Atan2(x, y), 2, $"atan2({x:R}, {y:R})");
            }
        }
    }

    [Fact]
    public void Sine_and_cosine_together_are_those_apart_bit_for_bit() =>
        Prop.ForAll<double>(x =>
            {
                var (sin, cos) = PureMath.SinCos(x);
                return Bits(sin) == Bits(PureMath.Sin(x)) && Bits(cos) == Bits(PureMath.Cos(x));
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Every_angle_lies_on_the_unit_circle()
    {
        Prop.ForAll<double>(x =>
            {
                var (sin, cos) = PureMath.SinCos(x);
                return !double.IsFinite(x) || Math.Abs(sin * sin + cos * cos - 1) < 1e-15;
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_nearest_doubles_to_multiples_of_pi_keep_their_small_remainders()
    {
        // 6381956970095103 * 2^797 is the double nearest of all to a multiple of pi/2 (Muller, Elementary Functions, table 11.1).
        var worst = Math.ScaleB(6381956970095103, 797);
        Assert.Equal(-4.687165924254624e-19, PureMath.Cos(worst), 1e-33);
        Assert.Equal(1.2246467991473532e-16, PureMath.Sin(Math.PI));
        AssertNear(Math.Sin(1e9), PureMath.Sin(1e9), 2, "sin(1e9)");
    }

    [Fact]
    public void Every_NaN_is_the_same_NaN()
    {
        var odd = BitConverter.UInt64BitsToDouble(0xFFF8000000001234);
        double[] results =
        [
            PureMath.Sin(double.PositiveInfinity),
            PureMath.Cos(double.NegativeInfinity),
            PureMath.SinCos(odd).Sin,
            PureMath.SinCos(odd).Cos,
            PureMath.Tan(odd),
            PureMath.Asin(2),
            PureMath.Acos(odd),
            PureMath.Atan(odd),
            PureMath.Atan2(odd, 1),
            PureMath.Exp(odd),
            PureMath.Log(-1),
            PureMath.Log(odd),
            PureMath.Pow(-2, 0.5),
            PureMath.Pow(odd, 2),
            PureMath.Tanh(odd),
        ];

        Assert.All(results, r => Assert.Equal(Bits(double.NaN), Bits(r)));
    }

    [Fact]
    public void The_bits_are_these_on_every_machine()
    {
        var draw = new Philox(2026);
        ulong hash = 0;
        for (ulong i = 0; i < 10_000; i++)
        {
            var x = Draw(draw, i, -30, 40);
            var unit = 2 * draw.Uniform(i, 9) - 1;
            double[] values =
            [
                PureMath.Sin(x),
                PureMath.Cos(x),
                PureMath.Tan(x),
                PureMath.Sin(x * 1e200),
                PureMath.Atan(x),
                PureMath.Atan2(x, unit),
                PureMath.Asin(unit),
                PureMath.Acos(unit),
                PureMath.Exp(700 * unit),
                PureMath.Log(Math.Abs(x)),
                PureMath.Pow(Math.Abs(x), 20 * unit),
                PureMath.Tanh(3 * unit),
                draw.Normal(i),
            ];
            hash = Hash64.Chain(hash, values);
        }

        Assert.Equal(7841200197351554955UL, hash);
    }

    private static double Draw(Philox draw, ulong i, int leastPower, int mostPower)
    {
        var power = leastPower + (int)draw.Below((uint)(mostPower - leastPower), i, 1);
        var magnitude = Math.ScaleB(1 + draw.Uniform(i, 2), power);
        return draw.Below(2, i, 3) == 0 ? magnitude : -magnitude;
    }

    private static ulong Bits(double x) => BitConverter.DoubleToUInt64Bits(x);

    private static void AssertNear(double expected, double actual, long ulps, string what)
    {
        if (double.IsNaN(expected) && double.IsNaN(actual))
            return;
        var (a, b) = (Ordered(expected), Ordered(actual));
        var near =
            !double.IsNaN(actual)
            && Int128.Abs(a - b) <= ulps
            && double.IsNegative(expected) == double.IsNegative(actual);
        Assert.True(near, $"{what} is {actual:R}, not {expected:R}");
    }

    private static Int128 Ordered(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        return bits < 0 ? (Int128)long.MinValue - bits : bits;
    }
}
