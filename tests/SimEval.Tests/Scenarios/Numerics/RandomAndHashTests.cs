using System.Numerics;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Scenarios.Numerics;

public sealed class PhiloxTests
{
    [Fact]
    public void Draws_are_the_published_known_answers()
    {
        // Random123's kat_vectors, philox4x32 10.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), new Philox(0).Draw(0));
        Assert.Equal(
            (0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu),
            new Philox(ulong.MaxValue).Draw(ulong.MaxValue, ulong.MaxValue)
        );
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            new Philox(0x299f31d0a4093822).Draw(0x85a308d3243f6a88, 0x0370734413198a2e)
        );
    }

    [Fact]
    public void Uniform_draws_fill_the_unit_interval_evenly()
    {
        var draw = new Philox(1);
        var counts = new int[16];
        for (ulong i = 0; i < 16_000; i++)
        {
            var u = draw.Uniform(i);
            Assert.InRange(u, 0, 1 - 1e-16);
            counts[(int)(u * 16)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Normal_draws_have_the_moments_of_the_normal()
    {
        var draw = new Philox(2);
        double sum = 0,
            squares = 0,
            fourth = 0;
        const int n = 40_000;
        for (ulong i = 0; i < n; i++)
        {
            var x = draw.Normal(i);
            sum += x;
            squares += x * x;
            fourth += x * x * x * x;
        }

        Assert.InRange(sum / n, -0.02, 0.02);
        Assert.InRange(squares / n, 0.97, 1.03);
        Assert.InRange(fourth / n, 2.8, 3.2);
    }

    [Fact]
    public void Streams_of_other_names_points_and_seeds_are_other_streams()
    {
        var streams = new[]
        {
            Philox.ForStream(1, new PointKey(2), 3, "a"),
            Philox.ForStream(1, new PointKey(2), 3, "b"),
            Philox.ForStream(1, new PointKey(2), 4, "a"),
            Philox.ForStream(1, new PointKey(5), 3, "a"),
            Philox.ForStream(6, new PointKey(2), 3, "a"),
        };

        Assert.Equal(streams.Length, streams.Select(s => s.Draw(0)).Distinct().Count());
    }
}

public sealed class Hash64Tests
{
    [Fact]
    public void The_hashes_are_these_on_every_machine()
    {
        var bytes = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();

        Assert.Equal(0x88DA97836D520211UL, Hash64.OfText(""));
        Assert.Equal(0xAA3E30810CAFE7BDUL, Hash64.OfText("SimEval"));
        Assert.Equal(0x4E6A7E9900EF4245UL, Hash64.Of(1, 2, 3));
        Assert.Equal(0x74DE368704C063F1UL, Hash64.OfBytes(bytes));
        Assert.Equal(0x4FA8B144FED9C337UL, Hash64.Mix(0, -0.0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(100)]
    public void Any_bit_of_the_input_flips_about_half_of_the_hash(int length)
    {
        var draw = new Philox((ulong)length);
        var flips = new int[64];
        var trials = 0;
        for (ulong round = 0; round < 40; round++)
        {
            var bytes = new byte[length];
            for (var i = 0; i < length; i++)
                bytes[i] = (byte)draw.Draw(round, (ulong)i).A;
            var before = Hash64.OfBytes(bytes);
            for (var bit = 0; bit < length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                var change = before ^ Hash64.OfBytes(bytes);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.InRange(BitOperations.PopCount(change), 8, 56);
                for (var k = 0; k < 64; k++)
                    flips[k] += (int)((change >> k) & 1);
                trials++;
            }
        }

        Assert.All(flips, count => Assert.InRange((double)count / trials, 0.38, 0.62));
    }

    [Fact]
    public void Small_inputs_do_not_collide()
    {
        var seen = new HashSet<ulong>();
        for (ulong a = 0; a < 300; a++)
        {
            for (ulong b = 0; b < 300; b++)
                Assert.True(seen.Add(Hash64.Of(a, b)));
        }

        var lengths = Enumerable.Range(0, 300).Select(length => Hash64.OfBytes(new byte[length]));
        Assert.Equal(300, lengths.Distinct().Count());
    }

    [Fact]
    public void All_NaNs_are_one_and_the_zeros_are_two()
    {
        var odd = BitConverter.UInt64BitsToDouble(0x7FF8000000001234);

        Assert.Equal(Hash64.Mix(5, double.NaN), Hash64.Mix(5, odd));
        Assert.NotEqual(Hash64.Mix(5, 0.0), Hash64.Mix(5, -0.0));
    }
}
