namespace SimEval.Devices;

/// <summary>Element types of tensors, with the numbers of ONNX's TensorProto.DataType.</summary>
public enum ElementType
{
    /// <summary>None, or not a tensor.</summary>
    Undefined = 0,

    /// <summary>32-bit float.</summary>
    Float32 = 1,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 7,

    /// <summary>Text.</summary>
    Text = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE 754 half precision.</summary>
    Float16 = 10,

    /// <summary>64-bit float.</summary>
    Float64 = 11,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 13,

    /// <summary>bfloat16.</summary>
    BFloat16 = 16,
}

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
public sealed record ModelSignature(IReadOnlyList<ModelTensor> Inputs, IReadOnlyList<ModelTensor> Outputs);
