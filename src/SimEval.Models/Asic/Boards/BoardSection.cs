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
            throw new CompileException(
                $"{file}: {(path.Length == 0 ? "a board" : $"'{path.TrimEnd('.')}'")} must be an object, and is {Kind(element)}"
            );
        left = element
            .EnumerateObject()
            .ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
    }

    /// <summary>Whether an optional key is there.</summary>
    public bool Has(string key)
    {
        known.Add(key);
        return left.ContainsKey(key);
    }

    /// <summary>An object within.</summary>
    public BoardSection Section(string key) => new(file, $"{path}{key}.", Take(key));

    /// <summary>A text that is not empty.</summary>
    public string Text(string key) => TextOf(key, Take(key));

    /// <summary>true or false.</summary>
    public bool Flag(string key)
    {
        var element = Take(key);
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw Wrong(key, $"must be true or false, and is {Kind(element)}");
    }

    /// <summary>A whole number from 1 to <paramref name="most"/>.</summary>
    public int Whole(string key, int most)
    {
        var element = Take(key);
        return
            element.ValueKind == JsonValueKind.Number
            && element.TryGetInt32(out var value)
            && value >= 1
            && value <= most
            ? value
            : throw Wrong(key, $"must be a whole number from 1 to {Show(most)}, and is {Kind(element)}");
    }

    /// <summary>A number above 0, at most <paramref name="most"/>.</summary>
    public double Amount(string key, double most)
    {
        var element = Take(key);
        return element.ValueKind == JsonValueKind.Number && element.GetDouble() is > 0 and var value && value <= most
            ? value
            : throw Wrong(key, $"must be a number above 0 and at most {Show(most)}, and is {Kind(element)}");
    }

    /// <summary>Texts, each once, at least one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var element = Take(key);
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
            throw Wrong(key, $"must be a list of names, and is {Kind(element)}");
        var texts = new List<string>();
        foreach (var item in element.EnumerateArray())
        {
            var text = TextOf(key, item);
            if (texts.Contains(text, StringComparer.Ordinal))
                throw Wrong(key, $"holds '{text}' twice");
            texts.Add(text);
        }

        return texts;
    }

    /// <summary>A refusal of one key's value.</summary>
    public CompileException Wrong(string key, string what) => new($"{file}: '{path}{key}' {what}");

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
            : throw new CompileException(
                $"{file}: '{path}{key}' is missing{(NearestName.Of(key, left.Keys) is { } near ? $"; there is '{near}'" : "")}"
            );
    }

    private string TextOf(string key, JsonElement element) =>
        element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text
            ? text
            : throw Wrong(key, $"must be text, and is or holds {Kind(element)}");

    private static string Kind(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array when element.GetArrayLength() == 0 => "an empty list",
            JsonValueKind.Array => "a list",
            JsonValueKind.Null => "null",
            JsonValueKind.String when element.GetString() is "" => "empty text",
            JsonValueKind.String => $"the text '{element.GetString()}'",
            JsonValueKind.Number => $"the number {element.GetRawText()}",
            _ => element.GetRawText(),
        };

    private static string Show(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
