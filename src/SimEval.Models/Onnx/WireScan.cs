namespace SimEval.Models.Onnx;

/// <summary>
/// A walk over a file's bytes, without building anything, that counts its parts and its depth: a hostile file of a few
/// megabytes could otherwise ask for gigabytes of objects.
/// </summary>
internal sealed class WireScan
{
    private readonly OnnxLimits limits;
    private int parts;

    private WireScan(OnnxLimits limits) => this.limits = limits;

    private enum Message
    {
        Leaf,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        Sparse,
        Value,
        Type,
        Container,
        TensorType,
        Shape,
        Function,
        Training,
    }

    /// <summary>Refuses a model that is truncated, or larger or deeper than the limits.</summary>
    public static void CheckModel(ReadOnlySpan<byte> bytes, OnnxLimits limits) =>
        new WireScan(limits).Walk(bytes, Message.Model, 0, 0);

    /// <summary>The same of a tensor.</summary>
    public static void CheckTensor(ReadOnlySpan<byte> bytes, OnnxLimits limits) =>
        new WireScan(limits).Walk(bytes, Message.Tensor, 0, 0);

    private void Walk(ReadOnlySpan<byte> bytes, Message message, int graphs, int level)
    {
        if (graphs > limits.Depth || level > 4 * limits.Depth)
            throw new OnnxFormatException($"the model has graphs inside each other deeper than {limits.Depth}");
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            switch (tag & 7)
            {
                case 0:
                    Varint(ref bytes);
                    break;
                case 1:
                    Take(ref bytes, 8);
                    break;
                case 5:
                    Take(ref bytes, 4);
                    break;
                case 2:
                    var body = Take(ref bytes, Varint(ref bytes));
                    if (Child(message, tag >> 3) is not { } child)
                        break;
                    if (++parts > limits.Parts)
                        throw new OnnxFormatException(
                            $"the model has more than {limits.Parts:N0} nodes, names and values, which is more than SimEval reads"
                        );
                    if (child != Message.Leaf)
                        Walk(body, child, graphs + (child == Message.Graph ? 1 : 0), level + 1);
                    break;
                default:
                    throw Damaged();
            }
        }
    }

    /// <summary>What a field holds; null: bytes or numbers, which take no more memory than they have on disk.</summary>
    private static Message? Child(Message message, ulong field) =>
        (message, field) switch
        {
            (Message.Model, 7) => Message.Graph,
            (Message.Model, 8 or 14) => Message.Leaf,
            (Message.Model, 20) => Message.Training,
            (Message.Model, 25) => Message.Function,
            (Message.Training, 1 or 2) => Message.Graph,
            (Message.Graph, 1) => Message.Node,
            (Message.Graph, 5) => Message.Tensor,
            (Message.Graph, 11 or 12 or 13) => Message.Value,
            (Message.Graph, 15) => Message.Sparse,
            (Message.Graph, 14 or 16) => Message.Leaf,
            (Message.Node, 5) => Message.Attribute,
            (Message.Node, 1 or 2 or 9) => Message.Leaf,
            (Message.Attribute, 5 or 10) => Message.Tensor,
            (Message.Attribute, 6 or 11) => Message.Graph,
            (Message.Attribute, 9) => Message.Leaf,
            (Message.Attribute, 14 or 15) => Message.Type,
            (Message.Attribute, 22 or 23) => Message.Sparse,
            (Message.Tensor, 6 or 13) => Message.Leaf,
            (Message.Sparse, 1 or 2) => Message.Tensor,
            (Message.Value, 2) => Message.Type,
            (Message.Type, 1 or 8) => Message.TensorType,
            (Message.Type, 4 or 5 or 9) => Message.Container,
            (Message.Container, 1 or 2) => Message.Type,
            (Message.TensorType, 2) => Message.Shape,
            (Message.Shape, 1) => Message.Leaf,
            (Message.Function, 7) => Message.Node,
            (Message.Function, 11) => Message.Attribute,
            (Message.Function, 12) => Message.Value,
            (Message.Function, 4 or 5 or 6 or 9) => Message.Leaf,
            _ => null,
        };

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw Damaged();
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, ulong count)
    {
        if (count > (ulong)bytes.Length)
            throw Damaged();
        var taken = bytes[..(int)count];
        bytes = bytes[(int)count..];
        return taken;
    }

    private static OnnxFormatException Damaged() =>
        new("this is not an ONNX model, or a truncated or damaged one: a field ends beyond the end of its message");
}
