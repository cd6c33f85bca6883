namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>One element of an XML file with everything in it, and where it stands.</summary>
internal sealed class XmlTree(string name, int line, int column, XmlTree? parent)
{
    private List<(string Name, string Value)>? _attributes;
    private List<XmlTree>? _children;

    public string Name { get; } = name;

    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>Text directly in it, trimmed; "" where it has none.</summary>
    public string Text { get; set; } = "";

    public IReadOnlyList<XmlTree> Children => _children ?? (IReadOnlyList<XmlTree>)[];

    /// <summary>"commonRoad/lanelet[@id=5]/leftBound".</summary>
    public string Path
    {
        get
        {
            string own = Attribute("id") is { } id ? $"{Name}[@id={Shorten(id)}]" : Name;
            return parent is null ? own : parent.Path + "/" + own;
        }
    }

    public string? Attribute(string name)
    {
        if (_attributes is null)
            return null;
        foreach ((string key, string value) in _attributes)
        {
            if (key == name)
                return value;
        }
        return null;
    }

    /// <summary>The first child of a name, or null.</summary>
    public XmlTree? Child(string name)
    {
        foreach (XmlTree child in Children)
        {
            if (child.Name == name)
                return child;
        }
        return null;
    }

    public void Add(string attribute, string value) => (_attributes ??= []).Add((attribute, value));

    public void Add(XmlTree child) => (_children ??= []).Add(child);

    /// <summary>At most 40 characters, for messages about text that anyone may have written.</summary>
    public static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
