using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>A graph in, a graph out; the same object where there is nothing to do.</summary>
/// <param name="graph">A graph with its types inferred.</param>
/// <param name="opset">Version of ONNX's own operator set.</param>
public delegate Graph PassStep(Graph graph, long opset);

/// <summary>One rewriting of a graph that keeps what it computes.</summary>
/// <param name="Name">"fold-constants".</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="IsExact">Whether every output keeps its bits; else sums are taken in another order, or factors are multiplied beforehand.</param>
/// <param name="Apply">The function.</param>
public sealed record GraphPass(string Name, string Summary, bool IsExact, PassStep Apply)
{
    /// <summary>All passes, in the order that they run in.</summary>
    public static IReadOnlyList<GraphPass> All { get; } =
    [
        new(
            "fold-constants",
            "Compute beforehand what depends on constants and known shapes alone",
            true,
            ConstantFolding.Apply
        ),
        new("remove-identities", "Remove nodes that give what they take", true, IdentityRemoval.Apply),
        new("cancel-transposes", "Join transposes, and take them into Gemm", true, Layout.Apply),
        new("fold-batch-norm", "Multiply BatchNormalization into the weights before it", false, BatchNormFolding.Apply),
        new("fold-bias", "Make a constant that is added to a product its bias", false, BiasFolding.Apply),
        new("fuse-activations", "Replace formulas by the operator that they spell out", false, ActivationFusion.Apply),
        new("remove-dead-code", "Remove nodes and constants that no output depends on", true, DeadCode.Apply),
    ];

    /// <summary>Those that keep every bit.</summary>
    public static IReadOnlyList<GraphPass> Exact { get; } = [.. All.Where(pass => pass.IsExact)];
}
