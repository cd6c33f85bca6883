using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using Xunit;

namespace SimEval.Tests.Scenarios.Reading;

public sealed class ProgramVariantTests
{
    private static readonly MemoryFiles Files = new MemoryFiles()
        .With("/s/policy.py", "act")
        .With("/s/policy", "act")
        .With("/s/weights.npz", "w")
        .With("/usr/bin/python3", "interpreter")
        .With("/cwd/other.py", "act");

    [Theory]
    [InlineData(
        """{ "process": ["python3", "policy.py", "--gain", "2"] }""",
        "/s/policy.py",
        "python3 /s/policy.py --gain 2"
    )]
    [InlineData("""{ "process": ["./policy", "weights.npz"] }""", "/s/policy", "/s/policy /s/weights.npz")]
    [InlineData(
        """{ "process": ["/usr/bin/python3", "policy.py"] }""",
        "/s/policy.py",
        "/usr/bin/python3 /s/policy.py"
    )]
    [InlineData("""{ "process": "policy.py" }""", "/s/policy.py", "python3 /s/policy.py")]
    [InlineData("""{ "model": "policy.py", "device": "process" }""", "/s/policy.py", "python3 /s/policy.py")]
    [InlineData("""{ "model": "policy", "device": "process" }""", "/s/policy", "/s/policy")]
    [InlineData("\"policy.py\"", "/s/policy.py", "python3 /s/policy.py")]
    public void A_program_is_a_command_whose_files_are_relative_to_the_scenario(
        string text,
        string source,
        string command
    )
    {
        var read = Read(text);
        Assert.Empty(read.Errors);
        var variant = Assert.Single(read.Scenario!.Variants);
        Assert.Equal((PolicyKind.Model, "process", source), (variant.Kind, variant.Device, variant.Source));
        Assert.Equal(command, string.Join(' ', variant.Command));
        Assert.Contains(source, variant.CommandFiles);
        Assert.Subset(read.Scenario.Files.ToHashSet(), variant.CommandFiles.ToHashSet());
    }

    [Theory]
    [InlineData("""{ "process": ["python3", "polcy.py"] }""", "none of the program's arguments is a file")]
    [InlineData("""{ "process": ["./polcy", "weights.npz"] }""", "there is no file")]
    [InlineData("""{ "process": "polcy.py" }""", "there is no file")]
    [InlineData("""{ "process": [] }""", "a list of 1 to 64 texts")]
    [InlineData("""{ "process": { "run": "policy.py" } }""", "a list of 1 to 64 texts, not an object")]
    [InlineData("""{ "process": ["python3", 3] }""", "a text is expected")]
    [InlineData(
        """{ "process": ["python3", "policy.py"], "model": "policy.py" }""",
        "exactly one of model, policy, recorded, process"
    )]
    [InlineData("""{ "process": ["python3", "policy.py"], "output": "a" }""", "'output' belongs to a model")]
    [InlineData(
        """{ "model": "policy.py", "device": "process", "inputs": { "a": "b" } }""",
        "a program says itself which tensors it wants"
    )]
    public void What_is_no_program_is_said_so(string text, string words)
    {
        var read = Read(text);
        Assert.Null(read.Scenario);
        Assert.Contains(words, string.Join('\n', read.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("variants.a.process", """["python3", "other.py", "policy.py"]""", "python3 /cwd/other.py /s/policy.py")]
    [InlineData("variants.a.process", "other.py", "python3 /cwd/other.py")]
    public void A_program_among_the_overrides_is_meant_from_the_current_folder(string key, string value, string command)
    {
        var read = Read("""{ "process": ["python3", "policy.py"] }""", (key, value));
        Assert.Empty(read.Errors);
        Assert.Equal(command, string.Join(' ', read.Scenario!.Variants[0].Command));
    }

    private static ScenarioReadResult Read(string variant, params (string, string)[] overrides) =>
        ScenarioReader.Read(
            $$"""{ "world": { "driving": {} }, "variants": { "a": {{variant}} } }""",
            "/s/scenario.json",
            new ToyCatalogue(),
            Files,
            overrides,
            new ScenarioLimits()
        );
}
