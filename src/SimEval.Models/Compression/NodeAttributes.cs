using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>A node's attributes by kind, with the operator's default where one is left out.</summary>
internal static class NodeAttributes
{
    /// <summary>No attributes.</summary>
    public static ImmutableSortedDictionary<string, AttributeValue> None { get; } =
        ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal);

    /// <summary>An integer.</summary>
    public static long Integer(this Node node, string name, long fallback) =>
        node.Attributes.GetValueOrDefault(name) is AttributeValue.Int(var value) ? value : fallback;

    /// <summary>A float.</summary>
    public static float Number(this Node node, string name, float fallback) =>
        node.Attributes.GetValueOrDefault(name) is AttributeValue.Float(var value) ? value : fallback;

    /// <summary>Integers, or null.</summary>
    public static ImmutableArray<long>? Integers(this Node node, string name) =>
        node.Attributes.GetValueOrDefault(name) is AttributeValue.Ints(var values) ? values : null;

    /// <summary>The input's name; "" where it is left out.</summary>
    public static string Input(this Node node, int index) => index < node.Inputs.Length ? node.Inputs[index] : "";
}
