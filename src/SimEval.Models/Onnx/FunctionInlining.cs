using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>
/// Writes the functions that a model defines in the place of their calls: a graph then has operators only. What a function
/// names inside gets the call's number before it, so that calls share no value.
/// </summary>
internal sealed class FunctionInlining
{
    private const int MostInside = 100;
    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> functions = [];
    private readonly Stack<FunctionProto> open = new();
    private readonly OnnxLimits limits;
    private long left;
    private int calls;

    private FunctionInlining(ModelProto model, OnnxLimits limits)
    {
        (this.limits, left) = (limits, limits.Parts);
        foreach (var function in model.Functions)
        {
            if (!functions.TryAdd((Domain(function.Domain), function.Name, function.Overload), function))
                throw new OnnxFormatException($"the model defines the function '{function.Name}' twice");
            RequireVersions(model, function);
        }
    }

    /// <summary>Changes a model so that nothing calls its functions. Throws <see cref="OnnxFormatException"/> where one calls
    /// itself, is called with too much, is written for another version of an operator set, or makes too large a graph.</summary>
    public static void Apply(ModelProto model, OnnxLimits limits)
    {
        if (model.Functions.Count > 0)
            new FunctionInlining(model, limits).Expand(model.Graph);
    }

    // A body may use operator sets that the graph itself does not.
    private static void RequireVersions(ModelProto model, FunctionProto function)
    {
        foreach (var set in function.OpsetImport)
        {
            var own = model.OpsetImport.FirstOrDefault(other => Domain(other.Domain) == Domain(set.Domain));
            if (own is null)
                model.OpsetImport.Add(set.Clone());
            else if (own.Version != set.Version)
                throw new OnnxFormatException(
                    $"the function '{function.Name}' is written for version {set.Version} of operator set '{Domain(set.Domain)}', the model for {own.Version}; SimEval reads functions of the model's versions"
                );
        }
    }

    private void Expand(GraphProto graph)
    {
        var nodes = graph.Node.ToList();
        graph.Node.Clear();
        foreach (var node in nodes)
            graph.Node.AddRange(Expanded(node));
    }

    private IEnumerable<NodeProto> Expanded(NodeProto node)
    {
        if (!functions.TryGetValue((Domain(node.Domain), node.OpType, node.Overload), out var function))
        {
            foreach (var graph in node.Attribute.SelectMany(GraphsOf))
                Expand(graph);
            return [node];
        }

        if (open.Contains(function))
            throw new OnnxFormatException($"the function '{function.Name}' calls itself");
        if (open.Count == MostInside)
            throw new OnnxFormatException($"more than {MostInside} functions call each other, one inside the other");
        if (node.Input.Count > function.Input.Count || node.Output.Count > function.Output.Count)
            throw new OnnxFormatException(
                $"the function '{function.Name}' takes {function.Input.Count} values and gives {function.Output.Count}; node '{node.Name}' calls it with {node.Input.Count} and asks for {node.Output.Count}"
            );
        open.Push(function);
        var call = new Call(node, function, $"{node.OpType}:{calls++}/");
        var body = new List<NodeProto>();
        foreach (var inner in function.Node.Select(call.Rewritten).Concat(call.PassedOn()))
        {
            // A chain of functions that call each other twice doubles with each: a small file must not fill the memory.
            left -= 1 + inner.Input.Count + inner.Output.Count + inner.Attribute.Count;
            if (left < 0)
                throw new OnnxFormatException(
                    $"the model's functions, written in the place of their calls, make more than {limits.Parts:N0} parts"
                );
            body.AddRange(Expanded(inner));
        }

        open.Pop();
        return body;
    }

    private static IEnumerable<GraphProto> GraphsOf(AttributeProto attribute) =>
        attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G);

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>One call: what the function's names stand for there.</summary>
    private sealed class Call
    {
        private readonly string prefix;
        private readonly NodeProto node;
        private readonly FunctionProto function;
        private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
        private readonly Dictionary<string, AttributeProto> attributes = new(StringComparer.Ordinal);

        public Call(NodeProto node, FunctionProto function, string prefix)
        {
            (this.node, this.function, this.prefix) = (node, function, prefix);
            for (var i = 0; i < function.Input.Count; i++)
                names[function.Input[i]] = i < node.Input.Count ? node.Input[i] : "";
            for (var i = 0; i < Math.Min(function.Output.Count, node.Output.Count); i++)
            {
                // An output that is one of the inputs is passed on by a node of its own.
                if (node.Output[i].Length > 0 && !IsPassedOn(i))
                    names[function.Output[i]] = node.Output[i];
            }

            foreach (var attribute in function.AttributeProto.Concat(node.Attribute))
                attributes[attribute.Name] = attribute;
        }

        public NodeProto Rewritten(NodeProto inner)
        {
            var copy = inner.Clone();
            if (copy.Name.Length > 0)
                copy.Name = prefix + copy.Name;
            Rename(copy.Input);
            Rename(copy.Output);
            var own = copy.Attribute.Select(Resolved).OfType<AttributeProto>().ToList();
            copy.Attribute.Clear();
            copy.Attribute.AddRange(own);
            return copy;
        }

        /// <summary>Nodes for outputs that are inputs, or the same value as an output before them.</summary>
        public IEnumerable<NodeProto> PassedOn()
        {
            for (var i = 0; i < node.Output.Count; i++)
            {
                if (node.Output[i].Length == 0 || !IsPassedOn(i))
                    continue;
                var identity = new NodeProto { OpType = "Identity", Name = $"{prefix}{function.Output[i]}" };
                identity.Input.Add(Name(function.Output[i]));
                identity.Output.Add(node.Output[i]);
                yield return identity;
            }
        }

        private bool IsPassedOn(int output) =>
            function.Input.Contains(function.Output[output])
            || function.Output.Take(output).Contains(function.Output[output]);

        // Null: it refers to an attribute that is neither given nor has a default.
        private AttributeProto? Resolved(AttributeProto attribute)
        {
            if (attribute.RefAttrName.Length > 0)
            {
                if (!attributes.TryGetValue(attribute.RefAttrName, out var given))
                    return null;
                var named = given.Clone();
                named.Name = attribute.Name;
                return named;
            }

            foreach (var graph in GraphsOf(attribute))
                Rename(graph);
            return attribute;
        }

        private void Rename(GraphProto graph)
        {
            foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
                value.Name = Name(value.Name);
            foreach (var tensor in graph.Initializer)
                tensor.Name = Name(tensor.Name);
            var nodes = graph.Node.Select(Rewritten).ToList();
            graph.Node.Clear();
            graph.Node.AddRange(nodes);
        }

        private void Rename(IList<string> values)
        {
            for (var i = 0; i < values.Count; i++)
                values[i] = Name(values[i]);
        }

        private string Name(string name) =>
            name.Length == 0 ? ""
            : names.TryGetValue(name, out var given) ? given
            : prefix + name;
    }
}
