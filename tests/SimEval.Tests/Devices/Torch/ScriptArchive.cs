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
        return Zip(Class("M", declared, forward), Pickle(attributes));
    }

    /// <summary>A module `M` with this source and an attribute that is None until something is put into it, and a number.</summary>
    public static byte[] Holding(string source, string name, string type, string number) =>
        Zip(
            Class("M", $"  {name} : Optional[{type}]\n  {number} : int\n", source),
            [
                0x80,
                2,
                .. Object("M", [.. Text(name), (byte)'N', .. Text(number), (byte)'J', .. LittleEndian(0)]),
                (byte)'.',
            ]
        );

    /// <summary>Modules `M`, `N` and `O`, each inside the one before, as layers are inside a network; the innermost has this body.</summary>
    public static byte[] Nested(string innermost) =>
        Zip(
            Class("O", "", innermost)
                + Class("N", "  part : __torch__.O\n", Through)
                + Class("M", "  part : __torch__.N\n", Through),
            [0x80, 2, .. Object("M", Part(Object("N", Part(Object("O", []))))), (byte)'.']
        );

    private const string Through =
        "def forward(self, x: Tensor) -> Tensor:\n  part = self.part\n  return (part).forward(x, )";

    private static string Class(string name, string declared, string body) =>
        $"class {name}(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n{declared}"
        + string.Concat(body.ReplaceLineEndings("\n").Split('\n').Select(line => $"  {line}\n"));

    private static byte[] Zip(string code, byte[] data)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "data.pkl", data);
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

    // PROTO 2, an object, STOP (Python's pickletools).
    private static byte[] Pickle((string Name, int Value)[] attributes) =>
        [
            0x80,
            2,
            .. Object(
                "M",
                [
                    .. attributes.SelectMany(value =>
                        (byte[])[.. Text(value.Name), (byte)'J', .. LittleEndian(value.Value)]
                    ),
                ]
            ),
            (byte)'.',
        ];

    private static byte[] Part(byte[] part) => [.. Text("part"), .. part];

    // GLOBAL, EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK, items, SETITEMS, BUILD.
    private static byte[] Object(string type, byte[] items) =>
        [
            .. Encoding.UTF8.GetBytes($"c__torch__\n{type}\n)"),
            0x81,
            .. "}("u8,
            .. Text("training"),
            0x89,
            .. items,
            .. "ub"u8,
        ];

    private static byte[] Text(string text) =>
        [(byte)'X', .. LittleEndian(text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] LittleEndian(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
