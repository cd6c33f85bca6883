using SimEval.Devices.Binding;
using SimEval.Devices.Sessions;
using SimEval.Models;

namespace SimEval.Devices.Asic;

/// <summary>Where the rows of one bound tensor lie in a batch.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Type">Element type.</param>
/// <param name="Row">Sizes of one row.</param>
/// <param name="BatchAxis">Where the batch axis goes, or -1.</param>
internal sealed record RowShape(string Name, ElementType Type, IReadOnlyList<int> Row, int BatchAxis)
{
    /// <summary>Elements of one row.</summary>
    public int RowSize { get; } = Row.Aggregate(1, (product, size) => checked(product * size));

    /// <summary>Bytes of one row.</summary>
    public int RowBytes => RowSize * (Type.Bits() / 8);

    /// <summary>Stretches into which the batch axis cuts a row; 1 when it is the first.</summary>
    public int Outer { get; } =
        BatchAxis <= 0 ? 1 : Row.Take(BatchAxis).Aggregate(1, (product, size) => product * size);

    /// <summary>The tensor's sizes for a batch.</summary>
    public int[] Dims(int batch) => BatchAxis < 0 ? [.. Row] : [.. Row.Take(BatchAxis), batch, .. Row.Skip(BatchAxis)];

    /// <summary>Copies one row's bytes into a batch.</summary>
    public void Put(ReadOnlySpan<byte> row, Span<byte> batch, int place, int of)
    {
        var width = RowBytes / Outer;
        for (var outer = 0; outer < Outer; outer++)
            row.Slice(outer * width, width).CopyTo(batch[((outer * of + place) * width)..]);
    }

    /// <summary>Copies one row's bytes out of a batch.</summary>
    public void Take(ReadOnlySpan<byte> batch, Span<byte> row, int place, int of)
    {
        var width = RowBytes / Outer;
        for (var outer = 0; outer < Outer; outer++)
            batch.Slice((outer * of + place) * width, width).CopyTo(row[(outer * width)..]);
    }
}

/// <summary>Where the rows of all bound tensors lie.</summary>
/// <param name="Inputs">Inputs fed from the observation.</param>
/// <param name="States">Recurrent states, as inputs.</param>
/// <param name="StateOutputs">The outputs that they come from.</param>
/// <param name="Action">The action.</param>
/// <param name="Constants">Inputs with a fixed value: name, sizes, bytes.</param>
internal sealed record BoundRows(
    IReadOnlyList<RowShape> Inputs,
    IReadOnlyList<RowShape> States,
    IReadOnlyList<RowShape> StateOutputs,
    RowShape Action,
    IReadOnlyList<(string Name, int[] Dims, byte[] Bytes)> Constants
)
{
    /// <summary>Sizes of every input for a batch.</summary>
    public IReadOnlyDictionary<string, int[]> Sizes(int batch) =>
        Inputs
            .Concat(States)
            .Select(shape => (shape.Name, Dims: shape.Dims(batch)))
            .Concat(Constants.Select(constant => (constant.Name, constant.Dims)))
            .ToDictionary(pair => pair.Name, pair => pair.Dims, StringComparer.Ordinal);

    /// <summary>
    /// From a binding. What the declaration leaves open (the output's batch axis, whether two rows are possible) is found by laying the
    /// program out for one row and for two.
    /// </summary>
    public static BoundRows Of(AsicModel model, ModelBinding binding, bool batched, out string? doubt)
    {
        var rows = new BoundRows(
            [
                .. binding.Inputs.Select(input => new RowShape(
                    input.Tensor.Name,
                    input.Tensor.Type,
                    input.Row,
                    input.BatchAxis
                )),
            ],
            [
                .. binding.States.Select(state => new RowShape(
                    state.Input.Name,
                    state.Input.Type,
                    state.Row,
                    state.BatchAxis
                )),
            ],
            [
                .. binding.States.Select(state => new RowShape(
                    state.Output.Name,
                    state.Input.Type,
                    state.Row,
                    state.BatchAxis
                )),
            ],
            new RowShape(binding.Action.Name, binding.Action.Type, [binding.ActionSize], 0),
            [.. binding.Constants.Select(Constant)]
        );
        var one = model.Prepare(rows.Sizes(1)).Layout.Operands;
        var action = one[binding.Action.Name];
        if (action.Count != binding.ActionSize)
            throw new ModelException(
                ModelFault.Unbindable,
                $"output '{binding.Action.Name}' gives {ModelTensor.ShapeText(action.Dims)} for one observation; the action has {binding.ActionSize} element{(binding.ActionSize == 1 ? "" : "s")}"
            );
        foreach (var state in rows.StateOutputs.Where(state => one[state.Name].Count != state.RowSize))
            throw new ModelException(
                ModelFault.Unbindable,
                $"state output '{state.Name}' gives {ModelTensor.ShapeText(one[state.Name].Dims)}, but its input takes {ModelTensor.ShapeText(state.Dims(1))}"
            );
        var axis = batched && binding.Batchable ? BatchAxis(model, rows, action.Dims) : -1;
        doubt =
            !batched ? null
            : !binding.Batchable ? "its inputs declare a fixed batch of 1"
            : axis >= 0 ? null
            : "its graph does not take two rows as it takes one";
        return axis < 0
            ? rows with
            {
                Action = new RowShape(binding.Action.Name, action.Type, action.Dims, -1),
            }
            : rows with
            {
                Action = new RowShape(binding.Action.Name, action.Type, RowFit.Without(action.Dims, axis), axis),
            };
    }

    private static int BatchAxis(AsicModel model, BoundRows rows, int[] one)
    {
        try
        {
            var two = model.Prepare(rows.Sizes(2)).Layout.Operands[rows.Action.Name].Dims;
            if (two.Length != one.Length)
                return -1;
            var axes = Enumerable.Range(0, one.Length).Where(axis => one[axis] != two[axis]).ToList();
            return axes is [var found] && one[found] == 1 && two[found] == 2 ? found : -1;
        }
        catch (ModelException)
        {
            return -1;
        }
    }

    private static (string Name, int[] Dims, byte[] Bytes) Constant(BoundConstant constant)
    {
        var type = constant.Tensor.Type;
        var bytes = new byte[constant.Values.Count * (type.Bits() / 8)];
        ElementConversion.FromFloat([.. constant.Values.Select(value => (float)value)], bytes, type);
        return (constant.Tensor.Name, [.. constant.Tensor.Dims], bytes);
    }
}
