using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Engine.Executors;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Engine.Executors;

public sealed class ModelMemoryTests
{
    private static readonly ModelUse Use = new(Lanes: 2, Slots: 10, Batch: 4);

    private static readonly BindingRequest Request = new()
    {
        Observation = [new TensorSpec("observation", [6], "")],
        Action = new TensorSpec("action", [3], ""),
        States = [new StateNames("h", "next")],
    };

    // Rows in bytes: observation 6 float16 (24 as float32), state 5 float16 (10), action 3 float32 (12).
    private static readonly byte[] Recurrent = new OnnxBuilder("recurrent")
        .Input("observation", ["batch", "6"], 10)
        .Input("h", ["batch", "5"], 10)
        .Constant("w", [6, 5], new float[30])
        .Constant("v", [5, 3], new float[15])
        .Node("Cast", ["observation"], ["wide"], ("to", 1L))
        .Node("MatMul", ["wide", "w"], ["seen"])
        .Node("Cast", ["seen"], ["half"], ("to", 10L))
        .Node("Add", ["half", "h"], ["next"])
        .Node("Cast", ["next"], ["again"], ("to", 1L))
        .Node("MatMul", ["again", "v"], ["action"])
        .Output("action", ["batch", "3"])
        .Output("next", ["batch", "5"], 10)
        .ToBytes();

    [Fact]
    public void A_model_takes_its_file_twice_and_for_each_lane_its_activations_and_the_rows_of_its_slots()
    {
        // Alive at once, per row, at most: h (10), wide (24) and seen (20).
        const int Activations = 4 * 54;
        const int Rows = ((10 + 4) * (24 + 10 + 12)) + (4 * 10);
        AssertTakes((2 * Recurrent.Length) + (2 * (Activations + Rows)), Recurrent, Request, Use);
    }

    [Fact]
    public void More_slots_lanes_and_a_larger_batch_take_more()
    {
        var needed = NeedOf(Recurrent, Request, Use);
        Assert.Equal(needed + (2 * 46), NeedOf(Recurrent, Request, Use with { Slots = 11 }));
        Assert.Equal(needed + (2 * (54 + 46 + 10)), NeedOf(Recurrent, Request, Use with { Batch = 5 }));
        Assert.Equal(needed * 2 - (2 * Recurrent.Length), NeedOf(Recurrent, Request, Use with { Lanes = 4 }));
    }

    [Fact]
    public void What_is_no_onnx_takes_its_file_twice_and_the_rows_of_its_layout_at_least()
    {
        var bytes = new byte[1000];
        var error = AssertTakes(2000 + (2 * 14 * (24 + 12)), bytes, Request, Use);
        Assert.Contains("at least", error, StringComparison.Ordinal);
        Assert.Contains("an unknown number for activations", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_of_tensors_takes_one_lane_without_slots()
    {
        var memory = Limited((2 * Recurrent.Length) + 54 + 44 - 1, ModelUse.Tensors(1));
        var error = Assert.Throws<ModelException>(() => memory.Take(new ModelFile("policy.onnx", Recurrent)));
        Assert.Equal(ModelFault.TooLarge, error.Fault);
        Assert.StartsWith("policy.onnx: it takes about", error.Message, StringComparison.Ordinal);
        // A comparison keeps every value.
        Assert.True(Need(error) < NeedOfEveryValue());

        long NeedOfEveryValue() =>
            Need(
                Assert.Throws<ModelException>(() =>
                    Limited(1, ModelUse.Tensors(1)).Take(new ModelFile("", Recurrent), everyValue: true)
                )
            );
    }

    [Fact]
    public void Models_of_one_scenario_share_what_there_is()
    {
        var need = NeedOf(Recurrent, Request, Use);
        var memory = Limited((2 * need) + 5, Use);
        memory.Take(new ModelFile("", Recurrent), Request);
        memory.Take(new ModelFile("", Recurrent), Request);
        var error = Assert.Throws<ModelException>(() => memory.Take(new ModelFile("", Recurrent), Request));
        Assert.Contains($"{2 * need:N0} are taken by models before it", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the limit is {(2 * need) + 5:N0} (models.memory)", error.Message, StringComparison.Ordinal);
    }

    private static ModelMemory Limited(long bytes, ModelUse use) => new(new ModelOptions { Memory = bytes }, use);

    private static string AssertTakes(long bytes, byte[] model, BindingRequest request, ModelUse use)
    {
        Limited(bytes, use).Take(new ModelFile("", model), request);
        var memory = Limited(bytes - 1, use);
        return Assert.Throws<ModelException>(() => memory.Take(new ModelFile("", model), request)).Message;
    }

    private static long NeedOf(byte[] model, BindingRequest request, ModelUse use) =>
        Need(Assert.Throws<ModelException>(() => Limited(1, use).Take(new ModelFile("", model), request)));

    // "... it takes about 1,234 bytes of memory ...".
    private static long Need(ModelException error)
    {
        var words = error.Message.Split(' ');
        return long.Parse(
            words[Array.IndexOf(words, "bytes") - 1].Replace(",", "", StringComparison.Ordinal),
            System.Globalization.CultureInfo.InvariantCulture
        );
    }
}
