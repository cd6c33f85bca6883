using SimEval.Models.Graphs;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>Types of values, from the file's form and into it.</summary>
internal static class TypeDecoding
{
    /// <summary>A declared type.</summary>
    /// <param name="type">As the file has it; null: not declared.</param>
    /// <param name="where">What it is the type of, for messages.</param>
    /// <param name="limits">Most sizes of a shape.</param>
    public static TensorType Decode(TypeProto? type, string where, OnnxLimits limits)
    {
        if (type is null)
            return TensorType.Unknown;
        if (type.TensorType is { } tensor)
            return Decode(tensor, where, limits);
        if (type.SequenceType is { } sequence)
            return Inside(sequence.ElemType, ValueKind.Sequence);
        if (type.OptionalType is { } optional)
            return optional.ElemType?.SequenceType is { } inner
                ? Inside(inner.ElemType, ValueKind.OptionalSequence)
                : Inside(optional.ElemType, ValueKind.Optional);
        var found =
            type.MapType is not null ? "a map"
            : type.SparseTensorType is not null ? "a sparse tensor"
            : null;
        return found is null
            ? TensorType.Unknown
            : throw new OnnxFormatException(
                $"{where} is {found}; SimEval reads dense tensors, sequences and optionals"
            );

        TensorType Inside(TypeProto? elements, ValueKind kind) =>
            elements is null ? TensorType.Unknown with { Kind = kind }
            : elements.TensorType is { } of ? Decode(of, where, limits) with { Kind = kind }
            : throw new OnnxFormatException(
                $"{where} is a container of containers; SimEval reads sequences and optionals of tensors"
            );
    }

    /// <summary>The file's form of a type; null where nothing is known.</summary>
    public static TypeProto? Encode(TensorType type)
    {
        if (type == TensorType.Unknown)
            return null;
        var tensor = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type.Element } };
        if (type.Shape is not null)
        {
            tensor.TensorType.Shape = new TensorShapeProto();
            foreach (var dim in type.Shape)
                tensor.TensorType.Shape.Dim.Add(Encode(dim));
        }

        return type.Kind switch
        {
            ValueKind.Tensor => tensor,
            ValueKind.Sequence => Sequence(tensor),
            ValueKind.Optional => Optional(tensor),
            _ => Optional(Sequence(tensor)),
        };
    }

    /// <summary>An element type by its number.</summary>
    public static ElementType Element(int number, string where) =>
        number is >= 0 and <= (int)ElementType.Int4
            ? (ElementType)number
            : throw new OnnxFormatException(
                $"{where} has element type {number}{Newer(number)}; SimEval reads types 1 to {(int)ElementType.Int4}"
            );

    private static TensorType Decode(TypeProto.Types.Tensor tensor, string where, OnnxLimits limits)
    {
        var element = Element(tensor.ElemType, where);
        if (tensor.Shape is null)
            return new TensorType(element, null);
        if (tensor.Shape.Dim.Count > limits.Rank)
            throw new OnnxFormatException(
                $"{where} has {tensor.Shape.Dim.Count:N0} dimensions; the limit is {limits.Rank}"
            );
        return new TensorType(element, [.. tensor.Shape.Dim.Select(Decode)]);
    }

    // Some exporters write -1 where they mean that a size is not known.
    private static Dim Decode(TensorShapeProto.Types.Dimension dim) =>
        dim.HasDimValue && dim.DimValue >= 0 ? new Dim(dim.DimValue)
        : dim.DimParam.Length > 0 ? Dim.Named(dim.DimParam)
        : Dim.Unknown;

    private static TensorShapeProto.Types.Dimension Encode(Dim dim) =>
        dim.IsKnown ? new TensorShapeProto.Types.Dimension { DimValue = dim.Size }
        : dim.Name is { } name ? new TensorShapeProto.Types.Dimension { DimParam = name }
        : new TensorShapeProto.Types.Dimension();

    private static TypeProto Sequence(TypeProto elements) =>
        new() { SequenceType = new TypeProto.Types.Sequence { ElemType = elements } };

    private static TypeProto Optional(TypeProto element) =>
        new() { OptionalType = new TypeProto.Types.Optional { ElemType = element } };

    private static string Newer(int number) =>
        number switch
        {
            23 => " (float4e2m1)",
            24 => " (float8e8m0)",
            25 => " (uint2)",
            26 => " (int2)",
            _ => "",
        };
}
