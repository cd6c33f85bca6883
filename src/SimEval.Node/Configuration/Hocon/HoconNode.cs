namespace SimEval.Node.Configuration.Hocon;

/// <summary>A value as written, before substitutions.</summary>
internal abstract record HoconNode(HoconOrigin Origin);

/// <summary>Text in quotes, or unquoted text that may yet be a number, a boolean or null.</summary>
internal sealed record HoconText(HoconOrigin Origin, string Text, bool Quoted) : HoconNode(Origin)
{
    /// <summary>Whether it is the white space between two values of a concatenation.</summary>
    public bool IsSpace { get; init; }
}

/// <summary>An array.</summary>
internal sealed record HoconList(HoconOrigin Origin, IReadOnlyList<HoconNode> Items) : HoconNode(Origin);

/// <summary>A substitution: ${path}, or ${?path} which may be absent.</summary>
/// <param name="Origin">Where.</param>
/// <param name="Path">Path elements as written.</param>
/// <param name="Prefix">The place at which its file was included: the path is tried under it first.</param>
/// <param name="Optional">Whether absence is no error.</param>
/// <param name="IsList">${path[]}: an environment variable that holds a list as path_0, path_1, ...</param>
internal sealed record HoconSubstitution(
    HoconOrigin Origin,
    IReadOnlyList<string> Path,
    IReadOnlyList<string> Prefix,
    bool Optional,
    bool IsList
) : HoconNode(Origin)
{
    /// <summary>As written.</summary>
    public string Text => $"${{{(Optional ? "?" : "")}{HoconPath.Render(Path)}{(IsList ? "[]" : "")}}}";
}

/// <summary>Values side by side on one line: strings join, arrays append, objects merge.</summary>
/// <param name="Origin">Where.</param>
/// <param name="Pieces">In order; white space between simple values is a piece of its own.</param>
internal sealed record HoconConcatenation(HoconOrigin Origin, IReadOnlyList<HoconNode> Pieces) : HoconNode(Origin);

/// <summary>
/// An object. Each key keeps every value it was given, lowest first: a later object merges with an earlier one, and a
/// substitution may look back at what it replaces.
/// </summary>
internal sealed record HoconMap(HoconOrigin Origin) : HoconNode(Origin)
{
    private readonly Dictionary<string, List<HoconNode>> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Keys in the order in which they first appeared.</summary>
    public IReadOnlyList<string> Keys => _order;

    /// <summary>All values of a key, lowest first; empty when absent.</summary>
    public IReadOnlyList<HoconNode> ValuesOf(string key) => _fields.TryGetValue(key, out var values) ? values : [];

    /// <summary>Adds a value on top of those before it.</summary>
    public void Add(string key, HoconNode value)
    {
        if (!_fields.TryGetValue(key, out var values))
        {
            _fields[key] = values = [];
            _order.Add(key);
        }
        switch (value)
        {
            // Two plain objects merge at once, so that each of their keys keeps its own history.
            case HoconMap map when values is [.., HoconMap below]:
                below.Merge(map);
                break;
            case HoconText or HoconList { Items.Count: 0 }:
                values.Clear();
                values.Add(value);
                break;
            case HoconMap map:
                values.Add(map.Copy());
                break;
            default:
                values.Add(value);
                break;
        }
    }

    /// <summary>Adds a value at a path, making the objects between.</summary>
    public void Add(ReadOnlySpan<string> path, HoconNode value)
    {
        for (var i = path.Length - 1; i > 0; i--)
        {
            var inner = new HoconMap(value.Origin);
            inner.Add(path[i], value);
            value = inner;
        }
        Add(path[0], value);
    }

    /// <summary>Adds every field of another object on top.</summary>
    public void Merge(HoconMap above)
    {
        foreach (var key in above.Keys)
        {
            foreach (var value in above.ValuesOf(key))
            {
                Add(key, value);
            }
        }
    }

    private HoconMap Copy()
    {
        var copy = new HoconMap(Origin);
        copy.Merge(this);
        return copy;
    }
}

/// <summary>A value that was resolved on the way to another.</summary>
internal sealed record HoconResolved(HoconOrigin Origin, HoconValue Value) : HoconNode(Origin);
