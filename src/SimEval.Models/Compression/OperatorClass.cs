using System.Collections.Frozen;
using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>How an operator is quantized.</summary>
public enum OperatorClass
{
    /// <summary>Not: recurrent cells, control flow, and functions whose values span too many magnitudes for 8 bits.</summary>
    Float,

    /// <summary>A product with constant weights: Gemm, MatMul, Conv, ConvTranspose.</summary>
    Weighted,

    /// <summary>Sums and products of two values, and the product of two computed matrices.</summary>
    Binary,

    /// <summary>A function of one value.</summary>
    Unary,

    /// <summary>Several values become one: Concat.</summary>
    Joining,

    /// <summary>Moves or picks elements: what comes out has the scale of what goes in.</summary>
    Moving,
}

/// <summary>
/// The class of each operator that is quantized. To add one is an entry here, when it fits a class. ONNX Runtime has integer
/// kernels for a part of them and computes the rest in float between DequantizeLinear and QuantizeLinear.
/// </summary>
public static class OperatorClasses
{
    private static readonly FrozenDictionary<string, OperatorClass> Classes = new (OperatorClass Class, string Names)[]
    {
        (OperatorClass.Weighted, "Gemm MatMul Conv ConvTranspose"),
        (OperatorClass.Binary, "Add Sub Mul Div"),
        (
            OperatorClass.Unary,
            "Relu Clip LeakyRelu PRelu Sigmoid Tanh Elu Selu Celu HardSigmoid HardSwish Gelu Softplus Softsign Mish Erf Abs Neg "
                + "Softmax LayerNormalization AveragePool GlobalAveragePool ReduceMean"
        ),
        (OperatorClass.Joining, "Concat"),
        (
            OperatorClass.Moving,
            "Identity Reshape Flatten Transpose Squeeze Unsqueeze Slice Gather Split Expand DepthToSpace SpaceToDepth MaxPool "
                + "GlobalMaxPool ReduceMax"
        ),
    }
        .SelectMany(entry => entry.Names.Split(' ').Select(name => KeyValuePair.Create(name, entry.Class)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The class of a node's operator; of other domains than ONNX's own, none is quantized.</summary>
    public static OperatorClass Of(Node node) =>
        node.Domain.Length == 0 ? Classes.GetValueOrDefault(node.Operator) : OperatorClass.Float;
}
