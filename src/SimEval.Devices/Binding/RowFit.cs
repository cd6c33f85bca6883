namespace SimEval.Devices.Binding;

/// <summary>How one row of a given shape lies in a tensor that a model declares.</summary>
/// <param name="BatchAxis">The axis along which rows are stacked; -1: none.</param>
/// <param name="Row">The row's sizes as the model wants them, all known.</param>
/// <param name="Free">Whether the batch axis takes any size.</param>
internal sealed record RowFit(int BatchAxis, IReadOnlyList<int> Row, bool Free)
{
    /// <summary>
    /// Finds the batch axis: a free first axis, then any other free axis, then a first axis of size 1, then none. A row may be
    /// reshaped (flattened, say), since its elements lie in the same order. Null when nothing fits.
    /// </summary>
    public static RowFit? Of(IReadOnlyList<int> dims, IReadOnlyList<int> shape)
    {
        if (dims.Count == 0)
            return new RowFit(0, shape, true);
        for (var axis = 0; axis < dims.Count; axis++)
        {
            if (dims[axis] < 0 && Resolve(Without(dims, axis), shape, exact: axis > 0) is { } row)
                return new RowFit(axis, row, true);
        }

        if (dims[0] == 1 && Resolve(Without(dims, 0), shape, exact: false) is { } fixedRow)
            return new RowFit(0, fixedRow, false);
        return Resolve(dims, shape, exact: true) is { } whole ? new RowFit(-1, whole, false) : null;
    }

    /// <summary>The dims with one axis taken out.</summary>
    public static IReadOnlyList<int> Without(IReadOnlyList<int> dims, int axis) =>
        [.. dims.Take(axis), .. dims.Skip(axis + 1)];

    private static IReadOnlyList<int>? Resolve(IReadOnlyList<int> rest, IReadOnlyList<int> shape, bool exact)
    {
        if (rest.Count == shape.Count && rest.Zip(shape).All(pair => pair.First < 0 || pair.First == pair.Second))
            return shape;
        if (exact)
            return null;
        var size = shape.Aggregate(1L, (product, s) => product * s);
        var known = rest.Where(s => s >= 0).Aggregate(1L, (product, s) => product * s);
        return rest.Count(s => s < 0) switch
        {
            0 => known == size ? rest : null,
            1 when known > 0 && size % known == 0 => [.. rest.Select(s => s < 0 ? (int)(size / known) : s)],
            _ => null,
        };
    }
}
