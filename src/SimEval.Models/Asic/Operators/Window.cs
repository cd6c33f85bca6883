namespace SimEval.Models.Asic.Operators;

/// <summary>
/// How a window of a convolution or a pool moves over an image: [N, C, W] or [N, C, H, W], the former with H = 1.
/// </summary>
internal sealed class Window
{
    private Window(int channels, int images) => (Channels, Images) = (channels, images);

    /// <summary>Images of a batch.</summary>
    public int Images { get; }

    /// <summary>Channels of the input.</summary>
    public int Channels { get; }

    /// <summary>Sizes of the input: height, width.</summary>
    public (int Y, int X) Input { get; private init; }

    /// <summary>Sizes of the window.</summary>
    public (int Y, int X) Kernel { get; private init; }

    /// <summary>Steps of the window.</summary>
    public (int Y, int X) Stride { get; private init; }

    /// <summary>Distances of its elements.</summary>
    public (int Y, int X) Dilation { get; private init; }

    /// <summary>Padding before.</summary>
    public (int Y, int X) Before { get; private init; }

    /// <summary>Padding after.</summary>
    public (int Y, int X) After { get; private init; }

    /// <summary>Sizes of the output.</summary>
    public (int Y, int X) Output { get; private init; }

    /// <summary>Whether the input has a height of its own.</summary>
    public bool IsPlane { get; private init; }

    /// <summary>Elements of one channel of the input.</summary>
    public int InputSize => checked(Input.Y * Input.X);

    /// <summary>Elements of one channel of the output.</summary>
    public int OutputSize => checked(Output.Y * Output.X);

    /// <summary>Elements of the window.</summary>
    public int KernelSize => checked(Kernel.Y * Kernel.X);

    /// <summary>Sizes of an output of so many channels.</summary>
    public int[] Shape(int channels) => IsPlane ? [Images, channels, Output.Y, Output.X] : [Images, channels, Output.X];

    /// <summary>The window that an instruction's attributes describe.</summary>
    /// <param name="call">The instruction.</param>
    /// <param name="kernel">Sizes of the window; null: its attribute kernel_shape.</param>
    public static Window Of(OperatorCall call, ReadOnlySpan<int> kernel)
    {
        var dims = call[0].Dims;
        if (dims.Length is not (3 or 4))
            throw call.Refused($"{call[0]}: the boards compute windows of one and two axes");
        var axes = dims.Length - 2;
        var sizes = kernel.IsEmpty ? Attribute(call, "kernel_shape", axes, 0) : kernel.ToArray();
        var strides = Attribute(call, "strides", axes, 1);
        var dilations = Attribute(call, "dilations", axes, 1);
        var pads = Attribute(call, "pads", 2 * axes, 0);
        if (sizes.Length != axes || sizes.Any(size => size < 1) || strides.Any(s => s < 1) || dilations.Any(d => d < 1))
            throw call.Refused($"a window of [{string.Join(",", sizes)}] over {call[0]}");
        var before = new int[axes];
        var after = new int[axes];
        var output = new int[axes];
        for (var i = 0; i < axes; i++)
        {
            var reach = checked(dilations[i] * (sizes[i] - 1) + 1);
            (before[i], after[i]) = Padding(call, dims[i + 2], reach, strides[i], pads[i], pads[i + axes]);
            var free = checked(dims[i + 2] + before[i] + after[i] - reach);
            if (free < 0)
                throw call.Refused($"a window of {reach} does not fit {call[0]}");
            output[i] = free / strides[i] + 1;
            if (
                call.Int("ceil_mode", 0) != 0
                && free % strides[i] != 0
                && output[i] * strides[i] < dims[i + 2] + before[i]
            )
                output[i]++;
        }

        return new Window(dims[1], dims[0])
        {
            IsPlane = axes == 2,
            Input = Pair(dims[2..], 1),
            Kernel = Pair(sizes, 1),
            Stride = Pair(strides, 1),
            Dilation = Pair(dilations, 1),
            Before = Pair(before, 0),
            After = Pair(after, 0),
            Output = Pair(output, 1),
        };
    }

    /// <summary>
    /// For each output place and window element, the place in a channel of the input; <see cref="Placement.Nothing"/> in the padding.
    /// </summary>
    public int[] Places()
    {
        var places = new int[Programs.Operand.Size([OutputSize, KernelSize])];
        var next = 0;
        for (var y = 0; y < Output.Y; y++)
        for (var x = 0; x < Output.X; x++)
        for (var ky = 0; ky < Kernel.Y; ky++)
        for (var kx = 0; kx < Kernel.X; kx++)
        {
            var (row, column) = (y * Stride.Y + ky * Dilation.Y - Before.Y, x * Stride.X + kx * Dilation.X - Before.X);
            var inside = row >= 0 && row < Input.Y && column >= 0 && column < Input.X;
            places[next++] = inside ? row * Input.X + column : Placement.Nothing;
        }

        return places;
    }

    private static (int Before, int After) Padding(
        OperatorCall call,
        int size,
        int reach,
        int stride,
        int before,
        int after
    )
    {
        switch (call.Text("auto_pad", "NOTSET"))
        {
            case "NOTSET":
                return before >= 0 && after >= 0 ? (before, after) : throw call.Refused("padding below 0");
            case "VALID":
                return (0, 0);
            case var mode:
                var whole = Math.Max(0, ((size + stride - 1) / stride - 1) * stride + reach - size);
                return mode == "SAME_LOWER" ? (whole - whole / 2, whole / 2) : (whole / 2, whole - whole / 2);
        }
    }

    private static int[] Attribute(OperatorCall call, string name, int count, int otherwise)
    {
        var given = call.Ints(name);
        if (given is not null && given.Length != count)
            throw call.Refused($"its attribute '{name}' has {given.Length} numbers, where {count} are expected");
        return [.. given?.Select(value => checked((int)value)) ?? Enumerable.Repeat(otherwise, count)];
    }

    private static (int Y, int X) Pair(int[] sizes, int missing) =>
        sizes.Length == 2 ? (sizes[0], sizes[1]) : (missing, sizes[0]);
}
