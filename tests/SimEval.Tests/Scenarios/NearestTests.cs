using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Scenarios;

public sealed class NearestTests
{
    private static readonly string[] Keys = ["seed", "seeds", "sweep", "variants", "baseline", "collision.atFault"];

    [Theory]
    [InlineData("sed", "seed")]
    [InlineData("SEEDS", "seeds")]
    [InlineData("varaints", "variants")]
    [InlineData("basline", "baseline")]
    [InlineData("collision.atfault", "collision.atFault")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_the_one_that_was_meant(string name, string? expected) =>
        Assert.Equal(expected, Nearest.To(name, Keys));

    [Theory]
    [InlineData("colision", "Did you mean 'collision.atFault'?")]
    [InlineData("AtFault", "Did you mean 'collision.atFault'?")]
    [InlineData("latency", "Known are seed, seeds, sweep, variants, baseline, collision.atFault")]
    public void A_part_of_a_dotted_name_is_enough_and_otherwise_all_are_named(string name, string expected) =>
        Assert.Equal(expected, Nearest.Suggest(name, Keys));

    [Fact]
    public void A_long_name_costs_nothing()
    {
        Assert.Null(Nearest.To(new string('x', 100_000), Keys));
        Assert.Null(Nearest.To("seed", [new string('x', 100_000)]));
    }
}
