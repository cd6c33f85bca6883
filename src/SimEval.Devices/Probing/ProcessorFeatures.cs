using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SimEval.Devices.Probing;

/// <summary>The instruction sets by which inference kernels are chosen.</summary>
internal static class ProcessorFeatures
{
    /// <summary>"avx512-vnni", "avx512", "avx2-vnni", "avx2", "neon-dotprod", ...</summary>
    public static string InstructionSet { get; } = Detect();

    /// <summary>Whether the processor sums products of u8 and s8 in 32 bits, without a saturating step of 16 between.</summary>
    public static bool HasVnni { get; } = InstructionSet.Contains("vnni", StringComparison.Ordinal);

    private static string Detect()
    {
        if (X86Base.IsSupported)
        {
            var (_, _, ecx, edx) = X86Base.CpuId(7, 0);
            var (eax1, _, _, _) = X86Base.CpuId(7, 1);
            var amx = (edx & (1 << 25)) != 0 ? "-amx" : "";
            if (Avx512F.IsSupported && Avx512BW.IsSupported)
                return ((ecx & (1 << 11)) != 0 ? "avx512-vnni" : "avx512") + amx;
            if (Avx2.IsSupported)
                return (eax1 & (1 << 4)) != 0 ? "avx2-vnni" : "avx2";
            return Avx.IsSupported ? "avx" : "sse";
        }

        if (AdvSimd.IsSupported)
            return Dp.IsSupported ? "neon-dotprod" : "neon";
        return RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
    }
}
