using System.Runtime.InteropServices;

namespace SimEval.Devices.Cpu;

/// <summary>Finds and loads the shared library: next to the program, else in the repository that the program was built in.</summary>
internal static class OnnxRuntimeLibrary
{
    /// <summary>File name, on Linux.</summary>
    public const string FileName = "libonnxruntime.so.1";

    private const string BuiltPath = "artifacts/native/onnxruntime/" + FileName;

    /// <summary>Loads it, or throws <see cref="ModelException"/> that says how to install it.</summary>
    public static nint Load()
    {
        var places = Places().ToList();
        var path = places.Find(File.Exists);
        if (path is null)
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"ONNX Runtime is not installed: there is no {FileName} beside the program or at {BuiltPath} in a folder above it. "
                    + "Run src/native/onnxruntime/install.sh (./build.sh does)"
            );
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"ONNX Runtime's library {path} cannot be loaded on this machine: {e.Message}",
                e
            );
        }
    }

    private static IEnumerable<string> Places()
    {
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, BuiltPath);
    }
}
