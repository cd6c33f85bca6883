using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Operators that look up every element of their result by an index of its own.</summary>
internal static class ElementMoves
{
    /// <summary>GatherElements; indices that a run gives are looked up then.</summary>
    public static Step Gather(OperatorCall call)
    {
        call.Require(1, ElementType.Int64, ElementType.Int32);
        Placement.RequireBytes(call, call[0].Type);
        var (dims, shape) = (call[0].Dims, call[1].Dims);
        if (shape.Length != dims.Length)
            throw call.Refused($"indices {call[1]} into {call[0]}");
        var axis = call.Axis(call.Int("axis", 0), dims.Length);
        for (var i = 0; i < shape.Length; i++)
        {
            if (i != axis && shape[i] > dims[i])
                throw call.Refused($"indices {call[1]} reach beyond {call[0]}");
        }

        var strides = Placement.Strides(dims);
        var starts = Placement.Places(
            shape,
            [
                .. shape.Select(
                    (size, i) => Enumerable.Range(0, size).Select(at => i == axis ? 0 : at * strides[i]).ToArray()
                ),
            ]
        );
        var (size, stride, wide) = (dims[axis], strides[axis], call[1].Type == ElementType.Int64);
        var width = call[0].Type.Bits() / 8;
        return new Step(
            [new Operand(call[0].Type, shape)],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < starts.Length; i++)
                {
                    var index = wide ? buffers.In<long>(1)[i] : buffers.In<int>(1)[i];
                    if (index < -size || index >= size)
                        throw call.Refused($"index {index} is outside {size} places");
                    var from = starts[i] + (int)(index < 0 ? index + size : index) * stride;
                    source.Slice(from * width, width).CopyTo(target[(i * width)..]);
                }
            },
            Work.Move((long)starts.Length * width)
        );
    }
}
