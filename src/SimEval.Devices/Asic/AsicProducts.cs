using SimEval.Models.Asic.Programs;

namespace SimEval.Devices.Asic;

/// <summary>The ways of making exact products that this machine has.</summary>
public static class AsicProducts
{
    /// <summary>The fastest.</summary>
    public static IInt8Product Best { get; } =
        NativeProduct.Vnni
        ?? (ManagedProduct.IsWide ? ManagedProduct.Instance : NativeProduct.Narrow ?? ManagedProduct.Instance)
        ?? PlainProduct.Instance;

    /// <summary>All of them, the fastest first.</summary>
    public static IReadOnlyList<IInt8Product> All { get; } =
    [
        .. new[] { Best, ManagedProduct.Instance, NativeProduct.Narrow, ManagedProduct.Narrow, PlainProduct.Instance }
            .OfType<IInt8Product>()
            .Distinct(),
    ];
}
