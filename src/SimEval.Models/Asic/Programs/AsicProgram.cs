using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Programs;

/// <summary>
/// What a board executes: instructions over named values, in order. Instructions of the domain "asic" are the array's and the
/// tables' (docs/formats/artifact.md defines them); all others are ONNX's operators, which move data or run in the vector unit.
/// </summary>
/// <param name="Graph">The instructions.</param>
/// <param name="Opset">Version of ONNX's operator set that the others follow.</param>
public sealed record AsicProgram(Graph Graph, long Opset)
{
    /// <summary>Domain of the array's and the tables' instructions.</summary>
    public const string Domain = "asic";

    /// <summary>Which of its integer values stand for which values of the graph it was made from.</summary>
    public ImmutableArray<QuantizedLayer> Layers { get; init; } = [];
}

/// <summary>A value of the graph that a program was made from, which the program has as integers.</summary>
/// <param name="Name">The value as the graph computes it.</param>
/// <param name="Quantized">The integers.</param>
/// <param name="Dequantized">What the graph calls them, dequantized.</param>
/// <param name="Scale">Their scale.</param>
/// <param name="Zero">Their zero point.</param>
/// <param name="Type">uint8 or int8.</param>
public sealed record QuantizedLayer(
    string Name,
    string Quantized,
    string Dequantized,
    float Scale,
    int Zero,
    ElementType Type
);
