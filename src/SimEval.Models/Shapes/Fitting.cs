using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes;

/// <summary>Shapes that an operator's other inputs settle; what is left out, and sizes that are not known, fit.</summary>
internal static class Fitting
{
    /// <summary>Throws, naming the node, where an input has another shape.</summary>
    public static void Fits(this RuleContext node, int input, params ReadOnlySpan<Dim> wanted)
    {
        if (node.Shape(input) is not { } shape)
            return;
        var fits = shape.Count == wanted.Length;
        for (var axis = 0; fits && axis < wanted.Length; axis++)
            fits = !shape[axis].IsKnown || !wanted[axis].IsKnown || shape[axis].Size == wanted[axis].Size;
        if (!fits)
            throw node.Fault(
                $"input {input} is [{string.Join(",", shape)}], not [{string.Join(",", wanted.ToArray())}]"
            );
    }

    /// <summary>Throws, naming the node, where an input cannot be repeated to fill a shape (unidirectional broadcasting).</summary>
    public static void Stretches(this RuleContext node, int input, IReadOnlyList<Dim>? over)
    {
        if (over is null || node.Shape(input) is not { } shape)
            return;
        var offset = over.Count - shape.Count;
        var fits = offset >= 0;
        for (var axis = 0; fits && axis < shape.Count; axis++)
        {
            var (size, place) = (shape[axis], over[axis + offset]);
            fits = !size.IsKnown || size.Size == 1 || !place.IsKnown || size.Size == place.Size;
        }

        if (!fits)
            throw node.Fault(
                $"input {input} is [{string.Join(",", shape)}], which does not stretch over [{string.Join(",", over)}]"
            );
    }
}
