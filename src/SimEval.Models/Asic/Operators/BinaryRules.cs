using System.Numerics;
using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Functions of two elements (of any number, for Min, Max, Sum and Mean), stretched over each other.</summary>
internal static class BinaryRules
{
    /// <summary>Names of the arithmetic ones.</summary>
    public static string[] Arithmetic => ["Add", "Sub", "Mul", "Div", "Pow", "PRelu"];

    /// <summary>Names of those that take any number of inputs.</summary>
    public static string[] Variadic => ["Max", "Min", "Sum", "Mean"];

    /// <summary>Names of those that give truth values.</summary>
    public static string[] Comparisons =>
        ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"];

    /// <summary>The rule of the arithmetic ones.</summary>
    public static Step Place(OperatorCall call) =>
        call[0].Type switch
        {
            ElementType.Float32 => Of(call, Floats(call)),
            ElementType.Int64 => Of(call, Integers<long>(call)),
            ElementType.Int32 => Of(call, Integers<int>(call)),
            _ => throw call.Refused($"its inputs are {call[0]}; the vector unit computes in float32, int64 and int32"),
        };

    /// <summary>The rule of the comparisons.</summary>
    public static Step Compare(OperatorCall call) =>
        call[0].Type switch
        {
            ElementType.Float32 => Of(call, Comparison<float>(call)),
            ElementType.Int64 => Of(call, Comparison<long>(call)),
            ElementType.Int32 => Of(call, Comparison<int>(call)),
            ElementType.Bool => Of(call, Comparison<byte>(call)),
            _ => throw call.Refused(
                $"its inputs are {call[0]}; the vector unit compares float32, int64, int32 and bool"
            ),
        };

    /// <summary>The rule of those that take any number of inputs.</summary>
    public static Step Fold(OperatorCall call)
    {
        for (var i = 0; i < call.InputCount; i++)
            call.Require(i, ElementType.Float32);
        var shape = call[0].Dims;
        for (var i = 1; i < call.InputCount; i++)
            shape = Broadcast.Shape(call, shape, call[i].Dims);
        var places = Enumerable.Range(0, call.InputCount).Select(i => Broadcast.Places(call[i].Dims, shape)).ToArray();
        Func<float, float, float> function = call.Node.Operator switch
        {
            "Max" => Math.Max,
            "Min" => Math.Min,
            _ => (a, b) => a + b,
        };
        var divisor = call.Node.Operator == "Mean" ? call.InputCount : 1f;
        return new Step(
            [new Operand(ElementType.Float32, shape)],
            buffers =>
            {
                var target = buffers.Out<float>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var value = buffers.In<float>(0)[places[0][i]];
                    for (var input = 1; input < places.Length; input++)
                        value = function(value, buffers.In<float>(input)[places[input][i]]);
                    target[i] = value / divisor;
                }
            },
            Work.Vector((long)Operand.Size(shape) * call.InputCount)
        );
    }

    /// <summary>The rule of Where: the second input where the first is true, else the third.</summary>
    public static Step Where(OperatorCall call)
    {
        call.Require(0, ElementType.Bool);
        call.Require(2, call[1].Type);
        var shape = Broadcast.Shape(call, Broadcast.Shape(call, call[0].Dims, call[1].Dims), call[2].Dims);
        var (choice, yes, no) = (
            Broadcast.Places(call[0].Dims, shape),
            Broadcast.Places(call[1].Dims, shape),
            Broadcast.Places(call[2].Dims, shape)
        );
        var width = call[1].Type.Bits() / 8;
        return new Step(
            [new Operand(call[1].Type, shape)],
            buffers =>
            {
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < choice.Length; i++)
                {
                    var from =
                        buffers.In<byte>(0)[choice[i]] != 0
                            ? buffers.In<byte>(1).Slice(yes[i] * width, width)
                            : buffers.In<byte>(2).Slice(no[i] * width, width);
                    from.CopyTo(target[(i * width)..]);
                }
            },
            Work.Vector(choice.Length)
        );
    }

    private static Step Of<TFrom, TTo>(OperatorCall call, Func<TFrom, TFrom, TTo> function)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        call.Require(1, call[0].Type);
        var shape = Broadcast.Shape(call, call[0].Dims, call[1].Dims);
        var type = typeof(TTo) == typeof(bool) ? ElementType.Bool : call[0].Type;
        var (a, b) = (Broadcast.Places(call[0].Dims, shape), Broadcast.Places(call[1].Dims, shape));
        return new Step(
            [new Operand(type, shape)],
            buffers =>
            {
                var left = buffers.In<TFrom>(0);
                var right = buffers.In<TFrom>(1);
                var target = buffers.Out<TTo>(0);
                for (var i = 0; i < target.Length; i++)
                    target[i] = function(left[a[i]], right[b[i]]);
            },
            Work.Vector(a.Length)
        );
    }

    private static Func<float, float, float> Floats(OperatorCall call) =>
        call.Node.Operator switch
        {
            "Add" => (a, b) => a + b,
            "Sub" => (a, b) => a - b,
            "Mul" => (a, b) => a * b,
            "Div" => (a, b) => a / b,
            "Pow" => (a, b) => (float)Elementary.Power(a, b),
            _ => (a, b) => a < 0 ? a * b : a,
        };

    private static Func<T, T, T> Integers<T>(OperatorCall call)
        where T : unmanaged, IBinaryInteger<T> =>
        call.Node.Operator switch
        {
            "Add" => (a, b) => a + b,
            "Sub" => (a, b) => a - b,
            "Mul" => (a, b) => a * b,
            "Div" => (a, b) => b == T.Zero ? throw call.Refused("a division of integers by zero") : a / b,
            _ => throw call.Refused($"its inputs are {call[0]}; the vector unit computes it in float32"),
        };

    private static Func<T, T, bool> Comparison<T>(OperatorCall call)
        where T : unmanaged, INumber<T> =>
        call.Node.Operator switch
        {
            "Equal" => (a, b) => a == b,
            "Less" => (a, b) => a < b,
            "LessOrEqual" => (a, b) => a <= b,
            "Greater" => (a, b) => a > b,
            "GreaterOrEqual" => (a, b) => a >= b,
            "And" => (a, b) => a != T.Zero && b != T.Zero,
            "Or" => (a, b) => a != T.Zero || b != T.Zero,
            _ => (a, b) => a != T.Zero != (b != T.Zero),
        };
}
