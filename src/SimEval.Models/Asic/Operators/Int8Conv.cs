using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// asic.Conv: as asic.MatMul over the window, for each group. Inputs: x [N, C, W] or [N, C, H, W], w [M, C/group, ...],
/// multiplier [1 or M], bias int32 [M] (optional), float bias [M] (optional, for float results). The padding holds xZero, which
/// stands for 0.
/// </summary>
internal sealed class Int8Conv
{
    private readonly Window window;
    private readonly IInt8Product product;
    private readonly PackedWeights[] packed;
    private readonly Requantizer requantizer;
    private readonly int[] places;
    private readonly int groups;
    private readonly int depth;
    private readonly int filters;
    private readonly int terms;
    private readonly int wZero;
    private readonly byte padding;
    private readonly bool isSigned;
    private readonly bool isFloat;
    private readonly byte[] columns;
    private readonly int[] sums;
    private readonly int[] shifted;

    private Int8Conv(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        call.Require(1, ElementType.UInt8, ElementType.Int8);
        if (call[1].Known is not { } constant || call[1].Dims.Length != call[0].Dims.Length)
            throw call.Refused($"its weights {call[1]} must be a constant of the rank of {call[0]}");
        window = Window.Of(call, call[1].Dims.AsSpan(2));
        groups = checked((int)call.Int("group", 1));
        (filters, depth) = (call[1].Dims[0], call[1].Dims[1]);
        if (groups < 1 || depth * groups != window.Channels || filters % groups != 0)
            throw call.Refused($"{groups} groups of {call[1]} over {call[0]}");
        (product, terms) = (call.Product, depth * window.KernelSize);
        (var weights, wZero) = Int8Operands.Signed(constant, Int8Operands.Integer(call, "wZero", 0));
        packed = call.Cache.Get(constant, $"filters in {groups}", () => Packed(weights));
        isSigned = call[0].Type == ElementType.Int8;
        var xZero = Int8Operands.Integer(call, "xZero", 0) + (isSigned ? 128 : 0);
        padding = checked((byte)xZero);
        requantizer = Int8Operands.Requantizer(
            call,
            Int8Operands.Multipliers(call, filters),
            Offsets(call, weights, xZero),
            filters
        );
        isFloat = Int8Operands.ResultType(call) == ElementType.Float32;
        places = window.Places();
        columns = new byte[Operand.Size([window.OutputSize, terms])];
        sums = new int[Operand.Size([window.OutputSize, filters / groups])];
        shifted = new int[window.OutputSize];
        ResultShape = window.Shape(filters);
    }

    private int[] ResultShape { get; }

    /// <summary>The rule.</summary>
    public static Step Place(OperatorCall call)
    {
        var convolution = new Int8Conv(call);
        return new Step(
            [new Operand(Int8Operands.ResultType(call), convolution.ResultShape)],
            convolution.Run,
            new Work(
                Unit.Array,
                new MatrixWork(
                    convolution.window.OutputSize,
                    convolution.terms,
                    convolution.filters / convolution.groups,
                    (long)convolution.groups * convolution.window.Images
                ),
                0
            )
        );
    }

    private void Run(Buffers buffers)
    {
        var width = filters / groups;
        for (var image = 0; image < window.Images; image++)
        {
            for (var group = 0; group < groups; group++)
            {
                var from = (image * window.Channels + group * depth) * window.InputSize;
                Gather(buffers.In<byte>(0).Slice(from, depth * window.InputSize));
                product.Multiply(columns, window.OutputSize, packed[group], sums);
                for (var i = 0; wZero != 0 && i < shifted.Length; i++)
                    shifted[i] = -wZero * Sum(columns.AsSpan(i * terms, terms));
                var first = (image * filters + group * width) * window.OutputSize;
                for (var filter = 0; filter < width; filter++)
                    Finish(buffers, first + filter * window.OutputSize, group * width + filter, filter, width);
            }
        }
    }

    private void Finish(Buffers buffers, int to, int filter, int column, int width)
    {
        if (isFloat)
        {
            var target = buffers.Out<float>(0).Slice(to, window.OutputSize);
            for (var i = 0; i < target.Length; i++)
                target[i] = requantizer.OneFloat(sums[i * width + column] + shifted[i], filter);
        }
        else
        {
            var target = buffers.Out<byte>(0).Slice(to, window.OutputSize);
            for (var i = 0; i < target.Length; i++)
                target[i] = (byte)requantizer.One(sums[i * width + column] + shifted[i], filter);
        }
    }

    // The window's elements at each place of the output, a row each: channel by channel, as the filters have them.
    private void Gather(ReadOnlySpan<byte> source)
    {
        var flip = isSigned ? (byte)0x80 : (byte)0;
        for (var at = 0; at < window.OutputSize; at++)
        {
            var row = columns.AsSpan(at * terms, terms);
            var from = places.AsSpan(at * window.KernelSize, window.KernelSize);
            for (var channel = 0; channel < depth; channel++)
            {
                var plane = source.Slice(channel * window.InputSize, window.InputSize);
                for (var i = 0; i < from.Length; i++)
                    row[channel * from.Length + i] =
                        from[i] == Placement.Nothing ? padding : (byte)(plane[from[i]] ^ flip);
            }
        }
    }

    private PackedWeights[] Packed(sbyte[] weights)
    {
        var width = filters / groups;
        var matrix = new sbyte[terms * width];
        var all = new PackedWeights[groups];
        for (var group = 0; group < groups; group++)
        {
            for (var column = 0; column < width; column++)
            {
                for (var term = 0; term < terms; term++)
                    matrix[term * width + column] = weights[(group * width + column) * terms + term];
            }

            all[group] = product.Allocate(terms, width);
            product.Pack(matrix, all[group]);
        }

        return all;
    }

    private int[] Offsets(OperatorCall call, ReadOnlySpan<sbyte> weights, int xZero)
    {
        var offsets = Int8Operands.PerColumn<int>(call, 3, filters) ?? new int[filters];
        for (var filter = 0; filter < filters; filter++)
        {
            offsets[filter] += terms * xZero * wZero;
            foreach (var weight in weights.Slice(filter * terms, terms))
                offsets[filter] -= xZero * weight;
        }

        return offsets;
    }

    private static int Sum(ReadOnlySpan<byte> values)
    {
        var sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
