using SimEval.Models.Onnx;

namespace SimEval.Devices;

/// <summary>Files beside a model in which it keeps weights.</summary>
public static class ExternalFiles
{
    /// <summary>
    /// The model with all weights in its one file: itself when it is so, or when it is no ONNX. Throws
    /// <see cref="ModelException"/> when its other files cannot be read.
    /// </summary>
    /// <param name="file">The model.</param>
    /// <param name="options">Limits.</param>
    /// <param name="read">Reads a file by its path relative to the model's folder; null: from the disk.</param>
    public static ModelFile Inline(
        ModelFile file,
        ModelOptions options,
        Func<string, ReadOnlyMemory<byte>?>? read = null
    )
    {
        try
        {
            if (!OnnxSummary.Read(file.Bytes.Span).HasExternalData)
                return file;
        }
        catch (OnnxFormatException)
        {
            // Another format; whether it is a model is for the device to say.
            return file;
        }

        return file.Naming(() =>
        {
            try
            {
                var model = OnnxReader.Read(file.Bytes, read ?? Beside(file, options.MaximumBytes));
                return file with { Bytes = OnnxWriter.Write(model) };
            }
            catch (OnnxFormatException e)
            {
                throw new ModelException(ModelFault.Unreadable, e.Message, e);
            }
        });
    }

    /// <summary>
    /// Reads files by their path relative to the model's folder, as OnnxReader asks for them; null where there is no such file.
    /// Throws <see cref="ModelException"/> when one is too large or cannot be read.
    /// </summary>
    /// <param name="file">The model.</param>
    /// <param name="maximumBytes">Largest file that is read.</param>
    public static Func<string, ReadOnlyMemory<byte>?> Beside(ModelFile file, long maximumBytes = 1L << 31)
    {
        if (file.Path.Length == 0)
            return _ => null;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
        return path => Read(new FileInfo(Path.Combine(folder, path)), path, maximumBytes);
    }

    private static ReadOnlyMemory<byte>? Read(FileInfo beside, string path, long maximumBytes)
    {
        if (!beside.Exists)
            return null;
        if (beside.Length > maximumBytes)
            throw new ModelException(
                ModelFault.TooLarge,
                $"{path}, where the model keeps weights, has {beside.Length:N0} bytes; the limit is {maximumBytes:N0}"
            );
        try
        {
            return File.ReadAllBytes(beside.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelFault.Unreadable, $"{path}, where the model keeps weights: {e.Message}", e);
        }
    }
}
