using System.Text;

namespace SimEval.Node.Configuration.Hocon;

/// <summary>Builds a path from tokens: dots split unquoted text, quotes protect, inner white space belongs to an element.</summary>
internal sealed class HoconPathReader(HoconOrigin origin)
{
    private readonly List<string> _elements = [];
    private readonly StringBuilder _element = new();
    private string _space = "";
    private bool _hasElement;
    private bool _sawAny;

    /// <summary>Whether nothing but white space came.</summary>
    public bool IsEmpty => !_sawAny;

    /// <summary>Takes the next token: quoted, unquoted or white space.</summary>
    public void Add(HoconToken token)
    {
        switch (token.Kind)
        {
            case HoconTokenKind.Space:
                _space = _sawAny ? _space + token.Text : "";
                return;
            case HoconTokenKind.Quoted:
                Append(token.Text);
                return;
            default:
                AddUnquoted(token.Text);
                return;
        }
    }

    /// <summary>The path.</summary>
    public string[] Finish()
    {
        EndElement();
        return [.. _elements];
    }

    private void AddUnquoted(string text)
    {
        var parts = text.Split('.');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0)
            {
                EndElement();
            }
            if (parts[i].Length > 0)
            {
                Append(parts[i]);
            }
        }
        _sawAny = true;
    }

    private void Append(string text)
    {
        if (_hasElement)
        {
            _element.Append(_space);
        }
        _space = "";
        _element.Append(text);
        _hasElement = true;
        _sawAny = true;
    }

    private void EndElement()
    {
        if (!_hasElement)
        {
            throw new HoconException(
                origin,
                "a path has an empty element: write one dot between names, or \"\" for an empty name"
            );
        }
        _elements.Add(_element.ToString());
        _element.Clear();
        _hasElement = false;
        _space = "";
    }
}
