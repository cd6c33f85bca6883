using System.Diagnostics;
using System.Text;
using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using Xunit;

namespace SimEval.Tests.Scenarios.Importers;

public class CommonRoadFuzzTests
{
    private static readonly string[] Files = [.. CommonRoadSamples.Scenarios, CommonRoadSamples.Solution];

    [Fact]
    public void The_samples_themselves_are_accepted()
    {
        foreach (string sample in CommonRoadSamples.Scenarios)
        {
            var errors = new List<ScenarioError>();
            Assert.NotNull(CommonRoadReader.Read(Encoding.UTF8.GetBytes(sample), "a.xml", errors));
            Assert.Empty(errors);
            CommonRoadFuzzInput.Feed(sample);
        }
        CommonRoadFuzzInput.Feed(CommonRoadSamples.Solution);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_files_give_errors_and_nothing_else(int seed)
    {
        var clock = Stopwatch.StartNew();
        for (ulong index = 0; index < 2000 && clock.Elapsed.TotalSeconds < 4; index++)
        {
            string text = XmlMutator.Mutate(Files, (ulong)seed, index);
            Exception? failure = Record.Exception(() => CommonRoadFuzzInput.Feed(text));
            Assert.True(failure is null, $"seed {seed} index {index}: {failure}\n{text}");
        }
    }

    [Fact]
    public void A_map_of_hostile_extent_is_read_in_bounded_time()
    {
        // Two thousand lanes, each across a thousand million metres.
        var xml = new StringBuilder("<commonRoad commonRoadVersion='2020a' timeStepSize='0.1'>");
        for (int i = 0; i < 2000; i++)
        {
            xml.Append(
                $"<lanelet id='{i}'><leftBound><point><x>-1e9</x><y>{i}e5</y></point><point><x>1e9</x><y>1e9</y></point>"
                    + $"</leftBound><rightBound><point><x>-1e9</x><y>-1e9</y></point><point><x>1e9</x><y>-{i}e5</y></point>"
                    + "</rightBound></lanelet>"
            );
        }
        xml.Append("</commonRoad>");
        var clock = Stopwatch.StartNew();
        CommonRoadFuzzInput.Feed(xml.ToString());
        Assert.True(clock.Elapsed.TotalSeconds < 20, $"{clock.Elapsed}");
    }
}
