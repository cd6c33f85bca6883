using SimEval.Models;

namespace SimEval.Devices;

/// <summary>An input or output of a model, as the model declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dims">Sizes, outermost first; -1: decided at run time (such as the batch axis).</param>
public sealed record ModelTensor(string Name, ElementType Type, IReadOnlyList<int> Dims)
{
    /// <summary>"obs float32[?,48]".</summary>
    public override string ToString() => $"{Name} {TypeName(Type)}{ShapeText(Dims)}";

    /// <summary>"[?,16,6]".</summary>
    public static string ShapeText(IEnumerable<int> dims) =>
        "["
        + string.Join(
            ",",
            dims.Select(size => size < 0 ? "?" : size.ToString(System.Globalization.CultureInfo.InvariantCulture))
        )
        + "]";

    /// <summary>The product of sizes, none below 0; the greatest 64-bit number where it is beyond that.</summary>
    public static long Elements(IEnumerable<long> sizes) =>
        (long)sizes.Aggregate((Int128)1, (product, size) => Int128.Min(product * size, long.MaxValue));

    /// <summary>"float32", "int64", ...</summary>
    public static string TypeName(ElementType type) =>
        type switch
        {
            ElementType.Text => "string",
            ElementType.Undefined => "not a tensor",
            _ => type.ToString().ToLowerInvariant(),
        };
}

/// <summary>What a model takes and gives.</summary>
/// <param name="Inputs">In the model's order; initializers are not inputs.</param>
/// <param name="Outputs">In the model's order.</param>
public sealed record ModelSignature(IReadOnlyList<ModelTensor> Inputs, IReadOnlyList<ModelTensor> Outputs)
{
    /// <summary>
    /// Whether the format declares no shapes (TorchScript): a tensor without sizes is then of open shape, a state's included,
    /// and the device finds by trial what fits.
    /// </summary>
    public bool OpenShapes { get; init; }

    /// <summary>Of a model of open shapes: distinct extents of its weights, ascending. Its inputs' widths are among them.</summary>
    public IReadOnlyList<int> Extents { get; init; } = [];
}
