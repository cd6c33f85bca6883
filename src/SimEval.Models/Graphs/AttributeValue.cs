using System.Collections.Immutable;

namespace SimEval.Models.Graphs;

/// <summary>The value of a node's attribute.</summary>
public abstract record AttributeValue
{
    private AttributeValue() { }

    /// <summary>An integer.</summary>
    public sealed record Int(long Value) : AttributeValue;

    /// <summary>A float.</summary>
    public sealed record Float(float Value) : AttributeValue;

    /// <summary>Text.</summary>
    public sealed record Text(string Value) : AttributeValue;

    /// <summary>A tensor.</summary>
    public sealed record OfTensor(Tensor Value) : AttributeValue;

    /// <summary>A subgraph; it may take values of the graphs around it.</summary>
    public sealed record OfGraph(Graph Value) : AttributeValue;

    /// <summary>The type of a value.</summary>
    public sealed record OfType(TensorType Value) : AttributeValue;

    /// <summary>Integers.</summary>
    public sealed record Ints(ImmutableArray<long> Values) : AttributeValue;

    /// <summary>Floats.</summary>
    public sealed record Floats(ImmutableArray<float> Values) : AttributeValue;

    /// <summary>Texts.</summary>
    public sealed record TextList(ImmutableArray<string> Values) : AttributeValue;
}
