using System.Globalization;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>Tensors that lie in other files beside the model's.</summary>
/// <param name="files">The bytes of a file by its path relative to the model's folder; null: there is none such.</param>
/// <param name="limits">Most bytes in all.</param>
internal sealed class ExternalData(Func<string, ReadOnlyMemory<byte>?>? files, OnnxLimits limits)
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> read = new(StringComparer.Ordinal);
    private long taken;

    /// <summary>The bytes of a tensor.</summary>
    public ReadOnlyMemory<byte> Read(TensorProto tensor, long bytes, string where)
    {
        var entries = tensor.ExternalData.ToLookup(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        var location = entries["location"].LastOrDefault() ?? "";
        if (!IsInside(location))
            throw new OnnxFormatException(
                $"{where} lies in the file '{location}'; it must be a path inside the model's folder, relative to it"
            );
        if (tensor.RawData.Length > 0)
            throw new OnnxFormatException($"{where} has its elements twice: in the model and in '{location}'");
        var offset = Number("offset") ?? 0;
        if (Number("length") is { } length && length != bytes)
            throw new OnnxFormatException(
                $"{where} has {length:N0} bytes in '{location}'; its sizes ask for {bytes:N0}"
            );
        var file = File(location, where);
        if (offset > file.Length || bytes > file.Length - offset)
            throw new OnnxFormatException(
                $"{where} lies at bytes {offset:N0} to {(Int128)offset + bytes:N0} of '{location}', which has {file.Length:N0}"
            );
        taken += bytes;
        if (taken > limits.ExternalBytes)
            throw new OnnxFormatException(
                $"the model keeps more than {limits.ExternalBytes:N0} bytes in other files, which is the limit"
            );
        return file.Slice((int)offset, (int)bytes);

        long? Number(string key)
        {
            var text = entries[key].LastOrDefault();
            if (text is null)
                return null;
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new OnnxFormatException($"{where} has '{text}' as the {key} of its data; it must be a number");
        }
    }

    private static bool IsInside(string location) =>
        location.Length > 0
        && location[0] is not '/' and not '\\'
        && !location.Contains(':', StringComparison.Ordinal)
        && !location.Contains('\0', StringComparison.Ordinal)
        && !location.Split('/', '\\').Contains("..");

    private ReadOnlyMemory<byte> File(string location, string where)
    {
        if (read.TryGetValue(location, out var bytes))
            return bytes;
        if (files is null)
            throw new OnnxFormatException(
                $"{where} lies in another file, '{location}', which was not given with the model"
            );
        bytes =
            files(location)
            ?? throw new OnnxFormatException($"{where} lies in the file '{location}', which is not beside the model");
        read[location] = bytes;
        return bytes;
    }
}
