using System.Text;

namespace SimEval.Node.Configuration.Hocon;

/// <summary>
/// Replaces substitutions, joins concatenations and merges objects.
/// <para>
/// A field may be given several values; a substitution that points back, directly or over others, at a value that is being
/// resolved sees only the values below it ("look back"), so that <c>path = ${path}":/opt"</c> and <c>+=</c> work. A field
/// that depends on itself without a value below is a cycle.
/// </para>
/// </summary>
internal sealed class HoconResolver(HoconMap root, Func<string, string?> environment, HoconLimits limits)
{
    // Far below what the stack holds, far above what anybody writes.
    private const int MostNested = 256;

    private readonly HashSet<HoconNode> _open = new(ReferenceEqualityComparer.Instance);
    private int _steps;
    private int _depth;
    private long _characters;

    /// <summary>The whole configuration.</summary>
    public HoconObject Resolve() => ResolveMap(root);

    private HoconObject ResolveMap(HoconMap map)
    {
        var fields = new OrderedDictionary<string, HoconValue>(StringComparer.Ordinal);
        foreach (var key in map.Keys)
        {
            var stack = map.ValuesOf(key);
            var value = ResolveStack(stack, out var isCycle);
            if (isCycle)
            {
                throw new HoconException(stack[^1].Origin, $"'{HoconPath.Render([key])}' depends on itself");
            }
            if (value is not null)
            {
                fields[key] = value;
            }
        }
        return new HoconObject(map.Origin, fields);
    }

    // The highest value that is defined; objects below it show through where it is an object too.
    private HoconValue? ResolveStack(IReadOnlyList<HoconNode> stack, out bool isCycle)
    {
        var usable = CountBelowOpen(stack);
        isCycle = usable == 0 && stack.Count > 0;
        HoconValue? top = null;
        for (var i = usable - 1; i >= 0; i--)
        {
            var value = ResolveNode(stack[i]);
            if (value is null)
            {
                continue;
            }
            if (top is HoconObject above)
            {
                if (value is not HoconObject below)
                {
                    break;
                }
                top = Merge(below, above);
            }
            else
            {
                top = value;
                if (value is not HoconObject)
                {
                    break;
                }
            }
        }
        return top;
    }

    private int CountBelowOpen(IReadOnlyList<HoconNode> stack)
    {
        for (var i = 0; i < stack.Count; i++)
        {
            if (_open.Contains(stack[i]))
            {
                return i;
            }
        }
        return stack.Count;
    }

    private HoconValue? ResolveNode(HoconNode node)
    {
        if (++_steps > limits.Steps)
        {
            throw new HoconException(node.Origin, $"the configuration multiplies to more than {limits.Steps} values");
        }
        if (++_depth > MostNested)
        {
            throw new HoconException(node.Origin, $"values and substitutions nest deeper than {MostNested}");
        }
        try
        {
            return node switch
            {
                HoconText text => new HoconScalar(text.Origin, text.Text, text.Quoted),
                HoconResolved resolved => resolved.Value,
                HoconMap map => ResolveMap(map),
                HoconList list => ResolveList(list),
                HoconSubstitution substitution => ResolveOpen(substitution, () => Substitute(substitution)),
                HoconConcatenation pieces => ResolveOpen(pieces, () => Concatenate(pieces)),
                _ => throw new InvalidOperationException($"no rule for {node.GetType().Name}"),
            };
        }
        finally
        {
            _depth--;
        }
    }

    private HoconValue? ResolveOpen(HoconNode node, Func<HoconValue?> resolve)
    {
        _open.Add(node);
        var value = resolve();
        _open.Remove(node);
        return value;
    }

    private HoconArray ResolveList(HoconList list)
    {
        var items = new List<HoconValue>(list.Items.Count);
        foreach (var item in list.Items)
        {
            if (_open.Contains(item))
            {
                throw new HoconException(item.Origin, "an array depends on itself");
            }
            if (ResolveNode(item) is { } value)
            {
                items.Add(value);
            }
        }
        return new HoconArray(list.Origin, items);
    }

    private HoconValue? Substitute(HoconSubstitution substitution)
    {
        var isCycle = false;
        string[][] candidates =
            substitution.Prefix.Count == 0
                ?
                [
                    [.. substitution.Path],
                ]
                :
                [
                    [.. substitution.Prefix, .. substitution.Path],
                    [.. substitution.Path],
                ];
        foreach (var path in candidates)
        {
            if (ResolveStack(StackOf(path), out var cycles) is { } value)
            {
                return value;
            }
            isCycle |= cycles;
        }
        if (FromEnvironment(substitution) is { } variable)
        {
            return variable;
        }
        if (substitution.Optional)
        {
            return null;
        }
        throw new HoconException(
            substitution.Origin,
            isCycle
                ? $"{substitution.Text} depends on itself"
                : $"{substitution.Text} is defined neither in the configuration nor in the environment; ${{?...}} may be absent"
        );
    }

    private HoconValue? FromEnvironment(HoconSubstitution substitution)
    {
        var name = string.Join('.', substitution.Path);
        if (!substitution.IsList)
        {
            return environment(name) is { } text ? new HoconScalar(substitution.Origin, text, Quoted: true) : null;
        }
        var items = new List<HoconValue>();
        while (items.Count < limits.Steps && environment($"{name}_{items.Count}") is { } item)
        {
            items.Add(new HoconScalar(substitution.Origin, item, Quoted: true));
        }
        return items.Count > 0 ? new HoconArray(substitution.Origin, items) : null;
    }

    // Every value given to a path, lowest first, without resolving the objects on the way: that is what lets one field of
    // an object name another.
    private IReadOnlyList<HoconNode> StackOf(string[] path)
    {
        IReadOnlyList<HoconNode> stack = root.ValuesOf(path[0]);
        foreach (var key in path.AsSpan(1))
        {
            var inner = new List<HoconNode>();
            foreach (var node in stack.TakeWhile(node => !_open.Contains(node) || HasFields(node)))
            {
                Look(node, key, inner);
            }
            stack = inner;
        }
        return stack;
    }

    // The fields of an object that is merged with others on its line can be seen while they are being merged.
    private static bool HasFields(HoconNode node) =>
        node is HoconConcatenation { Pieces: var pieces } && pieces.Any(piece => piece is HoconMap);

    private void Look(HoconNode node, string key, List<HoconNode> found)
    {
        switch (node)
        {
            case HoconMap map:
                found.AddRange(map.ValuesOf(key));
                break;
            case HoconConcatenation concatenation when HasFields(node):
                foreach (var piece in concatenation.Pieces)
                {
                    if (piece is not HoconText { IsSpace: true })
                    {
                        Look(piece, key, found);
                    }
                }
                break;
            case HoconText or HoconList:
                found.Clear();
                break;
            default:
                if (!_open.Contains(node))
                {
                    LookResolved(ResolveNode(node), key, found);
                }
                break;
        }
    }

    private static void LookResolved(HoconValue? value, string key, List<HoconNode> found)
    {
        switch (value)
        {
            case HoconObject inner when inner.Fields.TryGetValue(key, out var field):
                found.Add(new HoconResolved(field.Origin, field));
                break;
            case HoconScalar or HoconArray:
                found.Clear();
                break;
            default:
                break;
        }
    }

    private HoconValue? Concatenate(HoconConcatenation concatenation)
    {
        var values = new List<HoconValue>();
        var hasCollection = false;
        var isDefined = false;
        foreach (var piece in concatenation.Pieces)
        {
            if (ResolveNode(piece) is { } value)
            {
                values.Add(value);
                hasCollection |= value is HoconObject or HoconArray;
                isDefined |= piece is not HoconText { IsSpace: true };
            }
        }
        if (!isDefined)
        {
            return null;
        }
        return hasCollection ? JoinCollections(concatenation, values) : JoinTexts(concatenation, values);
    }

    private HoconScalar JoinTexts(HoconConcatenation concatenation, List<HoconValue> values)
    {
        var text = new StringBuilder();
        foreach (var value in values.Cast<HoconScalar>())
        {
            _characters += value.Text.Length;
            if (_characters > limits.Characters)
            {
                throw new HoconException(
                    concatenation.Origin,
                    $"the configuration's texts multiply to more than {limits.Characters} characters"
                );
            }
            text.Append(value.Text);
        }
        return new HoconScalar(concatenation.Origin, text.ToString(), Quoted: true);
    }

    private static HoconValue JoinCollections(HoconConcatenation concatenation, List<HoconValue> values)
    {
        HoconValue? joined = null;
        foreach (var value in values.Where(v => v is not HoconScalar scalar || !string.IsNullOrWhiteSpace(scalar.Text)))
        {
            joined = (joined, value) switch
            {
                (null, _) => value,
                (HoconObject below, HoconObject above) => Merge(below, above),
                (HoconArray first, HoconArray second) => first with { Items = [.. first.Items, .. second.Items] },
                _ => throw new HoconException(
                    value.Origin == joined.Origin ? concatenation.Origin : value.Origin,
                    $"{joined.Describe()} and {value.Describe()} cannot stand side by side: objects merge with objects, arrays with arrays, texts with texts"
                ),
            };
        }
        return joined!;
    }

    private static HoconObject Merge(HoconObject below, HoconObject above)
    {
        var fields = new OrderedDictionary<string, HoconValue>(StringComparer.Ordinal);
        foreach (var (key, value) in below.Fields)
        {
            fields[key] = value;
        }
        foreach (var (key, value) in above.Fields)
        {
            fields[key] =
                value is HoconObject high && fields.TryGetValue(key, out var under) && under is HoconObject low
                    ? Merge(low, high)
                    : value;
        }
        return new HoconObject(above.Origin, fields);
    }
}
