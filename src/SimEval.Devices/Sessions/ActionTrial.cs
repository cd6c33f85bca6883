using SimEval.Devices.Binding;
using SimEval.Models;

namespace SimEval.Devices.Sessions;

/// <summary>
/// What trial runs of a freshly bound model showed: what its declaration may leave open is the shape of its outputs, and
/// whether the batch axis it declares free is free in its graph (a reshape to a constant size often is not).
/// </summary>
/// <param name="Action">The action's shape.</param>
/// <param name="Batchable">Whether more than one row can be run at once.</param>
/// <param name="Doubt">Why not, or null.</param>
internal sealed record ActionTrial(TensorShape Action, bool Batchable, string? Doubt)
{
    /// <summary>Tries; throws <see cref="ModelException"/> when the model does not run or gives another size.</summary>
    /// <param name="binding">What is bound.</param>
    /// <param name="maximumBatch">Most rows of one forward.</param>
    /// <param name="actionOf">The action's element type and sizes for so many rows; throws <see cref="ForwardException"/>.</param>
    /// <param name="explain">Makes a failure, with the words before it, what the caller is told.</param>
    public static ActionTrial Run(
        ModelBinding binding,
        int maximumBatch,
        Func<int, (ElementType Type, int[] Sizes)> actionOf,
        Func<string, ForwardException, ModelException> explain
    )
    {
        ElementType type;
        int[] one;
        try
        {
            (type, one) = actionOf(1);
        }
        catch (ForwardException e)
        {
            throw explain("the model fails on an observation of zeros", e);
        }

        var size = one.Aggregate(1L, (product, s) => product * s);
        if (size != binding.ActionSize)
            throw new ModelException(
                ModelFault.Unbindable,
                $"output '{binding.Action.Name}' gives {ModelTensor.ShapeText(one)} for one observation; the action has {binding.ActionSize} element{(binding.ActionSize == 1 ? "" : "s")}"
            );
        if (!binding.Batchable)
            return new ActionTrial(new TensorShape(type, one, -1), false, "its inputs declare a fixed batch of 1");
        if (maximumBatch == 1)
            return new ActionTrial(new TensorShape(type, one, -1), false, null);
        var axis = BatchAxis(one, actionOf, out var doubt);
        return axis >= 0
            ? new ActionTrial(new TensorShape(type, RowFit.Without(one, axis), axis), true, null)
            : new ActionTrial(new TensorShape(type, one, -1), false, doubt);
    }

    private static int BatchAxis(int[] one, Func<int, (ElementType Type, int[] Sizes)> actionOf, out string? doubt)
    {
        try
        {
            var two = actionOf(2).Sizes;
            var axis = Array.FindIndex(two, size => size == 2);
            while (axis >= 0 && axis < one.Length && one[axis] == 2)
                axis = Array.FindIndex(two, axis + 1, size => size == 2);
            if (axis >= 0 && axis < one.Length && one.Select((size, i) => i == axis ? 2 : size).SequenceEqual(two))
            {
                doubt = null;
                return axis;
            }

            doubt = $"its output is {ModelTensor.ShapeText(one)} for one row and {ModelTensor.ShapeText(two)} for two";
        }
        catch (ForwardException)
        {
            doubt = "it declares a free batch axis, but its graph fails on two rows";
        }

        return -1;
    }
}
