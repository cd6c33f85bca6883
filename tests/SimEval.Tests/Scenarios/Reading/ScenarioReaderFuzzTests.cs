using System.Diagnostics;
using SimEval.Scenarios.Numerics;
using SimEval.Scenarios.Reading;
using Xunit;
using static SimEval.Tests.Scenarios.Reading.ToyScenario;

namespace SimEval.Tests.Scenarios.Reading;

/// <summary>Whatever the text: an answer, never an exception, within bounds of time and memory.</summary>
public sealed class ScenarioReaderFuzzTests
{
    private static readonly ScenarioLimits Small = new()
    {
        Points = 2_000,
        Rollouts = 50_000,
        CheckedPoints = 8,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_files_are_read_or_refused(int seed)
    {
        for (ulong i = 0; i < 400; i++)
        {
            var text = ScenarioMutator.Mutate(ScenarioMutator.Files, new Philox((ulong)seed), i);
            var result = Read(text, Small);
            Assert.True(result.Scenario is null == result.Errors.Count > 0, text);
            Assert.All(
                result.Errors,
                error => Assert.True(error.Message.Length > 0 && !error.ToString().Any(char.IsControl), text)
            );
        }
    }

    [Fact]
    public void Strange_overrides_are_applied_or_refused()
    {
        string[] pieces =
        [
            "world",
            "driving",
            "variants",
            "expert",
            "m",
            "model",
            "sweep",
            "gap",
            "grid",
            "gates",
            "seed",
            ".",
            ".",
            "[0]",
            "[",
            "]",
            "[9999999999]",
            "[-1]",
            "",
            "\0",
            "$",
        ];
        string[] values =
        [
            "1",
            "x.onnx",
            "{",
            "[1, 2",
            "{\"model\": 5}",
            "null",
            "\0",
            "[[[]]]",
            "\"$gap\"",
            "1e999",
            "// c",
        ];
        var draw = new Philox(11);
        for (ulong i = 0; i < 600; i++)
        {
            var key = string.Concat(
                Enumerable
                    .Range(0, 1 + (int)draw.Below(7, i))
                    .Select(k => pieces[draw.Below((uint)pieces.Length, i, 1 + (ulong)k)])
            );
            var value = values[draw.Below((uint)values.Length, i, 20)];
            var result = Read(ScenarioMutator.Files[i % 2], Small, (key, value));
            Assert.True(result.Scenario is null == result.Errors.Count > 0, $"{key}={value}");
            if (result.Scenario is { } scenario)
                Assert.Equal(scenario.Hash, Read(scenario.Text, Small).Scenario?.Hash);
        }
    }

    public static TheoryData<string, string> Hostile =>
        new()
        {
            { "deep lists", new string('[', 500_000) },
            { "deep objects", string.Concat(Enumerable.Repeat("{\"a\":", 150_000)) },
            { "many keys", "{" + string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"k{i}\":1")) + "}" },
            { "one long text", "{\"name\":\"" + new string('x', 900_000) + "\"}" },
            { "one long number", "{\"seed\":" + new string('9', 900_000) + "}" },
            { "white space", "{" + new string(' ', 900_000) + "}" },
            { "comments", "{" + string.Concat(Enumerable.Repeat("/**/", 200_000)) + "}" },
            {
                "many variants",
                "{\"world\":{\"driving\":{}},\"variants\":{"
                    + string.Join(',', Enumerable.Range(0, 40_000).Select(i => $"\"v{i}\":\"x\""))
                    + "}}"
            },
            {
                "many placeholders",
                "{\"world\":{\"driving\":{\"a\":["
                    + string.Join(',', Enumerable.Repeat("\"$abcdefgh\"", 50_000))
                    + "]}},\"sweep\":{"
                    + string.Join(',', Enumerable.Range(0, 30_000).Select(i => $"\"abcdefg{i}\":1"))
                    + "},\"variants\":{\"a\":\"expert\"}}"
            },
            {
                "a large world",
                "{\"world\":{\"driving\":{\"gap\":\"$p\",\"a\":["
                    + string.Join(',', Enumerable.Repeat("1", 150_000))
                    + "]}},\"sweep\":{\"p\":{\"grid\":[\"1 m\",\"9 m\",1000]}},\"variants\":{\"a\":\"expert\"}}"
            },
            {
                "the largest sweep",
                "{\"world\":{\"driving\":{\"gap\":\"$p\"}},\"sweep\":{\"p\":{\"normal\":[\"9 m\",\"1 m\"]},\"samples\":20000},\"variants\":{\"a\":\"expert\"}}"
            },
            { "too large", "{\"name\":\"" + new string('x', 2_000_000) + "\"}" },
            {
                "blank texts",
                "{\"world\":{\"driving\":{}},\"sweep\":{\"p\":["
                    + string.Join(',', Enumerable.Repeat("\"1" + new string(' ', 4000) + "!\"", 200))
                    + "]},\"variants\":{\"a\":\"expert\"}}"
            },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_costs_little(string what, string text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var result = Read(text);

        Assert.True(result.Errors.Count + result.Warnings.Count > 0 || result.Scenario is not null, what);
        Assert.True(result.Errors.Count <= 101, what);
        // Generous for a loaded machine: unbounded work takes minutes, or gigabytes.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{what} took {clock.Elapsed}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
    }
}
