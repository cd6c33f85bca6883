using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Cost;

/// <summary>The work of one node, by its operator's meaning in the ONNX specification.</summary>
internal sealed class NodeWork(Node node, Graph graph, IReadOnlySet<string> constants, string name)
{
    // Passes over every element: the greatest, the sum of exponentials, the quotient; or mean, variance, the result.
    private const int NormalisationPasses = 3;

    /// <summary>Usually one layer; a recurrent cell is two.</summary>
    /// <exception cref="UnknownSizeException">A size is not known.</exception>
    public IReadOnlyList<LayerWork> Layers() =>
        node.Taken().Append(node.Outputs[0]).Any(value => Count(value) == 0) ? [Vector(Outputs())] : Work();

    private IReadOnlyList<LayerWork> Work() =>
        node.Operator switch
        {
            "Gemm" => [Gemm()],
            "MatMul" or "MatMulInteger" => [MatMul(1)],
            "QLinearMatMul" => [MatMul(3)],
            "Conv" or "ConvInteger" => [Convolution(1)],
            "QLinearConv" => [Convolution(3)],
            "LSTM" => Recurrent(4),
            "GRU" => Recurrent(3),
            "RNN" => Recurrent(1),
            "Softmax" or "LogSoftmax" or "LayerNormalization" or "InstanceNormalization" or "GroupNormalization" =>
            [
                Vector(checked(Outputs() * NormalisationPasses)),
            ],
            "MaxPool" or "AveragePool" => [Vector(checked(Outputs() * Window()))],
            "GlobalAveragePool" or "GlobalMaxPool" or "ReduceMean" or "ReduceSum" or "ReduceMax" or "ReduceMin" =>
            [
                Vector(ComputedInputs()),
            ],
            _ => [Vector(Outputs())],
        };

    private LayerWork Gemm()
    {
        var output = Sizes(node.Outputs[0]);
        var shape = new ProductShape(output[0], Count(node.Inputs[0]) / output[0], output[1]);
        return Product(shape, 1, 1);
    }

    private LayerWork MatMul(int right)
    {
        var (left, b) = (Sizes(node.Inputs[0]), Sizes(node.Inputs[right]));
        var k = left[^1];
        var n = b.Count == 1 ? 1 : b[^1];
        var outputs = Outputs();
        // One matrix of weights for all: its rows are those of all the matrices on the left.
        if (b.Count <= 2 && constants.Contains(node.Inputs[right]))
            return Product(new ProductShape(outputs / n, k, n), 1, right);
        var m = left.Count == 1 ? 1 : left[^2];
        return Product(new ProductShape(m, k, n), outputs / (m * n), right);
    }

    private LayerWork Product(ProductShape shape, long repeats, int right)
    {
        if (!constants.Contains(node.Inputs[right]))
            return LayerWork.ComputedProduct(name, node.Operator, shape, repeats);
        return LayerWork.Dense(name, node.Operator, shape) with
        {
            Repeats = repeats,
            VectorElements = checked(shape.Outputs * repeats),
            ActivationBytes = checked(shape.ActivationBytes * repeats),
            WeightBytes = checked(Count(node.Inputs[right]) + 4 * shape.N),
            OutputBytes = checked(shape.Outputs * repeats),
        };
    }

    private LayerWork Convolution(int right)
    {
        var (input, weights, output) = (Sizes(node.Inputs[0]), Sizes(node.Inputs[right]), Sizes(node.Outputs[0]));
        var groups = input[1] / weights[1];
        var places = output[0] * output.Skip(2).Aggregate(1L, (all, size) => checked(all * size));
        var window = weights.Skip(2).Aggregate(1L, (all, size) => checked(all * size));
        return LayerWork.Convolution(name, places, window, input[1], weights[0], groups, Count(node.Inputs[0])) with
        {
            Operator = node.Operator,
        };
    }

    // Every step's input enters one product; the state makes the steps wait for each other.
    private LayerWork[] Recurrent(int gates)
    {
        var (input, recurrent) = (Sizes(node.Inputs[0]), Sizes(node.Inputs[2]));
        var (steps, batch, directions, hidden) = (input[0], input[1], recurrent[0], recurrent[2]);
        var columns = checked(directions * gates * hidden);
        var fromInput = LayerWork.Dense(
            $"{name}/input",
            node.Operator,
            new ProductShape(checked(steps * batch), input[2], columns)
        );
        var step = new ProductShape(batch, hidden, gates * hidden);
        var sums = checked(steps * directions * step.Outputs);
        var fromState = LayerWork.Dense($"{name}/state", node.Operator, step) with
        {
            Repeats = checked(steps * directions),
            SameWeights = directions == 1,
            // The sums of both products, a table each, and the new state's products and sum.
            VectorElements = checked(3 * sums),
            ActivationBytes = sums,
            WeightBytes = checked(directions * (step.WeightBytes + 4 * step.N)),
            OutputBytes = checked(steps * batch * directions * hidden),
        };
        return [fromInput, fromState];
    }

    private LayerWork Vector(long elements)
    {
        var tables = node.Taken().Distinct().Where(constants.Contains).Sum(Count);
        return LayerWork.Vector(name, node.Operator, elements, ComputedInputs(), Outputs(), tables);
    }

    private long Window() =>
        node.Attributes.GetValueOrDefault("kernel_shape") is AttributeValue.Ints(var sizes)
            ? sizes.Aggregate(1L, (all, size) => checked(all * size))
            : 1;

    private long ComputedInputs() => node.Taken().Distinct().Where(input => !constants.Contains(input)).Sum(Count);

    private long Outputs() => Count(node.Outputs[0]);

    private long Count(string value) => Sizes(value).Aggregate(1L, (all, size) => checked(all * size));

    private IReadOnlyList<long> Sizes(string value)
    {
        var type = graph.Initializers.TryGetValue(value, out var tensor)
            ? new TensorType(tensor.Type, [.. tensor.Dims.Select(size => new Dim(size))])
            : graph.Types.GetValueOrDefault(value, TensorType.Unknown);
        if (type is { Shape: { } shape, Kind: ValueKind.Tensor } && shape.All(size => size.IsKnown))
            return [.. shape.Select(size => size.Size)];
        throw new UnknownSizeException($"{node.Title()}: the sizes of '{value}' are not known ({type})");
    }
}
