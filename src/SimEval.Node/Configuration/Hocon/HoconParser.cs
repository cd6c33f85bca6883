namespace SimEval.Node.Configuration.Hocon;

/// <summary>Reads one text into an object of values as written; includes are read where they stand.</summary>
internal sealed class HoconParser
{
    private readonly List<HoconToken> _tokens;
    private readonly HoconIncluder _includer;
    private readonly HoconLimits _limits;
    private readonly string[] _prefix;
    private int _at;
    private int _depth;

    private HoconParser(string text, string source, IReadOnlyList<string> prefix, HoconIncluder includer)
    {
        _limits = includer.Limits;
        if (text.Length > _limits.FileCharacters)
        {
            throw new HoconException(
                new HoconOrigin(source, 1, 1),
                $"the file has {text.Length} characters, more than {_limits.FileCharacters}"
            );
        }
        _tokens = new HoconLexer(text, source).ReadAll();
        _includer = includer;
        _prefix = [.. prefix];
    }

    /// <summary>Parses a file that was included at <paramref name="prefix"/> (empty for the first).</summary>
    public static HoconMap Parse(string text, string source, IReadOnlyList<string> prefix, HoconIncluder includer) =>
        new HoconParser(text, source, prefix, includer).ParseRoot();

    private HoconToken Current => _tokens[_at];

    private HoconMap ParseRoot()
    {
        SkipSpaceAndNewlines();
        var root = new HoconMap(Current.Origin);
        if (Current.Is("["))
        {
            throw Error("a configuration is an object: it cannot start with [");
        }
        var braced = Current.Is("{");
        if (braced)
        {
            _at++;
        }
        ParseFields(root, [], braced ? "}" : null);
        SkipSpaceAndNewlines();
        return Current.Kind == HoconTokenKind.End
            ? root
            : throw Error($"{Current.Describe()} after the end of the object");
    }

    // Fields up to the closing brace, or to the end of the text when there is none.
    private void ParseFields(HoconMap map, IReadOnlyList<string> path, string? close)
    {
        Descend();
        SkipSpaceAndNewlines();
        while (!AtEnd(close))
        {
            if (!TryParseInclude(map, path))
            {
                ParseField(map, path);
            }
            ParseSeparator(close ?? "the end of the file", close);
        }
        _at += close is null ? 0 : 1;
        _depth--;
    }

    private bool AtEnd(string? close)
    {
        if (close is not null && Current.Is(close))
        {
            return true;
        }
        if (Current.Kind != HoconTokenKind.End)
        {
            return false;
        }
        return close is null ? true : throw Error($"'{close}' is missing");
    }

    // Elements are separated by one comma or by newlines; a comma may trail.
    private void ParseSeparator(string expected, string? close)
    {
        SkipSpace();
        var separated = Current.Kind == HoconTokenKind.Newline;
        SkipSpaceAndNewlines();
        if (Current.Is(","))
        {
            _at++;
            SkipSpaceAndNewlines();
            if (Current.Is(","))
            {
                throw Error("two commas in a row");
            }
            return;
        }
        if (!separated && Current.Kind != HoconTokenKind.End && !(close is not null && Current.Is(close)))
        {
            throw Error($"expected a comma, a new line or {expected}, found {Current.Describe()}");
        }
    }

    private void ParseField(HoconMap map, IReadOnlyList<string> path)
    {
        var origin = Current.Origin;
        var key = ParseKey();
        SkipSpaceAndNewlines(onlyIfNext: "{");
        var full = path.Concat(key).ToArray();
        if (full.Length > _limits.Depth)
        {
            throw new HoconException(origin, $"nested deeper than {_limits.Depth}");
        }
        if (Current.Is("{"))
        {
            map.Add(key, ParseValue(full));
            return;
        }
        var appends = Current.Is("+=");
        if (!appends && !Current.Is("=") && !Current.Is(":"))
        {
            throw Error($"expected =, : or {{ after the key '{HoconPath.Render(key)}', found {Current.Describe()}");
        }
        _at++;
        SkipSpaceAndNewlines();
        var value = ParseValue(full);
        map.Add(key, appends ? AppendTo(full, value) : value);
    }

    // a += x means a = ${?a} [x].
    private HoconConcatenation AppendTo(string[] path, HoconNode value) =>
        new(
            value.Origin,
            [
                new HoconSubstitution(value.Origin, path, _prefix, Optional: true, IsList: false),
                new HoconList(value.Origin, [value]),
            ]
        );

    private string[] ParseKey()
    {
        var reader = new HoconPathReader(Current.Origin);
        while (Current.Kind is HoconTokenKind.Unquoted or HoconTokenKind.Quoted or HoconTokenKind.Space)
        {
            reader.Add(Current);
            _at++;
        }
        if (reader.IsEmpty)
        {
            throw Error($"expected a key, found {Current.Describe()}");
        }
        return reader.Finish();
    }

    private HoconNode ParseValue(IReadOnlyList<string> path)
    {
        var origin = Current.Origin;
        var pieces = new List<HoconNode>();
        while (true)
        {
            var token = Current;
            if (token.Kind == HoconTokenKind.Space)
            {
                pieces.Add(new HoconText(token.Origin, token.Text, Quoted: true) { IsSpace = true });
                _at++;
            }
            else if (token.Kind is HoconTokenKind.Quoted or HoconTokenKind.Unquoted)
            {
                pieces.Add(new HoconText(token.Origin, token.Text, token.Kind == HoconTokenKind.Quoted));
                _at++;
            }
            else if (token.Kind == HoconTokenKind.SubstitutionStart)
            {
                pieces.Add(ParseSubstitution());
            }
            else if (token.Is("{"))
            {
                _at++;
                var map = new HoconMap(token.Origin);
                ParseFields(map, path, "}");
                pieces.Add(map);
            }
            else if (token.Is("["))
            {
                pieces.Add(ParseList(path));
            }
            else
            {
                break;
            }
        }
        while (pieces is [.., HoconText { IsSpace: true }])
        {
            pieces.RemoveAt(pieces.Count - 1);
        }
        return pieces.Count switch
        {
            0 => throw Error($"expected a value, found {Current.Describe()}"),
            1 => pieces[0],
            _ => new HoconConcatenation(origin, pieces),
        };
    }

    private HoconList ParseList(IReadOnlyList<string> path)
    {
        var origin = Current.Origin;
        Descend();
        _at++;
        SkipSpaceAndNewlines();
        var items = new List<HoconNode>();
        while (!AtEnd("]"))
        {
            items.Add(ParseValue(path));
            ParseSeparator("']'", "]");
        }
        _at++;
        _depth--;
        return new HoconList(origin, items);
    }

    private HoconSubstitution ParseSubstitution()
    {
        var start = Current;
        _at++;
        SkipSpace();
        var reader = new HoconPathReader(start.Origin);
        while (Current.Kind is HoconTokenKind.Unquoted or HoconTokenKind.Quoted or HoconTokenKind.Space)
        {
            reader.Add(Current);
            _at++;
        }
        var isList = Current.Is("[");
        if (isList)
        {
            _at++;
            Expect("]");
        }
        if (reader.IsEmpty)
        {
            throw Error("a substitution needs a path: ${path}");
        }
        var path = reader.Finish();
        if (path.Length > _limits.Depth)
        {
            throw new HoconException(start.Origin, $"nested deeper than {_limits.Depth}");
        }
        Expect("}");
        return new HoconSubstitution(start.Origin, path, _prefix, start.Text == "${?", isList);
    }

    private void Expect(string punctuation)
    {
        if (!Current.Is(punctuation))
        {
            throw Error($"expected '{punctuation}', found {Current.Describe()}");
        }
        _at++;
    }

    private bool TryParseInclude(HoconMap map, IReadOnlyList<string> path)
    {
        if (Current is not { Kind: HoconTokenKind.Unquoted, Text: "include" })
        {
            return false;
        }
        // The specification reserves the word: as a key it needs quotes.
        var next = _tokens[_at + 1].Kind == HoconTokenKind.Space ? _tokens[_at + 2] : _tokens[_at + 1];
        if (next.Kind is not (HoconTokenKind.Quoted or HoconTokenKind.Unquoted))
        {
            throw Error("'include' is followed by \"FILE\", file(\"FILE\") or required(...)");
        }
        var origin = Current.Origin;
        _at++;
        SkipSpace();
        var required = false;
        var closings = 0;
        var isFile = false;
        while (Current.Kind == HoconTokenKind.Unquoted)
        {
            closings += ReadIncludeWords(Current.Text, ref required, ref isFile);
            _at++;
            SkipSpace();
        }
        if (Current.Kind != HoconTokenKind.Quoted)
        {
            throw Error("the name of an included file stands in quotes");
        }
        var name = Current.Text;
        _at++;
        SkipSpace();
        for (; closings > 0 && Current.Kind == HoconTokenKind.Unquoted && Current.Text.All(c => c == ')'); _at++)
        {
            closings -= Current.Text.Length;
            SkipSpaceAfterCurrent();
        }
        if (closings != 0)
        {
            throw Error("the parentheses of this include do not match");
        }
        var full = _prefix.Concat(path).ToArray();
        if (_includer.Read(new HoconInclude(origin, name, required, isFile), full) is { } included)
        {
            map.Merge(included);
        }
        return true;
    }

    // Words such as required(file( come as one run, or as several with spaces between.
    private int ReadIncludeWords(string words, ref bool required, ref bool isFile)
    {
        var opened = 0;
        foreach (var word in words.Split('(')[..^1])
        {
            opened++;
            switch (word)
            {
                case "required":
                    required = true;
                    break;
                case "file":
                    isFile = true;
                    break;
                case "classpath":
                    break;
                case "url":
                    throw Error("url(...) is not supported: include a file");
                default:
                    throw Error($"'{word}(' is not known: include takes \"FILE\", file(\"FILE\") or required(...)");
            }
        }
        return words.EndsWith('(') ? opened : throw Error("the name of an included file stands in quotes");
    }

    private void SkipSpaceAfterCurrent()
    {
        if (_tokens[_at + 1].Kind == HoconTokenKind.Space)
        {
            _at++;
        }
    }

    private void Descend()
    {
        if (++_depth > _limits.Depth)
        {
            throw Error($"nested deeper than {_limits.Depth}");
        }
    }

    private void SkipSpace()
    {
        while (Current.Kind == HoconTokenKind.Space)
        {
            _at++;
        }
    }

    private void SkipSpaceAndNewlines()
    {
        while (Current.Kind is HoconTokenKind.Space or HoconTokenKind.Newline)
        {
            _at++;
        }
    }

    private void SkipSpaceAndNewlines(string onlyIfNext)
    {
        var before = _at;
        SkipSpaceAndNewlines();
        if (!Current.Is(onlyIfNext))
        {
            _at = before;
        }
    }

    private HoconException Error(string message) => new(Current.Origin, message);
}
