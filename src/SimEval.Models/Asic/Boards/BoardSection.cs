using System.Globalization;
using System.Text.Json;

namespace SimEval.Models.Asic.Boards;

/// <summary>
/// One object of a board's file, read strictly: every key is asked for once, and no other may stand there. What is wrong is
/// noted, and a value that would be possible takes its place, so that one reading finds every error.
/// </summary>
internal sealed class BoardSection
{
    private const double Most = 1_000_000;

    private readonly string file;
    private readonly string path;
    private readonly int line;
    private readonly List<string> errors;
    private readonly Dictionary<string, (int Line, BoardValue Value)> left = new(StringComparer.Ordinal);
    private readonly List<string> known = [];
    private readonly HashSet<string> empty = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> lines = new(StringComparer.Ordinal);

    // Of an object that is not there or is none: one error is enough, and its keys are not missing as well.
    private readonly bool isAbsent;

    /// <summary>Opens an object.</summary>
    /// <param name="file">File name, for messages.</param>
    /// <param name="path">Keys that lead to it, each followed by a dot; "" for the root.</param>
    /// <param name="value">What stands there; null: nothing, which is noted already.</param>
    /// <param name="errors">Where errors are noted.</param>
    public BoardSection(string file, string path, BoardValue? value, List<string> errors)
    {
        (this.file, this.path, this.errors, line) = (file, path, errors, value?.Line ?? 1);
        isAbsent = value is not { Kind: JsonTokenType.StartObject };
        if (value is null)
            return;
        if (isAbsent)
            Note(
                value.Line,
                path.Length == 0
                    ? $"a board must be an object, and is {value.Described}"
                    : $"'{path.TrimEnd('.')}' must be an object, and is {value.Described}"
            );
        foreach (var (key, at, member) in value.Members)
        {
            if (!left.TryAdd(key, (at, member)))
                Note(at, $"'{path}{key}' stands here twice");
        }
    }

    /// <summary>An object within.</summary>
    public BoardSection Section(string key) => new(file, $"{path}{key}.", Take(key), errors);

    /// <summary>A text that is not empty; "" where it is wrong.</summary>
    public string Text(string key) => Take(key) is { } value ? TextOf(key, value) : "";

    /// <summary>A text that may be left out; null where it is.</summary>
    public string? Optional(string key)
    {
        known.Add(key);
        if (!left.Remove(key, out var member))
            return null;
        lines[key] = member.Line;
        return TextOf(key, member.Value);
    }

    /// <summary>A whole number within limits.</summary>
    public int Whole(string key, int least, int most)
    {
        if (Take(key) is not { } value)
            return least;
        if (
            value.Kind != JsonTokenType.Number
            || !double.TryParse(value.Text, CultureInfo.InvariantCulture, out var number)
            || number != Math.Floor(number)
        )
            Wrong(value, key, $"must be a whole number from {Show(least)} to {Show(most)}, and is {value.Described}");
        else if (number < least || number > most)
            Wrong(value, key, $"is {value.Text}, and must be from {Show(least)} to {Show(most)}");
        else
            return (int)number;
        return least;
    }

    /// <summary>A number within limits.</summary>
    public double Number(string key, double least, double most = Most)
    {
        if (Take(key) is not { } value)
            return least;
        if (
            value.Kind != JsonTokenType.Number
            || !double.TryParse(value.Text, CultureInfo.InvariantCulture, out var number)
        )
            Wrong(value, key, $"must be a number from {Show(least)} to {Show(most)}, and is {value.Described}");
        else if (!(number >= least && number <= most))
            Wrong(value, key, $"is {value.Text}, and must be from {Show(least)} to {Show(most)}");
        else
            return number;
        return least;
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key)
    {
        if (Take(key) is not { } value)
            return false;
        if (value.Kind is not (JsonTokenType.True or JsonTokenType.False))
            Wrong(value, key, $"must be true or false, and is {value.Described}");
        return value.Kind == JsonTokenType.True;
    }

    /// <summary>Some of the words there are, each once.</summary>
    /// <param name="key">The key.</param>
    /// <param name="what">What a word is, for messages: "operator".</param>
    /// <param name="words">All that there are.</param>
    public IReadOnlyList<string> Words(string key, string what, IReadOnlyCollection<string> words)
    {
        var found = new List<string>();
        if (Take(key) is not { } list)
            return found;
        if (list is { Kind: JsonTokenType.StartArray, Items.Count: 0 })
            empty.Add(key);
        if (list.Kind != JsonTokenType.StartArray)
            Wrong(list, key, $"must be a list of {what}s, and is {list.Described}");
        foreach (var item in list.Items)
        {
            if (item.Kind != JsonTokenType.String)
                Wrong(item, key, $"must hold {what}s only, and holds {item.Described}");
            else if (!words.Contains(item.Text))
                Wrong(item, key, $"holds '{item.Text}', which is no {what}; {Hint(item.Text, words)}");
            else if (found.Contains(item.Text, StringComparer.Ordinal))
                Wrong(item, key, $"holds '{item.Text}' twice");
            else
                found.Add(item.Text);
        }

        return found;
    }

    /// <summary>Whether a list that was read holds nothing at all.</summary>
    public bool IsEmpty(string key) => empty.Contains(key);

    /// <summary>Notes that a key's value is wrong.</summary>
    public void Wrong(string key, string what) => Note(lines.GetValueOrDefault(key, line), $"'{path}{key}' {what}");

    /// <summary>"did you mean 'rows'?", or all there are.</summary>
    public static string Hint(string wrong, IReadOnlyCollection<string> words) =>
        NearestName.Of(wrong, words) is { } near ? $"did you mean '{near}'?"
        : words.Count <= 16 ? $"there are {string.Join(", ", words)}"
        : "the files of the boards that ship name all";

    /// <summary>Notes whatever nobody asked for.</summary>
    public void End()
    {
        foreach (var (key, (at, _)) in left)
            Note(at, $"'{path}{key}' is no key of a board; {Hint(key, known)}");
    }

    private string TextOf(string key, BoardValue value)
    {
        if (value is { Kind: JsonTokenType.String, Text.Length: > 0 })
            return value.Text;
        Wrong(value, key, $"must be a text that is not empty, and is {value.Described}");
        return "";
    }

    // A key that is misspelt is one error, not one that is missing and one that is unknown.
    private BoardValue? Take(string key)
    {
        known.Add(key);
        if (left.Remove(key, out var member))
        {
            lines[key] = member.Line;
            return member.Value;
        }

        if (isAbsent)
            return null;
        if (NearestName.Of(key, left.Keys.Except(known)) is not { } near)
            Note(line, $"'{path}{key}' is missing");
        else if (left.Remove(near, out var misspelt))
            Note(misspelt.Line, $"'{path}{near}' is no key of a board; did you mean '{key}'?");
        return null;
    }

    private void Wrong(BoardValue value, string key, string what) => Note(value.Line, $"'{path}{key}' {what}");

    private void Note(int at, string what) => errors.Add($"{file}:{Show(at)}: {what}");

    private static string Show(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
