using SimEval.Devices;
using SimEval.Devices.Conformance;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;
using Xunit;
using Xunit.Abstractions;

namespace SimEval.Tests.Models.Passes;

/// <summary>ONNX's backend tests, passed: outputs are still those that lie beside each model.</summary>
public class BackendPassTests(ITestOutputHelper log)
{
    [OnnxTestDataTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_passed_model_gives_what_the_test_says_where_the_model_did(bool withConstants)
    {
        var (changed, same, wrong) = (0, 0, new List<string>());
        foreach (var folder in OnnxTestData.NodeTests())
        {
            var model = OnnxReader.Read(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
            if (Inputs(folder, model) is not { } inputs)
                continue;
            if (withConstants)
                (model, inputs) = (Constant(model, inputs), []);
            var result = PassPipeline.Run(model, GraphPass.All);
            if (result.Applied.Count == 0)
            {
                same++;
                continue;
            }

            if (Run(model, inputs) is not { } expected)
                continue;
            changed++;
            if (Run(result.Model, inputs) is not { } actual)
                wrong.Add($"{Path.GetFileName(folder)} does not run after {string.Join(", ", result.Applied.Keys)}");
            else
                wrong.AddRange(
                    expected
                        .Select(pair => BackendTolerance.Difference(pair.Value, actual[pair.Key]))
                        .OfType<string>()
                        .Select(difference => $"{Path.GetFileName(folder)}: {difference}")
                );
        }

        log.WriteLine($"{changed} changed, {same} as they were");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(changed > 20, $"only {changed} models were changed");
    }

    private static IReadOnlyDictionary<string, Tensor>? Run(OnnxModel model, Dictionary<string, Tensor> inputs)
    {
        try
        {
            using var opened = PassBench.Open(model);
            return opened.Run(inputs);
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private static OnnxModel Constant(OnnxModel model, Dictionary<string, Tensor> inputs) =>
        model with
        {
            Graph = model.Graph with { Inputs = [], Initializers = model.Graph.Initializers.SetItems(inputs) },
        };

    private static Dictionary<string, Tensor>? Inputs(string folder, OnnxModel model)
    {
        if (model.Graph.Inputs.Any(input => input.Type.Kind != ValueKind.Tensor))
            return null;
        var files = model.Graph.Inputs.Select((_, i) => Path.Combine(folder, "test_data_set_0", $"input_{i}.pb"));
        return files.All(File.Exists)
            ? model
                .Graph.Inputs.Zip(files)
                .ToDictionary(
                    pair => pair.First.Name,
                    pair => OnnxTensorReader.Read(File.ReadAllBytes(pair.Second)).Tensor
                )
            : null;
    }
}
