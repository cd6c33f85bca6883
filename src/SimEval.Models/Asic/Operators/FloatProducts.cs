using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// Products in float32, on boards whose vector unit has them. A sum of a MatMul or Gemm is cut into strips of 256 terms; each strip is
/// one ascending chain of fused multiply-adds from zero, and is added to the sum: the bits that ONNX Runtime gives, and the same
/// everywhere. A convolution adds in double precision and rounds once.
/// </summary>
internal static class FloatProducts
{
    /// <summary>Terms of a strip.</summary>
    private const int Strip = 256;

    /// <summary>MatMul.</summary>
    public static Step MatMul(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        call.Require(1, ElementType.Float32);
        var (a, b) = (call[0].Dims, call[1].Dims);
        if (a.Length == 0 || b.Length == 0)
            throw call.Refused("a product of scalars");
        int[] left = a.Length == 1 ? [1, a[0]] : a;
        int[] right = b.Length == 1 ? [b[0], 1] : b;
        var (m, k, n) = (left[^2], left[^1], right[^1]);
        if (right[^2] != k)
            throw call.Refused($"{call[0]} cannot be multiplied with {call[1]}");
        var (leftOuter, rightOuter) = (left.SkipLast(2).ToArray(), right.SkipLast(2).ToArray());
        var outer = Broadcast.Shape(call, leftOuter, rightOuter);
        var (leftPlaces, rightPlaces) = (Broadcast.Places(leftOuter, outer), Broadcast.Places(rightOuter, outer));
        int[] shape =
        [
            .. outer,
            .. a.Length == 1 ? Array.Empty<int>() : [m],
            .. b.Length == 1 ? Array.Empty<int>() : [n],
        ];
        var sums = new float[n];
        return new Step(
            [new Operand(ElementType.Float32, shape)],
            buffers =>
            {
                for (var i = 0; i < leftPlaces.Length; i++)
                    Multiply(
                        buffers.In<float>(0).Slice(leftPlaces[i] * m * k, m * k),
                        buffers.In<float>(1).Slice(rightPlaces[i] * k * n, k * n),
                        buffers.Out<float>(0).Slice(i * m * n, m * n),
                        (m, k, n),
                        sums
                    );
            },
            Work.Vector(2L * m * k * n * leftPlaces.Length)
        );
    }

    /// <summary>Gemm: alpha A B + beta C.</summary>
    public static Step Gemm(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        call.Require(1, ElementType.Float32);
        if (call[0].Dims.Length != 2 || call[1].Dims.Length != 2)
            throw call.Refused($"{call[0]} and {call[1]} are no matrices");
        var (transA, transB) = (call.Int("transA", 0) != 0, call.Int("transB", 0) != 0);
        var (m, k) = transA ? (call[0].Dims[1], call[0].Dims[0]) : (call[0].Dims[0], call[0].Dims[1]);
        var n = transB ? call[1].Dims[0] : call[1].Dims[1];
        if ((transB ? call[1].Dims[1] : call[1].Dims[0]) != k)
            throw call.Refused($"{call[0]} cannot be multiplied with {call[1]}");
        var (alpha, beta) = (call.Float("alpha", 1), call.Float("beta", 1));
        var bias = call.Optional(2) is { } c ? Broadcast.Places(c.Dims, [m, n]) : null;
        return new Step(
            [new Operand(ElementType.Float32, [m, n])],
            buffers =>
            {
                var left = buffers.In<float>(0);
                var right = buffers.In<float>(1);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var (row, column) = (i / n, i % n);
                    var a = transA ? new Line(row, m) : new Line(row * k, 1);
                    var b = transB ? new Line(column * k, 1) : new Line(column, n);
                    var start = bias is null ? 0 : beta * buffers.In<float>(2)[bias[i]];
                    target[i] = Sum(left, a, right, b, k, alpha, start);
                }
            },
            Work.Vector(2L * m * k * n)
        );
    }

    /// <summary>Conv.</summary>
    public static Step Conv(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        call.Require(1, ElementType.Float32);
        if (call[1].Dims.Length != call[0].Dims.Length)
            throw call.Refused($"{call[1]} over {call[0]}");
        var window = Window.Of(call, call[1].Dims.AsSpan(2));
        var groups = checked((int)call.Int("group", 1));
        var (filters, depth) = (call[1].Dims[0], call[1].Dims[1]);
        if (groups < 1 || depth * groups != window.Channels || filters % groups != 0)
            throw call.Refused($"{groups} groups of {call[1]} over {call[0]}");
        var places = window.Places();
        var hasBias = call.Optional(2) is not null;
        return new Step(
            [new Operand(ElementType.Float32, window.Shape(filters))],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var filter = i / window.OutputSize % filters;
                    var image = i / window.OutputSize / filters;
                    var first = image * window.Channels + filter / (filters / groups) * depth;
                    var from = places.AsSpan(i % window.OutputSize * window.KernelSize, window.KernelSize);
                    var weights = buffers.In<float>(1).Slice(filter * depth * from.Length, depth * from.Length);
                    var sum = 0.0;
                    for (var term = 0; term < weights.Length; term++)
                    {
                        var place = from[term % from.Length];
                        if (place != Placement.Nothing)
                            sum +=
                                (double)weights[term] * source[(first + term / from.Length) * window.InputSize + place];
                    }

                    target[i] = (float)(hasBias ? sum + buffers.In<float>(2)[filter] : sum);
                }
            },
            Work.Vector(2L * places.Length * depth * filters * window.Images)
        );
    }

    /// <summary>A row-major product of one pair of matrices.</summary>
    internal static void Multiply(
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        Span<float> target,
        (int M, int K, int N) size,
        Span<float> sums
    )
    {
        var (m, k, n) = size;
        for (var row = 0; row < m; row++)
        {
            var line = target.Slice(row * n, n);
            line.Clear();
            for (var first = 0; first < k; first += Strip)
            {
                sums.Clear();
                for (var term = first; term < Math.Min(k, first + Strip); term++)
                {
                    var value = a[row * k + term];
                    var weights = b.Slice(term * n, n);
                    for (var column = 0; column < n; column++)
                        sums[column] = float.FusedMultiplyAdd(value, weights[column], sums[column]);
                }

                for (var column = 0; column < n; column++)
                    line[column] = first == 0 ? sums[column] : line[column] + sums[column];
            }
        }
    }

    // The strips of a sum are added one after another to what it starts from.
    private static float Sum(
        ReadOnlySpan<float> left,
        Line a,
        ReadOnlySpan<float> right,
        Line b,
        int k,
        float alpha,
        float start
    )
    {
        var total = start;
        for (var first = 0; first < k; first += Strip)
        {
            var strip = 0f;
            for (var term = first; term < Math.Min(k, first + Strip); term++)
                strip = float.FusedMultiplyAdd(left[a.Start + term * a.Step], right[b.Start + term * b.Step], strip);
            total += alpha * strip;
        }

        return total;
    }

    /// <summary>Where the terms of a sum lie.</summary>
    private readonly record struct Line(int Start, int Step);
}
