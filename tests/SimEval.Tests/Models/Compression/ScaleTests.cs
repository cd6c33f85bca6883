using FsCheck;
using FsCheck.Fluent;
using SimEval.Models.Compression;
using SimEval.Models.Compression.Calibration;
using Xunit;

namespace SimEval.Tests.Models.Compression;

public sealed class ScaleTests
{
    private static readonly Arbitrary<float> Floats = ArbMap
        .Default.ArbFor<int>()
        .Convert(n => n / 4096f * (n % 7 == 0 ? 1e6f : 1f), f => (int)f);

    [Fact]
    public void Inside_its_range_a_value_is_off_by_at_most_half_a_step()
    {
        Prop.ForAll(
                Floats,
                Floats,
                Arb.From(Gen.Choose(0, 1000)),
                (a, b, share) =>
                {
                    var range = new ValueRange(Math.Min(a, b), Math.Max(a, b));
                    var scale = AffineScale.Of(range);
                    var value = (float)(range.Least + ((double)range.Greatest - range.Least) * share / 1000);
                    var error = Math.Abs(scale.Dequantize(scale.Quantize(value)) - (double)value);
                    Assert.True(error <= scale.Scale * 0.5001, $"{value} in {range}: {error} with {scale}");
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Zero_is_exact_under_every_scale()
    {
        Prop.ForAll(
                Floats,
                Floats,
                (a, b) =>
                {
                    var scale = AffineScale.Of(new ValueRange(Math.Min(a, b), Math.Max(a, b)));
                    Assert.Equal(0, scale.Dequantize(scale.Quantize(0)));
                    Assert.True(scale.Scale > 0 && float.IsFinite(scale.Scale));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(-1e-38f, 1e-38f)]
    [InlineData(-3e38f, 3e38f)]
    [InlineData(5f, 5f)]
    [InlineData(-5f, -5f)]
    public void Ranges_of_any_width_get_a_scale_that_can_be_used(float least, float greatest)
    {
        var scale = AffineScale.Of(new ValueRange(least, greatest));
        Assert.True(scale.Scale is > 1e-19f and < float.MaxValue);
        Assert.Equal(scale.Zero, scale.Quantize(0));
    }

    [Fact]
    public void Weights_of_each_channel_are_off_by_at_most_half_a_step_of_its_own()
    {
        Prop.ForAll(
                Arb.From(Floats.Generator.ArrayOf(12)),
                weights =>
                {
                    var scales = WeightScales.Of(weights, channels: 3, inner: 1, limit: 127);
                    var integers = scales.Quantize(weights);
                    for (var i = 0; i < weights.Length; i++)
                        Assert.True(
                            Math.Abs(integers[i] * (double)scales.ScaleAt(i) - weights[i]) <= scales.ScaleAt(i) * 0.5001
                        );
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_channel_of_zeros_has_a_scale_and_zeros()
    {
        var scales = WeightScales.Of([0, 1, 0, -2], channels: 2, inner: 1, limit: 127);
        Assert.Equal(2f / 127, scales.Scales[0]);
        Assert.Equal([0, 64, 0, -127], scales.Quantize([0, 1, 0, -2]).Select(weight => (int)weight));
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void A_calibration_does_not_depend_on_order_or_on_how_elements_are_cut(CalibrationMethod method)
    {
        Prop.ForAll(
                Arb.From(Floats.Generator.NonEmptyListOf()),
                Arb.From(Gen.Choose(0, 100)),
                (elements, cut) =>
                {
                    var whole = CalibrationFold.Of(method, 90);
                    whole.Add([.. elements]);
                    var parts = CalibrationFold.Of(method, 90);
                    var at = Math.Min(cut, elements.Count);
                    parts.Add([.. elements.Skip(at).Reverse()]);
                    parts.Add([.. elements.Take(at)]);
                    Assert.Equal(whole.Finish(), parts.Finish());
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_percentile_leaves_outliers_out_and_minimum_and_maximum_do_not()
    {
        var (all, most) = (
            CalibrationFold.Of(CalibrationMethod.MinMax),
            CalibrationFold.Of(CalibrationMethod.Percentile, 99)
        );
        float[] elements = [.. Enumerable.Range(0, 10_000).Select(i => i / 10_000f), 1000f, float.NaN];
        all.Add(elements);
        most.Add(elements);
        Assert.Equal(new ValueRange(0, 1000), all.Finish());
        Assert.InRange(most.Finish().Greatest, 0.99f, 1.5f);
        Assert.Equal(1, all.NotFinite);
    }

    [Fact]
    public void Entropy_clips_a_lone_outlier_of_a_smooth_value()
    {
        var fold = CalibrationFold.Of(CalibrationMethod.Entropy);
        // A triangle over (-1, 1) by sums of two even sequences, and one element far outside.
        for (var i = 0; i < 200; i++)
        for (var j = 0; j < 200; j++)
            fold.Add([(i + j - 199) / 200f + i / 40_000f]);
        fold.Add([8f]);
        Assert.InRange(fold.Finish().Greatest, 0.7f, 4f);
    }

    [Fact]
    public void A_fold_that_saw_nothing_finite_is_empty()
    {
        foreach (var method in Enum.GetValues<CalibrationMethod>())
        {
            var fold = CalibrationFold.Of(method);
            fold.Add([float.NaN, float.PositiveInfinity]);
            Assert.Equal(ValueRange.Empty, fold.Finish());
        }
    }
}
