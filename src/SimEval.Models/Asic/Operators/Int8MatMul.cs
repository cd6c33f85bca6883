using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// asic.MatMul: sums of (x - xZero) * (w - wZero) over K, plus bias, requantized. Inputs: x [..., K], w [K, N] or [..., K, N],
/// multiplier [1 or N], bias int32 [N] (optional), float bias [N] (optional, for float results).
/// </summary>
internal static class Int8MatMul
{
    // Sums of some rows are requantized while the first-level cache holds them; weights that the second level does not hold are
    // not read again for that. Kernels take rows by four or six.
    private const int CachedSums = 6 << 10;
    private const int CachedWeights = 1 << 18;
    private const int RowsOfTiles = 12;

    /// <summary>The rule.</summary>
    public static Step Place(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        call.Require(1, ElementType.UInt8, ElementType.Int8);
        var (x, w) = (call[0], call[1]);
        if (x.Dims.Length < 2 || w.Dims.Length < 2 || x.Dims[^1] != w.Dims[^2])
            throw call.Refused($"{x} cannot be multiplied with {w}");
        if (x.Dims[^1] == 0 || w.Dims[^1] == 0)
            throw call.Refused("a product over nothing");
        return w.Known is { } constant && w.Dims.Length == 2 ? WithConstant(call, constant) : Batched(call);
    }

    private static Step WithConstant(OperatorCall call, Tensor constant)
    {
        var (x, w) = (call[0], call[1]);
        var (k, n) = (w.Dims[0], w.Dims[1]);
        var rows = k == 0 ? 0 : x.Count / k;
        var (weights, wZero) = Int8Operands.Signed(constant, Int8Operands.Integer(call, "wZero", 0));
        var packed = call.Cache.Get(
            constant,
            "matrix",
            () =>
            {
                var made = call.Product.Allocate(k, n);
                call.Product.Pack(weights, made);
                return made;
            }
        );
        var epilogue = new Epilogue(call, k, n, weights, wZero);
        var unsigned = x.Type == ElementType.UInt8;
        var scratch = unsigned ? [] : new byte[rows * k];
        var block = (long)k * n > CachedWeights ? rows : Math.Min(rows, BlockRows(n));
        var sums = new int[Operand.Size([block, n])];
        var product = call.Product;
        return new Step(
            [new Operand(Int8Operands.ResultType(call), [.. x.Dims[..^1], n])],
            buffers =>
            {
                var input = buffers.In<byte>(0);
                if (!unsigned)
                {
                    Int8Operands.ToUnsigned(input, scratch);
                    input = scratch;
                }

                for (var first = 0; first < rows; first += block)
                {
                    var count = Math.Min(block, rows - first);
                    var part = input.Slice(first * k, count * k);
                    product.Multiply(part, count, packed, sums);
                    epilogue.Apply(part, sums, first, count, buffers);
                }
            },
            new Work(Unit.Array, new MatrixWork(rows, k, n, 1), 0)
        );
    }

    private static int BlockRows(int columns) => Math.Max(1, CachedSums / columns / RowsOfTiles) * RowsOfTiles;

    private static Step Batched(OperatorCall call)
    {
        var (x, w) = (call[0], call[1]);
        var (m, k, n) = (x.Dims[^2], w.Dims[^2], w.Dims[^1]);
        var (xOuter, wOuter) = (x.Dims.SkipLast(2).ToArray(), w.Dims.SkipLast(2).ToArray());
        var outer = Broadcast.Shape(call, xOuter, wOuter);
        var xPlaces = Broadcast.Places(xOuter, outer);
        var wPlaces = Broadcast.Places(wOuter, outer);
        var product = call.Product;
        var packed = product.Allocate(k, n);
        var epilogue = new Epilogue(
            call,
            k,
            n,
            null,
            Int8Operands.Integer(call, "wZero", 0) - (w.Type == ElementType.UInt8 ? 128 : 0)
        );
        var (xFlip, wFlip) = (x.Type == ElementType.Int8, w.Type == ElementType.UInt8);
        var activations = new byte[m * k];
        var weights = new byte[k * n];
        var sums = new int[Operand.Size([m, n])];
        return new Step(
            [new Operand(Int8Operands.ResultType(call), [.. outer, m, n])],
            buffers =>
            {
                for (var i = 0; i < xPlaces.Length; i++)
                {
                    var a = buffers.In<byte>(0).Slice(xPlaces[i] * m * k, m * k);
                    var b = buffers.In<byte>(1).Slice(wPlaces[i] * k * n, k * n);
                    if (xFlip)
                        Int8Operands.ToUnsigned(a, activations);
                    else
                        a.CopyTo(activations);
                    if (wFlip)
                        Int8Operands.ToUnsigned(b, weights);
                    else
                        b.CopyTo(weights);
                    var signed = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(weights.AsSpan());
                    product.Pack(signed, packed);
                    product.Multiply(activations, m, packed, sums);
                    epilogue.SetWeights(signed);
                    epilogue.Apply(activations, sums, i * m, m, buffers);
                }
            },
            new Work(Unit.Array, new MatrixWork(m, k, n, xPlaces.Length), 0)
        );
    }

    /// <summary>Zero points, bias and requantization.</summary>
    private sealed class Epilogue
    {
        private readonly int k;
        private readonly int n;
        private readonly int xZero;
        private readonly int wZero;
        private readonly int[] biases;
        private readonly int[] offsets;
        private readonly Requantizer requantizer;
        private readonly bool isFloat;

        public Epilogue(OperatorCall call, int k, int n, sbyte[]? weights, int wZero)
        {
            (this.k, this.n, this.wZero) = (k, n, wZero);
            xZero = Int8Operands.Integer(call, "xZero", 0) + (call[0].Type == ElementType.Int8 ? 128 : 0);
            biases = Int8Operands.PerColumn<int>(call, 3, n) ?? new int[n];
            offsets = new int[n];
            requantizer = Int8Operands.Requantizer(call, Int8Operands.Multipliers(call, n), offsets, n);
            isFloat = Int8Operands.ResultType(call) == ElementType.Float32;
            if (weights is not null)
                SetWeights(weights);
        }

        /// <summary>What the zero points add to each column: sum (x - zx)(w - zw) = sum xw - zx sum w - zw sum x + K zx zw.</summary>
        public void SetWeights(ReadOnlySpan<sbyte> weights)
        {
            biases.CopyTo(offsets, 0);
            if (xZero == 0)
                return;
            for (var column = 0; column < n; column++)
                offsets[column] += k * xZero * wZero;
            for (var i = 0; i < k; i++)
            {
                for (var column = 0; column < n; column++)
                    offsets[column] -= xZero * weights[i * n + column];
            }
        }

        public void Apply(ReadOnlySpan<byte> x, Span<int> sums, int firstRow, int rows, Buffers buffers)
        {
            for (var row = 0; wZero != 0 && row < rows; row++)
                Shift(x.Slice(row * k, k), sums.Slice(row * n, n));
            var (first, count) = (firstRow * n, rows * n);
            if (isFloat)
                requantizer.ToFloats(sums[..count], buffers.Out<float>(0).Slice(first, count));
            else
                requantizer.ToBytes(sums[..count], buffers.Out<byte>(0).Slice(first, count));
        }

        private void Shift(ReadOnlySpan<byte> x, Span<int> line)
        {
            var sum = 0;
            foreach (var value in x)
                sum += value;
            foreach (ref var value in line)
                value -= wZero * sum;
        }
    }
}
