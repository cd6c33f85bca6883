using System.Collections.Immutable;
using System.Text;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Torch;

/// <summary>
/// Lowers an ONNX graph to the program that src/native/torch/program.h describes: one call for each node, by the operator's
/// name; what a call does is in the native library's tables. Constants that no node takes are left out.
/// </summary>
internal sealed class GraphLowering
{
    private const string Conditional = "If";

    private readonly OnnxModel model;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly BinaryWriter writer;

    private GraphLowering(OnnxModel model, BinaryWriter writer) => (this.model, this.writer) = (model, writer);

    /// <summary>
    /// The program's bytes. Throws <see cref="ModelException"/> where a node cannot be written; whether an operator is lowered,
    /// the native library says when it reads them.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="given">Names of the values that a forward gives.</param>
    public static byte[] Lower(OnnxModel model, IReadOnlyList<string> given)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        new GraphLowering(model, writer).Write(given);
        writer.Flush();
        return bytes.ToArray();
    }

    private void Write(IReadOnlyList<string> given)
    {
        var graph = model.Graph;
        var constants = new Dictionary<string, Tensor>(graph.Initializers, StringComparer.Ordinal);
        var nodes = graph.Nodes;
        var branches = nodes.SelectMany(BranchesOf).ToList();
        foreach (var (name, tensor) in branches.SelectMany(branch => branch.Initializers))
            constants[name] = tensor;
        var taken = nodes.SelectMany(TakenBy).Concat(given).ToHashSet(StringComparer.Ordinal);
        foreach (var name in graph.Inputs.Select(input => input.Name).Concat(constants.Keys.Where(taken.Contains)))
            ids.TryAdd(name, ids.Count);
        var all = nodes.Concat(branches.SelectMany(branch => branch.Nodes));
        foreach (var name in all.SelectMany(node => node.Outputs).Where(name => name.Length > 0))
            ids.TryAdd(name, ids.Count);
        var values = ids.Count;
        writer.Write("SEP1"u8);
        writer.Write(values);
        WriteIds(graph.Inputs.Select(input => input.Name));
        WriteIds(given);
        var held = constants.Where(entry => taken.Contains(entry.Key)).ToList();
        writer.Write(held.Count);
        foreach (var (name, tensor) in held)
        {
            writer.Write(ids[name]);
            Write(tensor);
        }

        WriteNodes(nodes, held.Select(entry => entry.Key).Concat(given).ToHashSet(StringComparer.Ordinal));
    }

    /// <param name="nodes">The nodes.</param>
    /// <param name="kept">Values that are not given up after their last use; null: none is.</param>
    private void WriteNodes(ImmutableArray<Node> nodes, HashSet<string>? kept)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Length && kept is not null; i++)
        {
            foreach (var name in TakenBy(nodes[i]).Concat(nodes[i].Outputs).Where(name => name.Length > 0))
                last[name] = i;
        }

        var over = last.Where(entry => !kept!.Contains(entry.Key)).ToLookup(entry => entry.Value, entry => entry.Key);
        writer.Write(nodes.Length);
        for (var i = 0; i < nodes.Length; i++)
            Write(nodes[i], over[i].Where(ids.ContainsKey));
    }

    // The graphs inside a node, and inside those.
    private static IEnumerable<Graph> BranchesOf(Node node) =>
        node
            .Attributes.Values.OfType<AttributeValue.OfGraph>()
            .SelectMany(branch => branch.Value.Nodes.SelectMany(BranchesOf).Prepend(branch.Value));

    private static IEnumerable<string> TakenBy(Node node) =>
        BranchesOf(node)
            .SelectMany(branch =>
                branch.Nodes.SelectMany(inner => inner.Inputs).Concat(branch.Outputs.Select(output => output.Name))
            )
            .Concat(node.Inputs);

    private void Write(Node node, IEnumerable<string> over)
    {
        if (node.Domain.Length > 0)
            throw NotLowered($"{node.Domain}.{node.Operator}");
        if (node.Operator != Conditional && BranchesOf(node).Any())
            throw NotLowered(node.Operator);
        Write(node.Operator);
        Write(node.Name);
        writer.Write(model.Opsets.GetValueOrDefault("", 1));
        WriteIds(node.Inputs);
        WriteIds(node.Outputs);
        var attributes = node.Attributes.Where(entry => entry.Value is not AttributeValue.OfType).ToList();
        writer.Write(attributes.Count);
        foreach (var (name, value) in attributes)
        {
            Write(name);
            Write(value, node);
        }

        WriteIds(over);
    }

    private void Write(AttributeValue value, Node node)
    {
        switch (value)
        {
            case AttributeValue.Int number:
                writer.Write(1);
                writer.Write(number.Value);
                break;
            case AttributeValue.Float number:
                writer.Write(2);
                writer.Write(number.Value);
                break;
            case AttributeValue.Text text:
                writer.Write(3);
                Write(text.Value);
                break;
            case AttributeValue.TextList texts:
                writer.Write(3);
                Write(string.Join('\n', texts.Values));
                break;
            case AttributeValue.Ints numbers:
                writer.Write(4);
                writer.Write(numbers.Values.Length);
                foreach (var number in numbers.Values)
                    writer.Write(number);
                break;
            case AttributeValue.Floats numbers:
                writer.Write(5);
                writer.Write(numbers.Values.Length);
                foreach (var number in numbers.Values)
                    writer.Write(number);
                break;
            case AttributeValue.OfTensor tensor:
                writer.Write(6);
                Write(tensor.Value);
                break;
            case AttributeValue.OfGraph branch:
                writer.Write(7);
                // What a branch makes is kept until the forward ends.
                WriteNodes(branch.Value.Nodes, null);
                WriteIds(branch.Value.Outputs.Select(output => output.Name));
                break;
            default:
                throw NotLowered(node.Operator);
        }
    }

    private void Write(Tensor tensor)
    {
        if (tensor.Type == ElementType.Text)
            throw new ModelException(ModelFault.Unsupported, "element type string is not lowered to torch");
        writer.Write((int)tensor.Type);
        writer.Write(tensor.Dims.Count);
        foreach (var size in tensor.Dims)
            writer.Write(size);
        writer.Write((long)tensor.Data.Length);
        writer.Write(tensor.Data.Span);
    }

    private void Write(string text)
    {
        var encoded = Encoding.UTF8.GetBytes(text);
        writer.Write(encoded.Length);
        writer.Write(encoded);
    }

    private void WriteIds(IEnumerable<string> names)
    {
        var all = names.Select(name => name.Length == 0 ? -1 : IdOf(name)).ToList();
        writer.Write(all.Count);
        foreach (var id in all)
            writer.Write(id);
    }

    private int IdOf(string name) =>
        ids.TryGetValue(name, out var id)
            ? id
            : throw new ModelException(ModelFault.Unreadable, $"the graph takes value '{name}', which nothing gives");

    private static ModelException NotLowered(string name) =>
        new(ModelFault.Unsupported, $"op not lowered to torch: {name}");
}
