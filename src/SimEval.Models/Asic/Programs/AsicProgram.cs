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
}
