namespace SimEval.Devices.Asic.Kernels;

/// <summary>What multiplies 8-bit integers. All give the same sums; they differ in speed and in what they need.</summary>
public enum IntegerKernel
{
    /// <summary>One product at a time; on any processor.</summary>
    Scalar,

    /// <summary>AVX2's vpmaddwd on operands widened to 16 bits, in C#.</summary>
    ManagedMadd256,

    /// <summary>AVX-512BW's vpmaddwd on operands widened to 16 bits, in C#.</summary>
    ManagedMadd512,

    /// <summary>AVX2's vpmaddwd, in the native library.</summary>
    NativeMadd256,

    /// <summary>AVX-512 VNNI's vpdpbusd, in the native library: .NET 10 cannot emit it.</summary>
    NativeVnni512,
}
