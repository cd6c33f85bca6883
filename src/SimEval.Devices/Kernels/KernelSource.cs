namespace SimEval.Devices.Kernels;

/// <summary>The kernels' one source, and a device that can't run them.</summary>
internal static class KernelSource
{
    private static readonly Lazy<string> Text = new(() =>
    {
        using var stream = typeof(KernelSource).Assembly.GetManifestResourceStream("collisions.cl")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    /// <summary>collisions.cl, for OpenCL C and CUDA.</summary>
    public static string Collisions => Text.Value;
}

/// <summary>There is no such device here, or its driver failed; the message says which call.</summary>
public sealed class KernelException(string message) : Exception(message);
