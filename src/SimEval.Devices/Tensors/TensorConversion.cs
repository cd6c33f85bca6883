using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Tensors;

/// <summary>Tensors as another element type.</summary>
public static class TensorConversion
{
    /// <summary>The same tensor when it has the type; text and complex numbers are returned as they are.</summary>
    public static Tensor To(ElementType type, Tensor tensor) =>
        tensor.Type == type || !TensorNumbers.IsReal(type) || !TensorNumbers.IsReal(tensor.Type)
            ? tensor
            : TensorNumbers.Write(type, tensor.Dims, TensorNumbers.Read(tensor));

    /// <summary>
    /// A tensor read from a file as a model takes it: types that files lack (bfloat16, 4-bit integers) are made of wider ones.
    /// Anything else stays as it is, for the model to refuse: a silent conversion hides a mistake.
    /// </summary>
    public static Tensor FromFile(ElementType wanted, Tensor given) =>
        wanted switch
        {
            ElementType.BFloat16 when given.Type is ElementType.Float32 => To(wanted, given),
            ElementType.Int4 when given.Type is ElementType.Int8 => To(wanted, given),
            ElementType.UInt4 when given.Type is ElementType.UInt8 => To(wanted, given),
            _ => given,
        };
}
