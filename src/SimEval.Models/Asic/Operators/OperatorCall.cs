using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Operators;

/// <summary>One instruction with the sizes of its inputs: what a rule makes a step from. A missing or misfitting part is refused by name.</summary>
/// <param name="node">The instruction.</param>
/// <param name="inputs">Its inputs; null for one left out.</param>
/// <param name="opset">Version of ONNX's operator set that the program follows.</param>
/// <param name="product">Makes exact products.</param>
/// <param name="cache">Holds weights that are laid out already.</param>
public sealed class OperatorCall(
    Node node,
    IReadOnlyList<Operand?> inputs,
    long opset,
    IInt8Product product,
    PackedCache cache
)
{
    /// <summary>The instruction.</summary>
    public Node Node => node;

    /// <summary>Version of ONNX's operator set.</summary>
    public long Opset => opset;

    /// <summary>Makes exact products.</summary>
    public IInt8Product Product => product;

    /// <summary>Holds weights that are laid out already.</summary>
    public PackedCache Cache => cache;

    /// <summary>Its inputs; null for one left out.</summary>
    public IReadOnlyList<Operand?> Inputs => inputs;

    /// <summary>Number of inputs, those left out included.</summary>
    public int InputCount => inputs.Count;

    /// <summary>Number of outputs asked for.</summary>
    public int OutputCount => node.Outputs.Length;

    /// <summary>An input that must be there.</summary>
    public Operand this[int input] => Optional(input) ?? throw Refused($"its input {input} is missing");

    /// <summary>An input, or null when it is left out.</summary>
    public Operand? Optional(int input) => input < inputs.Count ? inputs[input] : null;

    /// <summary>An integer attribute.</summary>
    public long Int(string name, long otherwise) =>
        node.Attributes.GetValueOrDefault(name) switch
        {
            null => otherwise,
            AttributeValue.Int(var value) => value,
            _ => throw Refused($"its attribute '{name}' is no integer"),
        };

    /// <summary>A float attribute.</summary>
    public float Float(string name, float otherwise) =>
        node.Attributes.GetValueOrDefault(name) switch
        {
            null => otherwise,
            AttributeValue.Float(var value) => value,
            _ => throw Refused($"its attribute '{name}' is no float"),
        };

    /// <summary>A text attribute.</summary>
    public string Text(string name, string otherwise) =>
        node.Attributes.GetValueOrDefault(name) switch
        {
            null => otherwise,
            AttributeValue.Text(var value) => value,
            _ => throw Refused($"its attribute '{name}' is no text"),
        };

    /// <summary>An attribute of integers, or null.</summary>
    public long[]? Ints(string name) =>
        node.Attributes.GetValueOrDefault(name) switch
        {
            null => null,
            AttributeValue.Ints(var values) => [.. values],
            _ => throw Refused($"its attribute '{name}' is no list of integers"),
        };

    /// <summary>Integers that are an attribute in older operator sets and an input in newer ones; null where neither is given.</summary>
    public long[]? Ints(string attribute, int input) => Ints(attribute) ?? KnownInts(input);

    /// <summary>Integers of an input that must be known before a run; null where the input is left out.</summary>
    public long[]? KnownInts(int input)
    {
        if (Optional(input) is not { } operand)
            return null;
        if (operand.Known is not { } known)
            throw Refused(
                $"its input {input} ({node.Inputs[input]}) is computed from data, where a board needs a constant"
            );
        return known.Type switch
        {
            ElementType.Int64 => known.Span<long>().ToArray(),
            ElementType.Int32 => [.. known.Span<int>().ToArray().Select(value => (long)value)],
            _ => throw Refused($"its input {input} holds {known}, where integers are expected"),
        };
    }

    /// <summary>A number of an input that must be known before a run; null where the input is left out.</summary>
    public float? KnownFloat(int input)
    {
        if (Optional(input) is not { } operand)
            return null;
        if (operand.Known is not { Type: ElementType.Float32, Count: 1 } known)
            throw Refused($"its input {input} ({node.Inputs[input]}) must be one constant float32");
        return known.Span<float>()[0];
    }

    /// <summary>An axis from 0; counted from the end where it is negative.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Refused($"axis {axis} is outside a tensor of {rank} axes");

    /// <summary>Refuses inputs of other element types.</summary>
    public void Require(int input, params ReadOnlySpan<ElementType> types)
    {
        if (!types.Contains(this[input].Type))
            throw Refused(
                $"its input {input} is {this[input]}; the emulator computes it for {string.Join(", ", types.ToArray().Select(type => type.Name()))}"
            );
    }

    /// <summary>The error that this instruction cannot be laid out.</summary>
    public CompileException Refused(string why) => new(node, why, OperatorRules.NameOf(node));
}
