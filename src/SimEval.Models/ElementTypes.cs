namespace SimEval.Models;

/// <summary>What holds of an element type.</summary>
public static class ElementTypes
{
    /// <summary>Bits of one element; 0 for text and undefined.</summary>
    public static int Bits(this ElementType type) =>
        type switch
        {
            ElementType.Complex128 => 128,
            ElementType.Int64 or ElementType.UInt64 or ElementType.Float64 or ElementType.Complex64 => 64,
            ElementType.Int32 or ElementType.UInt32 or ElementType.Float32 => 32,
            ElementType.Int16 or ElementType.UInt16 or ElementType.Float16 or ElementType.BFloat16 => 16,
            ElementType.UInt4 or ElementType.Int4 => 4,
            ElementType.Text or ElementType.Undefined => 0,
            _ => 8,
        };

    /// <summary>"float32", "int64", "string"; "undefined" for none.</summary>
    public static string Name(this ElementType type) =>
        type == ElementType.Text ? "string" : type.ToString().ToLowerInvariant();

    /// <summary>Whether its elements are floating-point numbers.</summary>
    public static bool IsFloat(this ElementType type) =>
        type
            is ElementType.Float32
                or ElementType.Float64
                or ElementType.Float16
                or ElementType.BFloat16
                or (>= ElementType.Float8E4M3Fn and <= ElementType.Float8E5M2FnUz);
}
