using SimEval.Scenarios.Numerics;

namespace SimEval.Tests.Scenarios.Importers;

/// <summary>Damages XML in the ways that editors, networks and people with bad intentions do. A pure function of its arguments.</summary>
internal static class XmlMutator
{
    private static readonly string[] Tokens =
    [
        "<",
        ">",
        "&",
        "&amp;",
        "&#0;",
        "&#x10FFFF;",
        "&lol;",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE a [<!ENTITY lol 'lol'>]>",
        "<?xml version='1.0' encoding='utf-16'?>",
        "<?xml version='9'?>",
        "xmlns='urn:x'",
        "a:b",
        "</point>",
        "<point/>",
        "<lanelet id='1'/>",
        "<exact>",
        "\0",
        "\uFEFF",
        "\uD800",
        "ü",
        "\"",
        "'",
    ];

    private static readonly string[] Numbers =
    [
        "0",
        "-0",
        "-1",
        "1e308",
        "1e999",
        "-1e9",
        "1e9",
        "NaN",
        "Infinity",
        "100000",
        "-100000",
        "2147483648",
        "99999999999999999999",
        "0x10",
        "1,5",
        "",
        " 7 ",
        "3.0000001",
        "0.000000001",
        "٣",
    ];

    /// <summary>One of the files with one to eight damages.</summary>
    public static string Mutate(IReadOnlyList<string> files, ulong seed, ulong index)
    {
        var draw = new Draw(new Philox(seed), index);
        string text = files[draw.Below(files.Count)];
        for (int i = draw.Below(8); i >= 0; i--)
            text = Damage(text, files, ref draw);
        return text;
    }

    private static string Damage(string text, IReadOnlyList<string> files, ref Draw draw)
    {
        if (text.Length == 0)
            return Tokens[draw.Below(Tokens.Length)];
        int at = draw.Below(text.Length);
        int length = Math.Min(text.Length - at, 1 + draw.Below(1 << draw.Below(9)));
        switch (draw.Below(9))
        {
            case 0:
                return text.Remove(at, length);
            case 1:
                return text.Insert(at, text.Substring(at, length));
            case 2:
                return text[..at];
            case 3:
                return text.Insert(at, Tokens[draw.Below(Tokens.Length)]);
            case 4:
                return text.Remove(at, 1).Insert(at, ((char)draw.Below(256)).ToString());
            case 5:
                string other = files[draw.Below(files.Count)];
                int from = draw.Below(other.Length);
                return text.Insert(at, other.Substring(from, Math.Min(other.Length - from, length)));
            case 6:
                return ReplaceElement(text, at, ref draw);
            default:
                return ReplaceNumber(text, at, ref draw);
        }
    }

    /// <summary>Another number in place of the next one.</summary>
    private static string ReplaceNumber(string text, int at, ref Draw draw)
    {
        int start = text.AsSpan(at).IndexOfAnyInRange('0', '9');
        if (start < 0)
            return text;
        start += at;
        int end = start;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        return text.Remove(start, end - start).Insert(start, Numbers[draw.Below(Numbers.Length)]);
    }

    /// <summary>The next whole line of an element away, or twice, or many times.</summary>
    private static string ReplaceElement(string text, int at, ref Draw draw)
    {
        int start = text.IndexOf('<', at);
        int end = start < 0 ? -1 : text.IndexOf('\n', start);
        if (end < 0)
            return text;
        string line = text[start..end];
        return text.Insert(start, string.Concat(Enumerable.Repeat(line, draw.Below(6)))).Remove(start, line.Length);
    }

    private ref struct Draw(Philox random, ulong index)
    {
        private readonly Philox _random = random;
        private ulong _next = 0;

        public int Below(int limit) => (int)_random.Below((uint)limit, index, _next++);
    }
}
