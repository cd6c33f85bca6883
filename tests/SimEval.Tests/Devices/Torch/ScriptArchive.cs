using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SimEval.Tests.Devices.Torch;

/// <summary>TorchScript archives without weights: a zip with the module's source, and a pickle of its attributes.</summary>
internal static class ScriptArchive
{
    /// <summary>A module `M` whose body is this source, with int attributes beside `training`.</summary>
    public static byte[] Of(string forward, params (string Name, int Value)[] attributes)
    {
        var declared = string.Concat(attributes.Select(attribute => $"  {attribute.Name} : int\n"));
        var body = string.Concat(forward.ReplaceLineEndings("\n").Split('\n').Select(line => $"  {line}\n"));
        var code = $"class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n{declared}{body}";
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "data.pkl", Pickle(attributes));
            Add(zip, "code/__torch__.py", Encoding.UTF8.GetBytes(code));
            Add(zip, "constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
            Add(zip, "version", "3\n"u8.ToArray());
        }

        return stream.ToArray();
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        using var entry = zip.CreateEntry("archive/" + name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    // PROTO 2, GLOBAL, EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK, items, SETITEMS, BUILD, STOP (Python's pickletools).
    private static byte[] Pickle((string Name, int Value)[] attributes)
    {
        var bytes = new List<byte>([0x80, 2, .. "c__torch__\nM\n)"u8, 0x81, .. "}("u8]);
        bytes.AddRange([.. Text("training"), 0x89]);
        foreach (var (name, value) in attributes)
            bytes.AddRange([.. Text(name), (byte)'J', .. LittleEndian(value)]);
        bytes.AddRange("ub."u8);
        return [.. bytes];
    }

    private static byte[] Text(string text) =>
        [(byte)'X', .. LittleEndian(text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] LittleEndian(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
