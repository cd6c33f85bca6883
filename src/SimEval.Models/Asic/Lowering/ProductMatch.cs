using System.Collections.Immutable;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// A MatMul, Gemm or Conv of two dequantized tensors, with its bias: what the array computes in integers. Values that the
/// array's instruction needs are made by <see cref="Emit"/>.
/// </summary>
internal sealed class ProductMatch
{
    private readonly Node node;
    private readonly string x;
    private readonly string w;
    private readonly Quantization input;
    private readonly float[] weightScales;
    private readonly int weightZero;
    private readonly Tensor? weights;
    private readonly bool transposed;
    private Tensor? bias;
    private Tensor? floatBias;

    private ProductMatch(Node node, Dequantized x, Dequantized w, QdqIndex index, bool transposed)
    {
        (this.node, this.x, this.w, this.transposed) = (node, x.Source, w.Source, transposed);
        (input, weightScales, weightZero) = (x.Whole!, w.Scales, w.Zeros[0]);
        weights = index.Constant(w.Source);
    }

    /// <summary>Whether the bias, if there is one, is of integers, so that the result can be requantized as it is.</summary>
    public bool IsInteger => floatBias is null;

    /// <summary>The product that makes a value, or null when there is none, or the array cannot compute it.</summary>
    public static ProductMatch? Of(string value, QdqIndex index)
    {
        if (index.Maker(value) is not { Domain: "" } node)
            return null;
        if (node.Operator == "Add")
            return WithAddedBias(node, index);
        return node.Operator switch
        {
            "MatMul" => MatMul(node, index),
            "Gemm" => Gemm(node, index),
            "Conv" => Conv(node, index),
            _ => null,
        };
    }

    /// <summary>The array's instruction, and the constants it takes.</summary>
    /// <param name="output">Name of its result.</param>
    /// <param name="result">Quantization of the result; null: float32.</param>
    /// <param name="bounds">Least and greatest result, as integers; null: those of the type.</param>
    /// <param name="constants">Where its constants go.</param>
    public Node Emit(
        string output,
        Quantization? result,
        (int Least, int Greatest)? bounds,
        Dictionary<string, Tensor> constants
    )
    {
        var multipliers = weightScales
            .Select(scale =>
                result is null ? (float)(input.Scale * scale) : Numerics8.Multiplier(input.Scale, scale, result.Scale)
            )
            .ToArray();
        var inputs = ImmutableArray.CreateBuilder<string>();
        inputs.Add(x);
        inputs.Add(transposed ? Constant("weights", Transposed(weights!)) : w);
        inputs.Add(Constant("multiplier", Tensor.Of([multipliers.Length], multipliers.AsSpan())));
        inputs.Add(bias is null ? "" : Constant("bias", bias));
        if (floatBias is not null)
            inputs.Add(Constant("bias", floatBias));
        var type = result?.Type ?? ElementType.Float32;
        var attributes = node.Attributes;
        if (node.Operator == "Gemm")
            attributes = attributes.Clear();
        attributes = attributes
            .SetItem("xZero", new AttributeValue.Int(input.Zero))
            .SetItem("wZero", new AttributeValue.Int(weightZero))
            .SetItem("yZero", new AttributeValue.Int(result?.Zero ?? 0))
            .SetItem("output", new AttributeValue.Int((long)type));
        if (bounds is var (least, greatest))
            attributes = attributes
                .SetItem("least", new AttributeValue.Int(least))
                .SetItem("greatest", new AttributeValue.Int(greatest));
        return new Node(
            node.Operator == "Conv" ? "Conv" : "MatMul",
            AsicProgram.Domain,
            node.Name,
            inputs.ToImmutable(),
            [output],
            attributes
        );

        string Constant(string what, Tensor tensor)
        {
            var name = $"{output}:{what}";
            constants[name] = tensor;
            return name;
        }
    }

    private static ProductMatch? MatMul(Node node, QdqIndex index)
    {
        if (Operands(node, index) is not var (x, w))
            return null;
        var columns = index.Constant(w.Source)?.Dims;
        var perColumn = columns is { Count: 2 } && w.Axis is 1 or -1 && w.Scales.Length == columns[1];
        return w.Whole is not null || perColumn ? new ProductMatch(node, x, w, index, false) : null;
    }

    private static ProductMatch? Gemm(Node node, QdqIndex index)
    {
        if (Operands(node, index) is not var (x, w) || Number(node, "transA") != 0)
            return null;
        var transposed = Number(node, "transB") != 0;
        var hasBias = node.Inputs.Length > 2 && node.Inputs[2].Length > 0;
        if (hasBias && Factor(node, "beta") != 1)
            return null;
        var axis = transposed ? 0 : 1;
        var matrix = index.Constant(w.Source);
        if (matrix is null ? transposed || w.Whole is null : matrix.Dims.Count != 2)
            return null;
        if (w.Whole is null && ((w.Axis + 2) % 2 != axis || w.Scales.Length != matrix!.Dims[axis]))
            return null;
        var match = new ProductMatch(node, x.Times(Factor(node, "alpha")), w, index, transposed);
        return !hasBias || match.AddBias(node.Inputs[2], matrix?.Dims[axis], index) ? match : null;
    }

    private static ProductMatch? Conv(Node node, QdqIndex index)
    {
        if (Operands(node, index) is not var (x, w) || index.Constant(w.Source) is not { } kernel)
            return null;
        if (
            kernel.Dims.Count is not (3 or 4)
            || (w.Whole is null && (w.Axis != 0 || w.Scales.Length != kernel.Dims[0]))
        )
            return null;
        var match = new ProductMatch(node, x, w, index, false);
        var hasBias = node.Inputs.Length > 2 && node.Inputs[2].Length > 0;
        return !hasBias || match.AddBias(node.Inputs[2], kernel.Dims[0], index) ? match : null;
    }

    private static ProductMatch? WithAddedBias(Node add, QdqIndex index)
    {
        for (var side = 0; side < 2; side++)
        {
            if (index.Maker(add.Inputs[side]) is not { Operator: "MatMul", Domain: "" } product)
                continue;
            if (MatMul(product, index) is not { weights: { Dims.Count: 2 } matrix } match)
                continue;
            if (match.AddBias(add.Inputs[1 - side], matrix.Dims[1], index))
                return match;
        }

        return null;
    }

    // Columns are null where the other operand is no constant: the bias then has as many as they are.
    private bool AddBias(string value, long? known, QdqIndex index)
    {
        if (
            index.Dequantized(value) is { Type: ElementType.Int32 } quantized
            && index.Constant(quantized.Source) is { } integers
        )
        {
            var columns = known ?? integers.Count;
            // A bias of another scale than the sums' is no bias of the sums.
            var fits =
                integers.Count == columns
                && quantized.Zeros.All(zero => zero == 0)
                && Enumerable.Range(0, (int)columns).All(i => IsScale(At(quantized.Scales, i), i));
            if (fits)
            {
                bias = integers.Reshape([columns]);
                return true;
            }
        }

        if (index.Constant(value) is { Type: ElementType.Float32 } floats && IsRow(floats, known ?? floats.Count))
        {
            floatBias = floats.Reshape([floats.Count]);
            return true;
        }

        return false;
    }

    private bool IsScale(float scale, int column) =>
        Math.Abs(scale / (input.Scale * At(weightScales, column)) - 1) < 1e-3;

    private static float At(float[] scales, int column) => scales[scales.Length == 1 ? 0 : column];

    // Its last axis runs over the columns, or it is one number.
    private static bool IsRow(Tensor tensor, long columns) =>
        tensor.Count == 1 || (tensor.Count == columns && tensor.Dims[^1] == columns);

    private static (Dequantized X, Dequantized W)? Operands(Node node, QdqIndex index) =>
        index.Dequantized(node.Inputs[0]) is { Whole: { } whole } x
        && whole.Type.Is8Bit()
        && index.Dequantized(node.Inputs[1]) is { } w
        && w.Type.Is8Bit()
        && w.Zeros.All(zero => zero == w.Zeros[0])
            ? (x, w)
            : null;

    private static long Number(Node node, string name) =>
        node.Attributes.GetValueOrDefault(name) is AttributeValue.Int(var value) ? value : 0;

    private static float Factor(Node node, string name) =>
        node.Attributes.GetValueOrDefault(name) is AttributeValue.Float(var value) ? value : 1;

    private static Tensor Transposed(Tensor matrix)
    {
        var (rows, columns) = ((int)matrix.Dims[0], (int)matrix.Dims[1]);
        var source = matrix.Data.Span;
        var target = new byte[source.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                target[column * rows + row] = source[row * columns + column];
        }

        return new Tensor(matrix.Type, [columns, rows], target);
    }
}
