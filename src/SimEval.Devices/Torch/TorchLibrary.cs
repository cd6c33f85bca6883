using System.Runtime.InteropServices;

namespace SimEval.Devices.Torch;

/// <summary>
/// Finds and loads SimEval's library over libtorch: next to the program, else in the repository that the program was built in.
/// </summary>
internal static class TorchLibrary
{
    /// <summary>File name, on Linux.</summary>
    public const string FileName = "libsimeval_torch.so";

    private const string BuiltPath = "artifacts/native/torch/" + FileName;

    /// <summary>Where it is, or null.</summary>
    public static string? Path => Places().FirstOrDefault(File.Exists);

    /// <summary>Loads it, or throws <see cref="ModelException"/> that says how to install it.</summary>
    public static nint Load()
    {
        if (Path is not { } path)
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"libtorch is not installed: there is no {FileName} beside the program or at {BuiltPath} in a folder above it. "
                    + "Install libtorch-dev, libopenblas0-pthread, cmake and g++ (Debian), then run src/native/torch/install.sh (./build.sh does)"
            );
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"{path} cannot be loaded on this machine: {e.Message.ReplaceLineEndings(" ")}. It needs the libtorch it was built with; src/native/torch/install.sh builds it anew",
                e
            );
        }
    }

    private static IEnumerable<string> Places()
    {
        yield return System.IO.Path.Combine(AppContext.BaseDirectory, FileName);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return System.IO.Path.Combine(folder.FullName, BuiltPath);
    }
}
