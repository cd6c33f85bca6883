namespace SimEval.Node.Configuration.Hocon;

/// <summary>What a token is.</summary>
internal enum HoconTokenKind
{
    /// <summary>A run of unquoted characters.</summary>
    Unquoted,

    /// <summary>Text in quotes, unescaped.</summary>
    Quoted,

    /// <summary>White space on a line.</summary>
    Space,

    /// <summary>End of a line.</summary>
    Newline,

    /// <summary>"${" or "${?".</summary>
    SubstitutionStart,

    /// <summary>One of { } [ ] , : = or "+=".</summary>
    Punctuation,

    /// <summary>End of the text.</summary>
    End,
}

/// <summary>One token; its text is unescaped for quoted ones.</summary>
internal readonly record struct HoconToken(HoconTokenKind Kind, string Text, HoconOrigin Origin)
{
    /// <summary>Whether it is this punctuation.</summary>
    public bool Is(string punctuation) => Kind == HoconTokenKind.Punctuation && Text == punctuation;

    /// <summary>For messages.</summary>
    public string Describe() =>
        Kind switch
        {
            HoconTokenKind.End => "the end of the file",
            HoconTokenKind.Newline => "the end of the line",
            HoconTokenKind.Space => "white space",
            HoconTokenKind.Quoted => $"\"{Text}\"",
            _ => $"'{Text}'",
        };
}
