using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// ONNX's operators of 8-bit integers that give 32-bit sums, and the one that finds a scale at run time: what models with dynamic
/// quantization are made of.
/// </summary>
internal static class IntegerRules
{
    /// <summary>
    /// DynamicQuantizeLinear: scale (max(0, greatest) - min(0, least)) / 255, 1 where all are zero; zero point round(-min / scale).
    /// </summary>
    public static Step DynamicQuantize(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        return new Step(
            [
                new Operand(ElementType.UInt8, call[0].Dims),
                new Operand(ElementType.Float32, []),
                new Operand(ElementType.UInt8, []),
            ],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var (least, greatest) = (0f, 0f);
                foreach (var value in source)
                    (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
                var scale = greatest == least ? 1 : (greatest - least) / byte.MaxValue;
                var zero = Numerics8.Whole(0 - least / scale, byte.MinValue, byte.MaxValue);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < source.Length; i++)
                    target[i] = (byte)Numerics8.Quantize(source[i], scale, zero, byte.MinValue, byte.MaxValue);
                buffers.Out<float>(1)[0] = scale;
                buffers.Out<byte>(2)[0] = (byte)zero;
            },
            Work.Vector(2L * call[0].Count)
        );
    }

    /// <summary>MatMulInteger: a zero point for a, or one for each of its rows; one for b, or one for each of its columns.</summary>
    public static Step MatMul(OperatorCall call)
    {
        var (a, b) = (call[0], call[1]);
        Require8Bit(call);
        if (a.Dims.Length < 2 || b.Dims.Length < 2 || a.Dims[^1] != b.Dims[^2] || a.Count == 0 || b.Count == 0)
            throw call.Refused($"{a} cannot be multiplied with {b}");
        var (m, k, n) = (a.Dims[^2], a.Dims[^1], b.Dims[^1]);
        var (aZeros, bZeros) = (new ZeroPoints(call, 2, m), new ZeroPoints(call, 3, n));
        var (aOuter, bOuter) = (a.Dims[..^2], b.Dims[..^2]);
        var outer = Broadcast.Shape(call, aOuter, bOuter);
        var (aPlaces, bPlaces) = (Broadcast.Places(aOuter, outer), Broadcast.Places(bOuter, outer));
        var packed = call.Product.Allocate(k, n);
        var (rows, weights) = (new byte[m * k], new sbyte[k * n]);
        var product = call.Product;
        return new Step(
            [new Operand(ElementType.Int32, [.. outer, m, n])],
            buffers =>
            {
                for (var i = 0; i < aPlaces.Length; i++)
                {
                    Shift(
                        buffers.In<byte>(0).Slice(aPlaces[i] * m * k, m * k),
                        rows,
                        flips: a.Type == ElementType.Int8
                    );
                    Shift(
                        buffers.In<byte>(1).Slice(bPlaces[i] * k * n, k * n),
                        System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.AsSpan()),
                        flips: b.Type == ElementType.UInt8
                    );
                    var sums = buffers.Out<int>(0).Slice(i * m * n, m * n);
                    product.Pack(weights, packed);
                    product.Multiply(rows, m, packed, sums);
                    Center(sums, rows, weights, k, aZeros.Read(buffers, 128), bZeros.Read(buffers, -128));
                }
            },
            new Work(Unit.Array, new MatrixWork(m, k, n, aPlaces.Length), 0)
        );
    }

    /// <summary>ConvInteger: one zero point for the image, which its padding holds, and one for the filters or for each of them.</summary>
    public static Step Conv(OperatorCall call)
    {
        Require8Bit(call);
        var (x, w) = (call[0], call[1]);
        if (w.Dims.Length != x.Dims.Length)
            throw call.Refused($"its filters {w} must have the rank of {x}");
        var window = Window.Of(call, w.Dims.AsSpan(2));
        var groups = checked((int)call.Int("group", 1));
        var (filters, depth) = (w.Dims[0], w.Dims[1]);
        if (groups < 1 || depth * groups != window.Channels || filters % groups != 0)
            throw call.Refused($"{groups} groups of {w} over {x}");
        var (xZeros, wZeros) = (new ZeroPoints(call, 2, 1), new ZeroPoints(call, 3, filters));
        var places = window.Places();
        var terms = depth * window.KernelSize;
        return new Step(
            [new Operand(ElementType.Int32, window.Shape(filters))],
            buffers =>
            {
                var (zero, centers) = (xZeros.Read(buffers, 0)[0], wZeros.Read(buffers, 0));
                var target = buffers.Out<int>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var (at, filter) = (i % window.OutputSize, i / window.OutputSize % filters);
                    var image = i / window.OutputSize / filters;
                    var first = (image * window.Channels + filter / (filters / groups) * depth) * window.InputSize;
                    target[i] = 0;
                    for (var term = 0; term < terms; term++)
                    {
                        var place = places[at * window.KernelSize + term % window.KernelSize];
                        if (place == Placement.Nothing)
                            continue;
                        var channel = first + term / window.KernelSize * window.InputSize;
                        target[i] +=
                            (Value(buffers, 0, x.Type, channel + place) - zero)
                            * (Value(buffers, 1, w.Type, filter * terms + term) - centers[filter]);
                    }
                }
            },
            new Work(
                Unit.Array,
                new MatrixWork(window.OutputSize, terms, filters / groups, (long)groups * window.Images),
                0
            )
        );
    }

    private static void Require8Bit(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        call.Require(1, ElementType.UInt8, ElementType.Int8);
    }

    private static int Value(Buffers buffers, int input, ElementType type, int at) =>
        type == ElementType.Int8 ? buffers.In<sbyte>(input)[at] : buffers.In<byte>(input)[at];

    private static void Shift(ReadOnlySpan<byte> source, Span<byte> target, bool flips)
    {
        if (flips)
            Int8Operands.ToUnsigned(source, target);
        else
            source.CopyTo(target);
    }

    // sum (a - za)(b - zb) = sum ab - za sum b - zb sum a + K za zb.
    private static void Center(Span<int> sums, byte[] rows, sbyte[] weights, int k, int[] aZeros, int[] bZeros)
    {
        var (m, n) = (aZeros.Length, bZeros.Length);
        var columns = new int[n];
        for (var i = 0; i < weights.Length; i++)
            columns[i % n] += weights[i];
        for (var row = 0; row < m; row++)
        {
            var sum = 0;
            foreach (var value in rows.AsSpan(row * k, k))
                sum += value;
            for (var column = 0; column < n; column++)
                sums[row * n + column] +=
                    k * aZeros[row] * bZeros[column] - aZeros[row] * columns[column] - bZeros[column] * sum;
        }
    }

    /// <summary>Zero points of an operand: none, one for all, or one for each place.</summary>
    private sealed class ZeroPoints
    {
        private readonly int input;
        private readonly int count;
        private readonly int given;
        private readonly ElementType type;

        public ZeroPoints(OperatorCall call, int input, int count)
        {
            (this.input, this.count, type) = (input, count, call[input - 2].Type);
            if (call.Optional(input) is not { } operand)
                return;
            call.Require(input, type);
            given = operand.Count;
            if (given != 1 && given != count)
                throw call.Refused($"its zero point {operand} must have 1 or {count} elements");
        }

        /// <summary>One for each place; those of values that were moved by 128 move with them.</summary>
        public int[] Read(Buffers buffers, int shift)
        {
            var moved = (shift > 0) == (type == ElementType.Int8) ? shift : 0;
            var zeros = new int[count];
            for (var i = 0; i < count; i++)
                zeros[i] = moved + (given == 0 ? 0 : Value(buffers, input, type, given == 1 ? 0 : i));
            return zeros;
        }
    }
}
