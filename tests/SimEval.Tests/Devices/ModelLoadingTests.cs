using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Models;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Devices;

public class ModelLoadingTests
{
    private static readonly TensorSpec Observation = new("observation", [343], "ego, agents, route; m, rad, m/s");
    private static readonly TensorSpec Agents = new(
        "agents",
        [16, 6],
        "x m, y m, heading rad, speed m/s, in the ego frame"
    );
    private static readonly TensorSpec Action = new("action", [2], "acceleration m/s2, steering rate rad/s");

    [Theory]
    [InlineData("")]
    [InlineData("not a model at all")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    public void Other_files_are_refused_in_plain_words(string text)
    {
        var refused = Assert.Throws<ModelException>(() => Load(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Contains("ONNX", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_and_damaged_models_are_refused_or_run_but_never_crash()
    {
        var bytes = Model(["batch", "343"], ["batch", "2"]);
        for (var cut = 0; cut < bytes.Length; cut += 37)
            LoadOrRefuse(bytes.AsMemory(0, cut));
        for (var at = 0; at < 120; at += 3)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x55;
            LoadOrRefuse(damaged);
        }
    }

    [Fact]
    public void A_model_over_the_limit_is_refused_with_both_sizes()
    {
        var bytes = Model(["batch", "343"], ["batch", "2"]);
        var refused = Assert.Throws<ModelException>(() =>
            new CpuDevice().Load(bytes, new ModelOptions(MaximumBytes: 1000))
        );
        Assert.Equal(ModelFault.TooLarge, refused.Fault);
        Assert.Contains("1,000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_operator_is_refused_by_name()
    {
        var bytes = new OnnxBuilder("odd")
            .Input("x", ["batch", "2"])
            .Output("y", ["batch", "2"])
            .Node("Frobnicate", ["x"], ["y"])
            .ToBytes();
        var refused = Assert.Throws<ModelException>(() => Load(bytes));
        Assert.Contains("Frobnicate", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_is_matched_by_name_by_mapping_or_as_the_only_one_that_fits()
    {
        var signature = Signature([Input("obs", -1, 343)], [Input("y", -1, 2)]);
        Assert.Equal(1, Bind(signature, Request([Agents, Observation]))!.Inputs[0].Source);
        var twice = Request([Observation, Observation with { Name = "other" }]);
        Assert.Null(Bind(signature, twice));
        var mapped = twice with { Inputs = new Dictionary<string, string> { ["obs"] = "other" } };
        Assert.Equal(1, Bind(signature, mapped)!.Inputs[0].Source);
    }

    [Fact]
    public void A_tensor_may_be_flattened()
    {
        var binding = Bind(Signature([Input("agents", -1, 96)], [Input("y", -1, 2)]), Request([Agents]));
        Assert.Equal([96], binding!.Inputs[0].Row);
        Assert.True(binding.Batchable);
    }

    [Fact]
    public void A_wrong_shape_is_reported_with_both_shapes_units_and_what_would_be_right()
    {
        var errors = Errors(Signature([Input("agents", -1, 16, 7)], [Input("y", -1, 2)]), Request([Agents]));
        var text = errors.Single().ToString();
        Assert.Contains("[?,16,7]", text, StringComparison.Ordinal);
        Assert.Contains("agents[16,6]", text, StringComparison.Ordinal);
        Assert.Contains("heading rad", text, StringComparison.Ordinal);
        Assert.Contains("[?,16,6]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_error_is_reported_with_the_nearest_name()
    {
        var signature = Signature(
            [Input("agent", -1, 16, 6), Input("hidden", -1, 8), Input("words", -1, 3) with { Type = ElementType.Text }],
            [Input("y", -1, 3), Input("hiddenNext", -1, 8)]
        );
        var request = Request([Agents, Observation]) with
        {
            States = [new StateNames("hiden", "hiddenNext")],
            Output = "yy",
        };
        var text = string.Join("\n", Errors(signature, request));
        Assert.Contains("Did you mean 'agents'?", text, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'hidden'?", text, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'y'?", text, StringComparison.Ordinal);
        Assert.Contains("takes string", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_action_of_the_wrong_size_is_reported_with_its_meaning()
    {
        var errors = Errors(Signature([Input("observation", -1, 343)], [Input("y", -1, 3)]), Request([Observation]));
        Assert.Contains("steering rate rad/s", errors.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_possible_actions_must_be_told_apart()
    {
        var signature = Signature([Input("observation", -1, 343)], [Input("a", -1, 2), Input("b", -1, 2)]);
        Assert.Contains(
            "\"output\": \"a\"",
            Errors(signature, Request([Observation])).Single().Suggestion,
            StringComparison.Ordinal
        );
        Assert.Equal("b", Bind(signature, Request([Observation]) with { Output = "b" })!.Action.Name);
    }

    [Fact]
    public void A_fixed_batch_other_than_one_is_an_error()
    {
        var errors = Errors(Signature([Input("observation", 8, 343)], [Input("y", 8, 2)]), Request([Observation]));
        Assert.Contains("fixed batch of 8", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_action_that_only_a_run_shows_is_an_error()
    {
        var bytes = new OnnxBuilder("late")
            .Input("observation", ["batch", "343"])
            .Output("action", ["batch", "free"])
            .Constant("ones", [343], Enumerable.Repeat(1f, 343).ToArray().AsSpan())
            .Node("Cast", ["ones"], ["kept"], ("to", 9L))
            .Node("Compress", ["observation", "kept"], ["action"], ("axis", 1L))
            .ToBytes();
        using var model = Load(bytes);
        var binding = Bind(model.Signature, Request([Observation]));
        var refused = Assert.Throws<ModelException>(() => model.Bind(binding!, 8));
        Assert.Contains("343", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ModelFault.Unbindable, refused.Fault);
    }

    [Fact]
    public void A_model_that_never_ends_is_refused()
    {
        var body = new OnnxBuilder("body")
            .Input("i", [], 7)
            .Input("go", [], 9)
            .Input("x", ["batch", "343"])
            .Output("goOn", [], 9)
            .Output("y", ["batch", "343"])
            .Node("Identity", ["go"], ["goOn"])
            .Node("Neg", ["x"], ["y"]);
        var bytes = new OnnxBuilder("endless")
            .Input("observation", ["batch", "343"])
            .Output("action", ["batch", "2"])
            .Constant("one", [], [1L])
            .Constant("w", [343, 2], new float[686])
            .Node("Cast", ["one"], ["true"], ("to", 9L))
            .Node("Loop", ["", "true", "observation"], ["last"], ("body", body))
            .Node("MatMul", ["last", "w"], ["action"])
            .ToBytes();
        var options = new ModelOptions { TrialTime = TimeSpan.FromMilliseconds(200) };
        using var model = new CpuDevice().Load(bytes, options);
        var binding = Bind(model.Signature, Request([Observation]));
        var refused = Assert.Throws<ModelException>(() => model.Bind(binding!, 8));
        Assert.Contains("not ended", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_other_files_are_refused()
    {
        // TensorProto with data_location EXTERNAL, put among the initializers of a graph.
        var bytes = Model(["batch", "343"], ["batch", "2"]);
        byte[] external = [0x3A, 0x04, 0x2A, 0x02, 0x70, 0x01];
        var refused = Assert.Throws<ModelException>(() => Load((byte[])[.. bytes, .. external]));
        Assert.Contains("one file", refused.Message, StringComparison.Ordinal);
    }

    private static ILoadedModel Load(ReadOnlyMemory<byte> bytes) => new CpuDevice().Load(bytes, new ModelOptions());

    private static void LoadOrRefuse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            Load(bytes).Dispose();
        }
        catch (ModelException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }

    private static byte[] Model(string[] input, string[] output) =>
        new OnnxBuilder("model")
            .Input("observation", input)
            .Output("action", output)
            .Constant("w", [343, 2], new float[686])
            .Node("MatMul", ["observation", "w"], ["action"])
            .ToBytes();

    private static ModelTensor Input(string name, params int[] dims) => new(name, ElementType.Float32, dims);

    private static ModelSignature Signature(ModelTensor[] inputs, ModelTensor[] outputs) => new(inputs, outputs);

    private static BindingRequest Request(TensorSpec[] observation) =>
        new() { Observation = observation, Action = Action };

    private static ModelBinding? Bind(ModelSignature signature, BindingRequest request) =>
        ModelBinder.Bind(signature, request, []);

    private static List<BindingError> Errors(ModelSignature signature, BindingRequest request)
    {
        var errors = new List<BindingError>();
        Assert.Null(ModelBinder.Bind(signature, request, errors));
        return errors;
    }
}
