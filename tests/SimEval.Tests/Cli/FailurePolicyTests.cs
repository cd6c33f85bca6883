using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;
using SimEval.Cli;
using Xunit;

namespace SimEval.Tests.Cli;

public sealed class FailurePolicyTests
{
    private static readonly StoreException Full = new(StoreTrouble.Full, "No space left for x.db.");

    public static TheoryData<Exception, int, string> Failures =>
        new()
        {
            { Full, 6, "No space left for x.db." },
            { new ShardStoppedException("h/003", Full), 6, "No space left for x.db." },
            { new AggregateException(new ShardStoppedException("h/003", Full)), 6, "No space left for x.db." },
            { new OutcomeUnknownException("The log did not answer."), 6, "'simeval resume' goes on" },
            { new TimeoutException("run-1 did not answer within 10 s."), 6, "'simeval resume' goes on" },
            { new UnauthorizedAccessException("x"), 6, "no permission" },
            { new InvalidOperationException("x"), 3, "a fault of the program" },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_ends_with_its_code_and_a_line_that_says_what_to_do(
        Exception failure,
        int code,
        string told
    )
    {
        using var data = new StringWriter();
        using var people = new StringWriter();
        var terminal = new Terminal(data, people, false, false, 80);

        var ended = await FailurePolicy.GuardAsync(terminal, Path.GetTempPath, json: false, () => throw failure);

        Assert.Equal(code, (int)ended);
        Assert.Contains(told, people.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", people.ToString(), StringComparison.Ordinal);
        Assert.Empty(data.ToString());
    }
}
