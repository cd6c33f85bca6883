using System.Globalization;
using System.Text;

namespace SimEval.Node.Configuration.Hocon;

/// <summary>Splits a text into tokens. Comments vanish; newlines stay, as they separate fields.</summary>
internal sealed class HoconLexer(string text, string source)
{
    // What ends unquoted text. '+' is here too: it is a token only in "+=" and a part of a number only after its exponent.
    private const string Special = "$\"{}[]:=,+#`^?!@*&\\";

    private int _position;
    private int _line = 1;
    private int _lineStart;

    /// <summary>All tokens, the last being the end.</summary>
    public List<HoconToken> ReadAll()
    {
        var tokens = new List<HoconToken>();
        HoconToken token;
        do
        {
            token = Next();
            tokens.Add(token);
        } while (token.Kind != HoconTokenKind.End);
        return tokens;
    }

    private HoconToken Next()
    {
        SkipComment();
        var origin = Here();
        if (_position >= text.Length)
        {
            return new HoconToken(HoconTokenKind.End, "", origin);
        }
        var c = text[_position];
        if (c == '\n')
        {
            _position++;
            _line++;
            _lineStart = _position;
            return new HoconToken(HoconTokenKind.Newline, "\n", origin);
        }
        if (IsSpace(c))
        {
            return new HoconToken(HoconTokenKind.Space, TakeWhile(ch => ch != '\n' && IsSpace(ch)), origin);
        }
        return c switch
        {
            '"' => ReadQuoted(origin),
            '{' or '}' or '[' or ']' or ',' or ':' or '=' => Punctuation(1, origin),
            '+' when Peek(1) == '=' => Punctuation(2, origin),
            '$' when Peek(1) == '{' => ReadSubstitutionStart(origin),
            _ => ReadUnquoted(origin),
        };
    }

    private HoconToken Punctuation(int length, HoconOrigin origin)
    {
        _position += length;
        return new HoconToken(HoconTokenKind.Punctuation, text.Substring(_position - length, length), origin);
    }

    private HoconToken ReadSubstitutionStart(HoconOrigin origin)
    {
        _position += 2;
        if (Peek(0) == '?')
        {
            _position++;
            return new HoconToken(HoconTokenKind.SubstitutionStart, "${?", origin);
        }
        return new HoconToken(HoconTokenKind.SubstitutionStart, "${", origin);
    }

    private HoconToken ReadUnquoted(HoconOrigin origin)
    {
        var start = _position;
        while (_position < text.Length)
        {
            var c = text[_position];
            if (c == '\n' || IsSpace(c) || (c == '/' && Peek(1) == '/'))
            {
                break;
            }
            if (Special.Contains(c) && !(c == '+' && IsNumberWithExponent(text.AsSpan(start, _position - start))))
            {
                break;
            }
            _position++;
        }
        if (_position == start)
        {
            throw new HoconException(origin, $"'{text[start]}' needs quotes: write \"...\" around the text");
        }
        return new HoconToken(HoconTokenKind.Unquoted, text[start.._position], origin);
    }

    private static bool IsNumberWithExponent(ReadOnlySpan<char> taken) =>
        taken is [.. var digits, 'e' or 'E']
        && double.TryParse(
            digits,
            NumberStyles.Float & ~NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out _
        );

    private HoconToken ReadQuoted(HoconOrigin origin)
    {
        if (text.AsSpan(_position).StartsWith("\"\"\"", StringComparison.Ordinal))
        {
            return ReadTriple(origin);
        }
        _position++;
        var value = new StringBuilder();
        while (true)
        {
            if (_position >= text.Length || text[_position] == '\n')
            {
                throw new HoconException(origin, "the string does not end on its line: close it with \" or use \"\"\"");
            }
            var c = text[_position++];
            if (c == '"')
            {
                return new HoconToken(HoconTokenKind.Quoted, value.ToString(), origin);
            }
            value.Append(c == '\\' ? ReadEscape() : c);
        }
    }

    private char ReadEscape()
    {
        var origin = Here();
        var c = Peek(0);
        _position++;
        return c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => ReadCodeUnit(origin),
            _ => throw new HoconException(origin, "an escape is one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"),
        };
    }

    private char ReadCodeUnit(HoconOrigin origin)
    {
        if (
            _position + 4 > text.Length
            || !ushort.TryParse(
                text.AsSpan(_position, 4),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var unit
            )
        )
        {
            throw new HoconException(origin, "\\u takes four hexadecimal digits");
        }
        _position += 4;
        return (char)unit;
    }

    // No escapes; quotes beyond the closing three belong to the text.
    private HoconToken ReadTriple(HoconOrigin origin)
    {
        var start = _position + 3;
        var end = text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new HoconException(origin, "the string does not end: close it with \"\"\"");
        }
        while (end + 3 < text.Length && text[end + 3] == '"')
        {
            end++;
        }
        for (var i = start; i < end; i++)
        {
            if (text[i] == '\n')
            {
                _line++;
                _lineStart = i + 1;
            }
        }
        _position = end + 3;
        return new HoconToken(HoconTokenKind.Quoted, text[start..end], origin);
    }

    private void SkipComment()
    {
        if (Peek(0) == '#' || (Peek(0) == '/' && Peek(1) == '/'))
        {
            while (_position < text.Length && text[_position] != '\n')
            {
                _position++;
            }
        }
    }

    private string TakeWhile(Func<char, bool> accepts)
    {
        var start = _position;
        while (_position < text.Length && accepts(text[_position]))
        {
            _position++;
        }
        return text[start.._position];
    }

    private char Peek(int ahead) => _position + ahead < text.Length ? text[_position + ahead] : '\0';

    // The specification counts the byte order mark as white space.
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is '\uFEFF' or (>= '\u001C' and <= '\u001F');

    private HoconOrigin Here() => new(source, _line, _position - _lineStart + 1);
}
