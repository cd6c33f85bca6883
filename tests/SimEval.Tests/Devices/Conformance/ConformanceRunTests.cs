using SimEval.Devices;
using SimEval.Devices.Conformance;
using SimEval.Devices.Cpu;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Devices.Conformance;

public sealed class ConformanceRunTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("simeval-conformance-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_right_output_passes_and_a_wrong_one_fails_with_its_first_element()
    {
        Write("right", Relu(), [-1f, 2], [0f, 2.001f]);
        Write("deep/er/wrong", Relu(), [-1f, 2], [0f, 2.01f]);
        Write("shape", Relu(), [-1f, 2], [0f]);
        Assert.Equal(["deep/er/wrong", "right", "shape"], BackendTest.Find(folder.FullName).Select(test => test.Name));
        Assert.Null(Run("right").Failure);
        Assert.Contains("element 1 is 2, expected 2.0", Run("deep/er/wrong").Failure, StringComparison.Ordinal);
        Assert.Contains("expected float32[1]", Run("shape").Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_runtime_lacks_is_skipped_with_its_reason()
    {
        Write("lacking", Model("Levitate"), [1f], [1f]);
        var result = Run("lacking");
        Assert.Null(result.Failure);
        Assert.Contains("Levitate", result.Skipped, StringComparison.Ordinal);
    }

    [Fact]
    public void A_random_operator_excuses_a_difference_and_an_even_dropout_does_not()
    {
        Write("random", Model("Bernoulli"), [0.5f], [7f]);
        Write("even", Model("Dropout"), [1f], [7f]);
        Assert.Contains("random operator", Run("random").Skipped, StringComparison.Ordinal);
        Assert.NotNull(Run("even").Failure);
    }

    [Fact]
    public void A_model_or_a_tensor_that_is_damaged_fails()
    {
        Write("model", [1, 2, 3], [1f], [1f]);
        Write("tensor", Relu(), [1f], [1f]);
        File.WriteAllBytes(Path.Combine(folder.FullName, "tensor", "test_data_set_0", "input_0.pb"), [9, 9, 9]);
        Assert.NotNull(Run("model").Failure);
        Assert.Contains("input_0.pb", Run("tensor").Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_without_a_number_go_by_the_name_inside_them()
    {
        Write("named", Relu(), [-1f], [0f], "x", "y");
        Write("unknown", Relu(), [-1f], [0f], "z", "y");
        Assert.Null(Run("named").Failure);
        Assert.Contains("no input 'z'", Run("unknown").Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Not_a_number_and_infinity_equal_themselves()
    {
        float[] odd = [float.NaN, float.PositiveInfinity, -0f];
        Assert.Null(
            BackendTolerance.Difference(Tensor.Of([3], odd), Tensor.Of([3], [float.NaN, float.PositiveInfinity, 0]))
        );
        Assert.NotNull(
            BackendTolerance.Difference(Tensor.Of([3], odd), Tensor.Of([3], [0f, float.PositiveInfinity, 0]))
        );
        Assert.NotNull(BackendTolerance.Difference(Tensor.Of([1], [7L]), Tensor.Of([1], [8L])));
        Assert.NotNull(BackendTolerance.Difference(new Tensor([1], ["a"]), new Tensor([1], ["b"])));
    }

    private ConformanceResult Run(string name)
    {
        var test = BackendTest.Find(folder.FullName).Single(test => test.Name == name);
        return new ConformanceRun(new CpuDevice(), new ModelOptions()).Run(test);
    }

    private void Write(string name, byte[] model, float[] input, float[] output, string from = "0", string to = "0")
    {
        var set = Directory.CreateDirectory(Path.Combine(folder.FullName, name, "test_data_set_0")).FullName;
        File.WriteAllBytes(Path.Combine(folder.FullName, name, "model.onnx"), model);
        File.WriteAllBytes(
            Path.Combine(set, $"input_{from}.pb"),
            OnnxTensorWriter.Write(from, Tensor.Of([input.Length], input))
        );
        File.WriteAllBytes(
            Path.Combine(set, $"output_{to}.pb"),
            OnnxTensorWriter.Write(to, Tensor.Of([output.Length], output))
        );
    }

    private static byte[] Relu() => Model("Relu");

    private static byte[] Model(string operation) =>
        new OnnxBuilder("one").Input("x", ["n"]).Node(operation, ["x"], ["y"]).Output("y", ["n"]).ToBytes();
}
