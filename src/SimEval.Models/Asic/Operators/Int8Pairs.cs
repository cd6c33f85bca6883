using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>asic.Add, asic.Sub, asic.Mul, asic.Div: two 8-bit tensors to one, in float32 between.</summary>
internal static class Int8Pairs
{
    /// <summary>The rule.</summary>
    public static Step Place(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        call.Require(1, ElementType.UInt8, ElementType.Int8);
        var shape = Broadcast.Shape(call, call[0].Dims, call[1].Dims);
        var (a, b) = (Broadcast.Places(call[0].Dims, shape), Broadcast.Places(call[1].Dims, shape));
        var function = Function(call);
        var (leftSigned, rightSigned) = (call[0].Type == ElementType.Int8, call[1].Type == ElementType.Int8);
        return new Step(
            [new Operand(Int8Operands.ResultType(call), shape)],
            buffers =>
            {
                var left = buffers.In<byte>(0);
                var right = buffers.In<byte>(1);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var (x, y) = (left[a[i]], right[b[i]]);
                    target[i] = (byte)function(leftSigned ? (sbyte)x : x, rightSigned ? (sbyte)y : y);
                }
            },
            Work.Vector(a.Length)
        );
    }

    // Sums and products of one 8-bit type are ONNX Runtime's QLinearAdd and QLinearMul, which round the zero point with the
    // result; all others are dequantized, computed and quantized, each as its operator says.
    private static Func<int, int, int> Function(OperatorCall call)
    {
        var type = Int8Operands.ResultType(call);
        var (least, greatest) = (Numerics8.Least(type), Numerics8.Greatest(type));
        var (aScale, aZero) = (call.Float("aScale", 1), Int8Operands.Integer(call, "aZero", 0));
        var (bScale, bZero) = (call.Float("bScale", 1), Int8Operands.Integer(call, "bZero", 0));
        var (yScale, yZero) = (call.Float("yScale", 1), Int8Operands.Integer(call, "yZero", 0));
        var isFused = call[0].Type == type && call[1].Type == type;
        var (aRatio, bRatio, product) = (aScale / yScale, bScale / yScale, aScale * bScale / yScale);
        var start = yZero - (aRatio * aZero + bRatio * bZero);
        return call.Node.Operator switch
        {
            "Add" when isFused => (x, y) => Whole(Fused(x, aRatio, Fused(y, bRatio, start))),
            "Add" => (x, y) => Quantized((x - aZero) * aScale + (y - bZero) * bScale),
            "Sub" => (x, y) => Quantized((x - aZero) * aScale - (y - bZero) * bScale),
            "Mul" when isFused => (x, y) => Whole((x - aZero) * (y - bZero) * product + yZero),
            "Mul" => (x, y) => Quantized((x - aZero) * aScale * ((y - bZero) * bScale)),
            _ => (x, y) => Quantized((x - aZero) * aScale / ((y - bZero) * bScale)),
        };

        int Quantized(float value) => Numerics8.Quantize(value, yScale, yZero, least, greatest);

        int Whole(float value) => Numerics8.Whole(value, least, greatest);
    }

    private static float Fused(int x, float factor, float addend) => float.FusedMultiplyAdd(x, factor, addend);
}
