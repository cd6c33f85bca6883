using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// A text read as JSON with comments and trailing commas, nothing looser, and within limits. A text that cannot be read gives
/// one error; what can be read but is not right (a duplicate key, a number that is none) is reported and reading goes on.
/// </summary>
internal sealed partial class JsonSource
{
    private readonly record struct Noted(
        int Offset,
        string Path,
        string Message,
        string? Suggestion,
        bool IsNoValue = false
    );

    private readonly List<Noted> noted = [];

    private JsonSource(string text) => Map = new SourceMap(text);

    internal SourceMap Map { get; }

    /// <summary>Reads an object; null when the text has none, and <paramref name="problems"/> then say why.</summary>
    internal static JObject? ReadObject(string text, ScenarioLimits limits, Problems problems)
    {
        var body = text.StartsWith('\uFEFF') ? text[1..] : text;
        if (body.Length > limits.FileLength)
        {
            problems.ErrorAt(
                0,
                0,
                "",
                $"the file is too large: {body.Length:N0} characters, at most {limits.FileLength:N0}"
            );
            return null;
        }

        var source = new JsonSource(body);
        problems.Map = source.Map;
        // The reader takes one for the end of the text.
        if (body.IndexOf('\0', StringComparison.Ordinal) is var nul and >= 0)
        {
            var (line, column) = source.Map.Place(nul);
            problems.ErrorAt(line, column, "", "the file holds a NUL character: it is no text");
            return null;
        }

        if (source.Load(body, limits) is not { } token)
        {
            source.Report(problems, onlyLast: true);
            return null;
        }

        source.Report(problems, onlyLast: false);
        if (token is JObject root)
            return root;
        problems.Error(token, $"the file must hold one object, {{ ... }}, not {Wording.KindOf(token)}");
        return null;
    }

    /// <summary>Reads any JSON value, or null when the text is none.</summary>
    internal static JToken? TryReadValue(string text, ScenarioLimits limits)
    {
        if (text.Length > limits.FileLength)
            return null;
        var source = new JsonSource(text);
        var token = source.Load(text, limits);
        return source.noted.Count == 0 ? token : null;
    }

    private JToken? Load(string text, ScenarioLimits limits)
    {
        using var reader = new GuardedReader(text, this, limits);
        try
        {
            do
            {
                if (!reader.Read())
                {
                    noted.Add(new(0, "", "the file is empty", "Start from 'simeval scenario new'"));
                    return null;
                }
            } while (reader.TokenType == JsonToken.Comment);

            var settings = new JsonLoadSettings
            {
                CommentHandling = CommentHandling.Ignore,
                LineInfoHandling = LineInfoHandling.Load,
                DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Ignore,
            };
            var token = JToken.Load(reader, settings);
            while (reader.Read())
            {
                // Only comments can follow: the reader itself refuses anything else.
            }

            return token;
        }
        catch (JsonReaderException wrong)
        {
            var offset = Map.Offset(wrong.LineNumber, wrong.LinePosition);
            var path = wrong.Path ?? "";
            var (message, atStart) = SyntaxErrors.Explain(wrong, reader.MaxDepth ?? 0);
            noted.Add(new(atStart ? reader.NextStart : offset, path, message, null));
            return null;
        }
    }

    private void Report(Problems problems, bool onlyLast)
    {
        foreach (var one in onlyLast ? noted.TakeLast(1) : noted)
        {
            var (line, column) = Map.Place(one.Offset);
            problems.ErrorAt(line, column, one.Path, one.Message, one.Suggestion);
            if (one.IsNoValue)
                problems.Silence(line, column);
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();

    private sealed class GuardedReader : JsonTextReader
    {
        private readonly JsonSource source;
        private readonly ScenarioLimits limits;
        private readonly Stack<HashSet<string>> names = new();
        private int tokens;
        private int end;

        internal GuardedReader(string text, JsonSource source, ScenarioLimits limits)
            : base(new StringReader(text))
        {
            (this.source, this.limits) = (source, limits);
            DateParseHandling = DateParseHandling.None;
            FloatParseHandling = FloatParseHandling.Double;
            MaxDepth = limits.Depth;
        }

        /// <summary>Where the token begins that could not be read to its end.</summary>
        internal int NextStart
        {
            get
            {
                var here = source.Map.Offset(this);
                var length = source.Map.Note(end, here).Length;
                return here - length;
            }
        }

        public override bool Read()
        {
            var read = base.Read();
            if (!read)
                return false;
            if (++tokens > limits.Tokens)
                throw new JsonReaderException(
                    $"SimEval: the file has more than {limits.Tokens:N0} values, names and brackets",
                    Path,
                    LineNumber,
                    LinePosition,
                    null
                );
            var now = source.Map.Offset(this);
            Check(source.Map.Note(end, now), now);
            end = now;
            return true;
        }

        private void Check(ReadOnlySpan<char> raw, int now)
        {
            switch (TokenType)
            {
                case JsonToken.StartObject:
                    names.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonToken.EndObject:
                    names.Pop();
                    break;
                case JsonToken.PropertyName:
                    CheckText((string)Value!, now - raw.Length);
                    if (!names.Peek().Add((string)Value!))
                        Add(
                            now - raw.Length,
                            $"the key '{Wording.Clean((string)Value!)}' stands here a second time",
                            "Keep one of the two"
                        );
                    break;
                case JsonToken.String:
                    CheckText((string)Value!, now - raw.Length);
                    break;
                case JsonToken.Integer or JsonToken.Float:
                    if (
                        !JsonNumber().IsMatch(raw)
                        || Value is double and (double.NaN or double.PositiveInfinity or double.NegativeInfinity)
                    )
                        Add(
                            now - raw.Length,
                            $"{Wording.Clean(raw.ToString())} is not a finite decimal number",
                            isNoValue: true
                        );
                    break;
                case JsonToken.Undefined:
                    Add(
                        raw.SequenceEqual("undefined") ? now - raw.Length : now,
                        "a value is missing here",
                        isNoValue: true
                    );
                    break;
                case JsonToken.StartConstructor:
                    throw new JsonReaderException(
                        "SimEval: a JSON value is expected, not a constructor",
                        Path,
                        LineNumber,
                        LinePosition,
                        null
                    );
                default:
                    break;
            }
        }

        private void CheckText(string text, int start)
        {
            if (QuoteChar != '"')
                Add(start, $"texts and keys stand in double quotes: {Wording.Quote(text)}");
            if (text.Length > limits.TextLength)
                Add(start, $"a text of {text.Length:N0} characters is too long: at most {limits.TextLength:N0}");
        }

        private void Add(int offset, string message, string? suggestion = null, bool isNoValue = false)
        {
            if (source.noted.Count <= limits.Errors)
                source.noted.Add(new(offset, Path, message, suggestion, isNoValue));
        }
    }
}
