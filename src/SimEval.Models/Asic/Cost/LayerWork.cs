namespace SimEval.Models.Asic.Cost;

/// <summary>What one layer asks of a board, for a whole batch: a matrix product, work of the vector unit, or both.</summary>
public sealed record LayerWork
{
    /// <summary>The layer's name, unique in its model.</summary>
    public required string Name { get; init; }

    /// <summary>Its ONNX operator.</summary>
    public required string Operator { get; init; }

    /// <summary>The product; null: the vector unit does everything.</summary>
    public ProductShape? Product { get; init; }

    /// <summary>How many such products: groups of a convolution, heads of an attention, steps of a recurrent cell.</summary>
    public long Repeats { get; init; } = 1;

    /// <summary>Whether every repeat multiplies by the same weights, as a recurrent cell's steps do.</summary>
    public bool SameWeights { get; init; }

    /// <summary>Whether the right operand is computed (attention) and so lies among the activations.</summary>
    public bool WeightsAreComputed { get; init; }

    /// <summary>
    /// Elements through the vector unit, once for each pass. Of a product: those that it requantizes, while the array does
    /// the next tile.
    /// </summary>
    public long VectorElements { get; init; }

    /// <summary>Bytes of the computed values that it takes, but for a computed right operand.</summary>
    public long ActivationBytes { get; init; }

    /// <summary>Bytes of weights, biases and tables, or of the computed right operand.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Bytes of what it gives.</summary>
    public long OutputBytes { get; init; }

    /// <summary>Multiply-adds.</summary>
    public long Macs => checked((Product?.Macs ?? 0) * Repeats);

    /// <summary>Bytes of weights that the model brings along.</summary>
    public long ConstantBytes => WeightsAreComputed ? 0 : WeightBytes;

    /// <summary>Bytes of activations that lie on the chip when all of them do.</summary>
    public long LiveBytes => checked(ActivationBytes + OutputBytes + (WeightsAreComputed ? WeightBytes : 0));

    /// <summary>A dense layer with a constant matrix and a 32-bit bias a column: M x K by K x N.</summary>
    public static LayerWork Dense(string name, string onnxOperator, ProductShape shape) =>
        new()
        {
            Name = name,
            Operator = onnxOperator,
            Product = shape,
            VectorElements = shape.Outputs,
            ActivationBytes = shape.ActivationBytes,
            WeightBytes = checked(shape.WeightBytes + 4 * shape.N),
            OutputBytes = shape.Outputs,
        };

    /// <summary>Products of two computed values, one for each of <paramref name="repeats"/>.</summary>
    public static LayerWork ComputedProduct(string name, string onnxOperator, ProductShape shape, long repeats) =>
        new()
        {
            Name = name,
            Operator = onnxOperator,
            Product = shape,
            Repeats = repeats,
            WeightsAreComputed = true,
            VectorElements = checked(shape.Outputs * repeats),
            ActivationBytes = checked(shape.ActivationBytes * repeats),
            WeightBytes = checked(shape.WeightBytes * repeats),
            OutputBytes = checked(shape.Outputs * repeats),
        };

    /// <summary>
    /// A convolution as products, one a group: the rows are the output's places, the sums go over a window of the group's
    /// channels (im2col). Windows are gathered from the chip's memory, so that the input is counted once and not once a window.
    /// </summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="places">Places of the output in all frames: batch times height times width.</param>
    /// <param name="window">Elements of the kernel: height times width.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="features">Channels of the output.</param>
    /// <param name="groups">Groups; divides channels and features.</param>
    /// <param name="inputBytes">Bytes of the input in all frames.</param>
    public static LayerWork Convolution(
        string name,
        long places,
        long window,
        long channels,
        long features,
        long groups,
        long inputBytes
    )
    {
        var shape = new ProductShape(places, checked(window * (channels / groups)), features / groups);
        return new LayerWork
        {
            Name = name,
            Operator = "Conv",
            Product = shape,
            Repeats = groups,
            VectorElements = checked(places * features),
            ActivationBytes = inputBytes,
            WeightBytes = checked(shape.WeightBytes * groups + 4 * features),
            OutputBytes = checked(places * features),
        };
    }

    /// <summary>Work of the vector unit alone: tables, elementwise operations, reductions, moves.</summary>
    public static LayerWork Vector(
        string name,
        string onnxOperator,
        long elements,
        long inputBytes,
        long outputBytes,
        long tableBytes = 0
    ) =>
        new()
        {
            Name = name,
            Operator = onnxOperator,
            VectorElements = elements,
            ActivationBytes = inputBytes,
            WeightBytes = tableBytes,
            OutputBytes = outputBytes,
        };
}
