using Newtonsoft.Json.Linq;
using SimEval.Node;
using SimEval.Scenarios.Authoring;
using SimEval.Tests.Tidy;
using Xunit;

namespace SimEval.Tests.Scenarios.Authoring;

public sealed class ShippedSchemaTests
{
    [Fact]
    public void The_shipped_schema_is_the_one_that_the_worlds_generate()
    {
        var shipped = File.ReadAllText(Path.Combine(Repository.Root, "scenarios", "scenario.schema.json"));
        var generated = ScenarioSchema.Generate(SimEvalNode.CreateCatalogue());

        Assert.True(
            JToken.DeepEquals(JToken.Parse(shipped), generated),
            "scenarios/scenario.schema.json is out of date: run ./simeval scenario schema > scenarios/scenario.schema.json"
        );
    }
}
