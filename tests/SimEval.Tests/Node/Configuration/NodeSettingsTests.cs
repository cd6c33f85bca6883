using SimEval.Node.Configuration;
using SimEval.Node.Configuration.Hocon;
using Xunit;

namespace SimEval.Tests.Node.Configuration;

public sealed class NodeSettingsTests
{
    [Fact]
    public void Every_key_of_the_reference_is_a_setting_and_every_setting_is_in_the_reference()
    {
        // Binding is strict both ways: an unknown key and a missing one are errors.
        Assert.Equal(64, NodeSettings.Embedded.Engine.CohortSize);
        Assert.Equal(TimeSpan.FromSeconds(1), NodeSettings.Embedded.Engine.FlushInterval);
        Assert.Equal(new ByteSize(4 << 20), NodeSettings.Embedded.Store.BatchBytes);
    }

    [Fact]
    public void Every_key_of_the_reference_says_why()
    {
        var lines = File.ReadAllLines(Path.Combine(Tidy.Repository.Root, "hocon", "reference.conf"));
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Contains(" = ", StringComparison.Ordinal) && !lines[i].TrimStart().StartsWith('#'))
            {
                Assert.True(
                    lines[i - 1].TrimStart().StartsWith('#'),
                    $"hocon/reference.conf:{i + 1}: a comment is missing"
                );
            }
        }
    }

    [Fact]
    public void A_single_key_stands_above_a_file_which_stands_above_the_default()
    {
        var file = WriteFile("simeval.engine { lanes = 3, cohort-size = 32 }\nsimeval.store.batch-bytes = 2 MB");
        var settings = NodeSettings.Load(file, ["engine.lanes=5"]);
        Assert.Equal((5, 32), (settings.Engine.Lanes, settings.Engine.CohortSize));
        Assert.Equal(new ByteSize(2_000_000), settings.Store.BatchBytes);
        Assert.Equal(NodeSettings.Embedded.Actors, settings.Actors);
    }

    [Fact]
    public void A_file_may_include_the_reference_and_build_on_it()
    {
        var file = WriteFile(
            "include \"reference.conf\"\nsimeval.engine.cohort-members = ${simeval.engine.cohort-size}0"
        );
        Assert.Equal(640, NodeSettings.Load(file, []).Engine.CohortMembers);
    }

    [Theory]
    [InlineData(
        "simeval.engine.lane = 1",
        ":1:",
        "'simeval.engine.lane' is no setting; did you mean 'simeval.engine.lanes'?"
    )]
    [InlineData("\nsimeval.engin { lanes = 1 }", ":2:", "did you mean 'simeval.engine'?")]
    [InlineData("engine.lanes = 1", ":1:", "all settings lie under 'simeval'")]
    [InlineData("simeval.engine.lanes = many", ":1:", "'simeval.engine.lanes' is 'many'; it takes a whole number")]
    [InlineData("simeval.engine.lanes = 1.5", ":1:", "it takes a whole number")]
    [InlineData("simeval.engine.lanes = 1000", ":1:", "it lies between 0 and 256")]
    [InlineData("simeval.engine.flush-interval = 5 parsecs", ":1:", "it takes a duration such as")]
    [InlineData("simeval.engine.flush-interval = 5 h", ":1:", "it lies between 0.01 s and 60 s")]
    [InlineData("simeval.store.batch-bytes = lots", ":1:", "it takes a size such as")]
    [InlineData("simeval.engine = 5", ":1:", "it takes an object")]
    [InlineData("simeval.engine.lanes = {}", ":1:", "'simeval.engine.lanes' is an object; it takes a whole number")]
    [InlineData("simeval.engine.lanes = null", ":1:", "it takes a whole number")]
    [InlineData("simeval = 1", ":1:", "'simeval' is '1'; it takes an object")]
    [InlineData("simeval.engine.lanes = ", ":1:", "expected a value")]
    public void What_does_not_fit_is_an_error_with_its_line_and_the_right_name(
        string text,
        string line,
        string expected
    )
    {
        var file = WriteFile(text);
        var error = Assert.Throws<ConfigurationException>(() => NodeSettings.Load(file, []));
        Assert.Contains(error.Errors, e => e.StartsWith(file + line, StringComparison.Ordinal));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Buckets_are_batch_sizes_up_to_the_largest()
    {
        Assert.Empty(NodeSettings.Embedded.Executor.Buckets);
        var settings = NodeSettings.Load(null, ["executor.buckets=[8, 64]"]);
        Assert.Equal([8, 64], settings.ToModelOptions().Buckets);
        var error = Assert.Throws<ConfigurationException>(() =>
            NodeSettings.Load(null, ["executor.buckets=[8, 65]", "models.memory=1 MB"])
        );
        Assert.StartsWith("-D executor.buckets=[8, 65]", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "'simeval.executor.buckets' has 65; a forward has at most 64 frames ('simeval.executor.max-batch')",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'simeval.executor.buckets[0]' is '0'; it lies between 1 and 4096",
            Assert.Throws<ConfigurationException>(() => NodeSettings.Load(null, ["executor.buckets=[0]"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void All_errors_of_a_file_are_reported()
    {
        var file = WriteFile("simeval.engine { lane = 1, cohort-size = x }\nsimeval.stor = {}");
        Assert.Equal(3, Assert.Throws<ConfigurationException>(() => NodeSettings.Load(file, [])).Errors.Count);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_clear_error() =>
        Assert.Contains(
            "cannot be read",
            Assert.Throws<ConfigurationException>(() => NodeSettings.Load("/nowhere/x.conf", [])).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("engine.lanes")]
    [InlineData("engine.lanes=")]
    [InlineData("engine.lanes=]")]
    public void A_single_key_that_cannot_be_read_is_a_clear_error(string entry) =>
        Assert.StartsWith(
            $"-D {entry}",
            Assert.Throws<ConfigurationException>(() => NodeSettings.Load(null, [entry])).Message,
            StringComparison.Ordinal
        );

    private static string WriteFile(string text)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("simeval-settings-").FullName, "own.conf");
        File.WriteAllText(file, text);
        return file;
    }
}
