using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// Where things stand in a text. Newtonsoft notes where a token ends; people look for where it begins, so the start of every
/// token is kept by its end.
/// </summary>
internal sealed class SourceMap
{
    private readonly string text;
    private readonly List<int> lines = [0];
    private readonly Dictionary<int, int> starts = [];

    internal SourceMap(string text)
    {
        this.text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                lines.Add(i + 1);
        }
    }

    /// <summary>The offset at which the reader stands.</summary>
    internal int Offset(IJsonLineInfo at) => Offset(at.LineNumber, at.LinePosition);

    internal int Offset(int line, int position)
    {
        var start = lines[Math.Clamp(line - 1, 0, lines.Count - 1)];
        return Math.Clamp(start + position, 0, text.Length);
    }

    /// <summary>Notes the token between the end of the one before it and its own end, and returns its text.</summary>
    internal ReadOnlySpan<char> Note(int before, int end)
    {
        var start = before;
        while (start < end && (text[start] is ',' or ':' || char.IsWhiteSpace(text[start])))
            start++;
        starts[end] = start;
        return text.AsSpan(start, end - start);
    }

    /// <summary>Line and column, both from 1, of an offset.</summary>
    internal (int Line, int Column) Place(int offset)
    {
        var index = lines.BinarySearch(offset);
        var line = index >= 0 ? index : ~index - 1;
        return (line + 1, offset - lines[line] + 1);
    }

    /// <summary>Line and column of the start of the token that Newtonsoft's line information names by its end.</summary>
    internal (int Line, int Column) StartOf(int line, int position)
    {
        var end = Offset(line, position);
        return Place(starts.GetValueOrDefault(end, end));
    }

    /// <summary>The same, of a token; (0, 0) when it did not come from the text.</summary>
    internal (int Line, int Column) StartOf(JToken token) =>
        token is IJsonLineInfo info && info.HasLineInfo() ? StartOf(info.LineNumber, info.LinePosition) : (0, 0);
}
