using System.Collections.Immutable;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Shapes;
using Xunit;
using Xunit.Abstractions;

namespace SimEval.Tests.Models.Shapes;

/// <summary>Shape inference against ONNX's backend tests, which have outputs beside each model.</summary>
public class BackendShapeTests(ITestOutputHelper log)
{
    private static readonly string[] WithoutRule = ["ai.onnx.preview.training"];

    [OnnxTestDataFact]
    public void What_is_inferred_agrees_with_what_the_models_declare()
    {
        var wrong = new List<string>();
        var without = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (name, model) in Models())
        {
            var report = ShapeInference.Analyse(Undeclared(model));
            without.UnionWith(report.WithoutRule.Keys);
            foreach (var output in model.Graph.Outputs)
            {
                var inferred = report.Model.Graph.Types[output.Name];
                if (report.WithoutRule.Count == 0 && !Fits(inferred, output.Type))
                    wrong.Add($"{name}: '{output.Name}' is {output.Type}, inferred {inferred}");
            }
        }

        log.WriteLine($"{without.Count} operators without a rule: {string.Join(", ", without)}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.All(
            without,
            name => Assert.Contains(WithoutRule, domain => name.StartsWith(domain, StringComparison.Ordinal))
        );
    }

    [OnnxTestDataFact]
    public void With_inputs_as_constants_shapes_are_those_of_the_outputs()
    {
        var (wrong, open, exact) = (new List<string>(), new SortedDictionary<string, int>(StringComparer.Ordinal), 0);
        foreach (
            var (name, model) in Models()
                .Where(test => test.Model.Graph.Outputs.All(o => o.Type.Kind == ValueKind.Tensor))
        )
        {
            if (Constants(name, model) is not { } constants)
                continue;
            var report = ShapeInference.Analyse(Undeclared(constants));
            foreach (var (output, place) in model.Graph.Outputs.Select((output, place) => (output, place)))
            {
                var inferred = report.Model.Graph.Types[output.Name];
                var tensor = Read(name, "output", place);
                var actual = new TensorType(tensor.Type, [.. tensor.Dims.Select(size => new Dim(size))]);
                if (report.WithoutRule.Count > 0)
                    continue;
                if (!Fits(inferred, actual))
                    wrong.Add($"{name}: '{output.Name}' is {actual}, inferred {inferred}");
                else if (inferred == actual)
                    exact++;
                else
                    open[model.Graph.Nodes[^1].Operator] = open.GetValueOrDefault(model.Graph.Nodes[^1].Operator) + 1;
            }
        }

        log.WriteLine($"{exact} exact; with sizes left open, by last operator: {string.Join(", ", open)}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(exact > 950, $"only {exact} outputs were inferred exactly; open: {string.Join(", ", open)}");
    }

    private static bool Fits(TensorType inferred, TensorType actual) =>
        (
            inferred.Element == actual.Element
            || actual.Element == ElementType.Undefined
            // This data keeps bfloat16 as its bits.
            || (inferred.Element, actual.Element) == (ElementType.BFloat16, ElementType.UInt16)
        )
        && inferred.Kind == actual.Kind
        && (
            inferred.Shape is not { } shape
            || actual.Shape is not { } sizes
            || (
                shape.Count == sizes.Count
                && shape
                    .Zip(sizes)
                    .All(pair => !pair.First.IsKnown || !pair.Second.IsKnown || pair.First == pair.Second)
            )
        );

    private static IEnumerable<(string Folder, OnnxModel Model)> Models() =>
        OnnxTestData
            .NodeTests()
            // Scan as it was for one version, with a batch axis of its own.
            .Where(folder => Path.GetFileName(folder) != "test_scan_sum")
            .Select(folder => (folder, OnnxReader.Read(File.ReadAllBytes(Path.Combine(folder, "model.onnx")))));

    /// <summary>The model without what it declares of its inner values and outputs.</summary>
    private static OnnxModel Undeclared(OnnxModel model) =>
        model with
        {
            Graph = model.Graph with
            {
                Types = ImmutableSortedDictionary.Create<string, TensorType>(StringComparer.Ordinal),
                Outputs = [.. model.Graph.Outputs.Select(output => output with { Type = TensorType.Unknown })],
            },
        };

    /// <summary>The model with the test's inputs as constants; null where one is no tensor.</summary>
    private static OnnxModel? Constants(string folder, OnnxModel model)
    {
        var initializers = model.Graph.Initializers;
        foreach (var (input, place) in model.Graph.Inputs.Select((input, place) => (input, place)))
        {
            if (input.Type.Kind != ValueKind.Tensor)
                return null;
            initializers = initializers.SetItem(input.Name, Read(folder, "input", place));
        }

        return model with
        {
            Graph = model.Graph with { Inputs = [], Initializers = initializers },
        };
    }

    private static Tensor Read(string folder, string kind, int place) =>
        OnnxTensorReader.Read(File.ReadAllBytes(Path.Combine(folder, "test_data_set_0", $"{kind}_{place}.pb"))).Tensor;
}
