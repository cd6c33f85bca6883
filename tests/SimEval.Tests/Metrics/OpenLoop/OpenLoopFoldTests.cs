using SimEval.Metrics.OpenLoop;
using Xunit;

namespace SimEval.Tests.Metrics.OpenLoop;

public sealed class OpenLoopFoldTests
{
    [Fact]
    public void Displacements_of_waypoints_are_in_metres()
    {
        var fold = new OpenLoopFold(10);
        // Two waypoints each: off by (0.3, 0.4) then by nothing; by nothing then by (0, 1).
        fold.Add([0, 0, 1, 1], [0.3, 0.4, 1, 1]);
        fold.Add([0, 0, 1, 1], [0, 0, 1, 2]);
        var metrics = fold.Finish()!;
        Assert.Equal(2, metrics.Frames);
        Assert.Equal((0.7 + 1) / 8, metrics.L1, 12);
        Assert.Equal((5 + 10) / 4.0, metrics.Ade!.Value, 12);
        Assert.Equal(10 / 2.0, metrics.Fde!.Value, 12);
    }

    [Fact]
    public void Other_actions_have_no_displacement()
    {
        var fold = new OpenLoopFold(null);
        fold.Add([1, 2], [1, 3]);
        Assert.Equal(new OpenLoopMetrics(1, 0.5, null, null), fold.Finish());
    }

    [Fact]
    public void Nothing_gives_nothing() => Assert.Null(new OpenLoopFold(1).Finish());
}
