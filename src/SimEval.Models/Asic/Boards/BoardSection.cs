using System.Globalization;
using System.Text.Json;

namespace SimEval.Models.Asic.Boards;

/// <summary>One object of a board's file, read strictly: every key is asked for once, and no other may stand there.</summary>
internal sealed class BoardSection
{
    private readonly string file;
    private readonly string path;
    private readonly Dictionary<string, JsonElement> left;
    private readonly List<string> known = [];

    /// <summary>Opens an object.</summary>
    /// <param name="file">File name, for messages.</param>
    /// <param name="path">Keys that lead to it, each followed by a dot; "" for the root.</param>
    /// <param name="element">What stands there.</param>
    public BoardSection(string file, string path, JsonElement element)
    {
        (this.file, this.path) = (file, path);
        if (element.ValueKind != JsonValueKind.Object)
            throw new BoardFormatException(
                $"{file}: {(path.Length == 0 ? "a board" : $"'{path.TrimEnd('.')}'")} must be an object, and is {Kind(element)}"
            );
        left = element.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
    }

    /// <summary>An object within.</summary>
    public BoardSection Section(string key) => new(file, $"{path}{key}.", Take(key));

    /// <summary>A text that is not empty.</summary>
    public string Text(string key)
    {
        var element = Take(key);
        return element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text
            ? text
            : throw Wrong(key, $"must be a text, and is {Kind(element)}");
    }

    /// <summary>One of a few words.</summary>
    public T Word<T>(string key, params (string Word, T Value)[] words)
    {
        var text = Text(key);
        foreach (var (word, value) in words)
        {
            if (word == text)
                return value;
        }
        throw Wrong(key, $"is '{text}', and must be one of {string.Join(", ", words.Select(w => w.Word))}");
    }

    /// <summary>A whole number within limits.</summary>
    public long Whole(string key, long least, long most)
    {
        var element = Take(key);
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var value))
            throw Wrong(key, $"must be a whole number from {Show(least)} to {Show(most)}, and is {Kind(element)}");
        return value >= least && value <= most
            ? value
            : throw Wrong(key, $"is {Show(value)}, and must be from {Show(least)} to {Show(most)}");
    }

    /// <summary>A number that is not negative, at most a million, exactly as it is written.</summary>
    public decimal Amount(string key)
    {
        var element = Take(key);
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDecimal(out var value))
            throw Wrong(key, $"must be a number, and is {Kind(element)}");
        return value is >= 0 and <= 1_000_000
            ? value
            : throw Wrong(key, $"is {Show(value)}, and must be from 0 to 1000000");
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key)
    {
        var element = Take(key);
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw Wrong(key, $"must be true or false, and is {Kind(element)}");
    }

    /// <summary>Names, each once: letters, digits and underscores.</summary>
    public IReadOnlyList<string> Names(string key)
    {
        var element = Take(key);
        if (element.ValueKind != JsonValueKind.Array)
            throw Wrong(key, $"must be a list of names, and is {Kind(element)}");
        var names = new List<string>();
        foreach (var item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { Length: > 0 } name)
                throw Wrong(key, $"must hold names only, and holds {Kind(item)}");
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                throw Wrong(key, $"holds '{name}', which is no operator's name: letters, digits and underscores");
            if (names.Contains(name, StringComparer.Ordinal))
                throw Wrong(key, $"holds '{name}' twice");
            names.Add(name);
        }
        return names;
    }

    /// <summary>A refusal of one key's value.</summary>
    public BoardFormatException Wrong(string key, string what) => new($"{file}: '{path}{key}' {what}");

    /// <summary>Refuses whatever nobody asked for.</summary>
    public void End()
    {
        if (left.Keys.FirstOrDefault() is not { } key)
            return;
        var hint = NearestName.Of(key, known) is { } near
            ? $"did you mean '{near}'?"
            : $"known here are {string.Join(", ", known)}";
        throw Wrong(key, $"is no key of a board; {hint}");
    }

    private JsonElement Take(string key)
    {
        known.Add(key);
        return left.Remove(key, out var element)
            ? element
            : throw new BoardFormatException(
                $"{file}: '{path}{key}' is missing{(NearestName.Of(key, left.Keys) is { } near ? $"; there is '{near}'" : "")}"
            );
    }

    private static string Kind(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.Null => "null",
            JsonValueKind.String when element.GetString() is "" => "an empty text",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => $"the number {element.GetRawText()}",
            _ => element.GetRawText(),
        };

    private static string Show(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
