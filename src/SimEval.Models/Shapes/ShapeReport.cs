using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes;

/// <summary>What shape inference found.</summary>
/// <param name="Model">The model with <see cref="Graph.Types"/> filled, in the graphs inside it as well.</param>
/// <param name="WithoutRule">Operators that no rule is known for, with how many nodes; of their outputs only what the file declares is known.</param>
/// <param name="Conflicts">Where the file declares what its operators do not compute; what they compute was taken.</param>
public sealed record ShapeReport(
    OnnxModel Model,
    IReadOnlyDictionary<string, int> WithoutRule,
    IReadOnlyList<string> Conflicts
);
