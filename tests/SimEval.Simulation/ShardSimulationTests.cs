using System.Globalization;
using System.Security.Cryptography;
using Xunit;
using Xunit.Abstractions;

namespace SimEval.Simulation;

/// <summary>
/// A fixed handful of seeds, and some fresh ones. A failure names its seed; <c>SIMEVAL_SEED=123 dotnet test</c> runs that
/// one alone, <c>SIMEVAL_SEEDS=10000</c> that many fresh ones.
/// </summary>
public sealed class ShardSimulationTests(ITestOutputHelper output)
{
    public static TheoryData<ulong> FixedSeeds => [1, 2, 3, 5, 8, 13, 21, 34];

    [Theory]
    [MemberData(nameof(FixedSeeds))]
    public void A_storm_of_faults_breaks_no_invariant(ulong seed) => Run(seed);

    [Fact]
    public void Fresh_storms_break_no_invariant()
    {
        if (Environment.GetEnvironmentVariable("SIMEVAL_SEED") is { Length: > 0 } one)
        {
            Run(ulong.Parse(one, CultureInfo.InvariantCulture));
            return;
        }

        var many = Environment.GetEnvironmentVariable("SIMEVAL_SEEDS") is { Length: > 0 } count
            ? int.Parse(count, CultureInfo.InvariantCulture)
            : 12;
        for (var i = 0; i < many; i++)
            Run((ulong)RandomNumberGenerator.GetInt32(int.MaxValue));
    }

    [Fact]
    public void One_seed_is_one_story() => Assert.Equal(new ShardSimulation(77).Run(), new ShardSimulation(77).Run());

    private void Run(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        try
        {
            new ShardSimulation(seed).Run();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}: {e.Message} Again: SIMEVAL_SEED={seed} dotnet test", e);
        }
    }
}
