namespace SimEval.Tests.Models.Onnx;

/// <summary>Writes protobuf fields one by one: files that no sound writer makes.</summary>
internal sealed class WireBytes
{
    private readonly List<byte> bytes = [];

    public byte[] ToArray() => [.. bytes];

    public WireBytes Number(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public WireBytes Float(int field, float value)
    {
        Varint((ulong)field << 3 | 5);
        bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public WireBytes Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)value.Length);
        bytes.AddRange(value);
        return this;
    }

    public WireBytes Text(int field, string value) => Bytes(field, System.Text.Encoding.UTF8.GetBytes(value));

    public WireBytes Message(int field, WireBytes message) => Bytes(field, message.ToArray());

    public WireBytes Packed(int field, params ReadOnlySpan<long> values)
    {
        var packed = new WireBytes();
        foreach (var value in values)
            packed.Varint((ulong)value);
        return Message(field, packed);
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
