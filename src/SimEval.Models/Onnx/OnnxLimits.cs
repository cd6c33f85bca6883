namespace SimEval.Models.Onnx;

/// <summary>How much a model file may ask for before it is refused, whatever its size in bytes.</summary>
public sealed record OnnxLimits
{
    /// <summary>What a real model stays far under, and what fits a machine with a few GiB.</summary>
    public static OnnxLimits Default { get; } = new();

    /// <summary>Most messages and texts of the file (nodes, attributes, names, ...): an empty one costs two bytes on disk, and a hundred in memory.</summary>
    public int Parts { get; init; } = 4_000_000;

    /// <summary>Most graphs inside each other, the outermost included.</summary>
    public int Depth { get; init; } = 24;

    /// <summary>Most sizes of a tensor or a shape.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>Most bytes of one tensor.</summary>
    public long TensorBytes { get; init; } = int.MaxValue - 64;

    /// <summary>Most bytes of all tensors that lie in other files.</summary>
    public long ExternalBytes { get; init; } = 16L << 30;
}
