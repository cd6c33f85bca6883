using System.Text;
using System.Text.Json;

namespace SimEval.Models.Asic.Boards;

/// <summary>A value of a board's file, with the line it stands on, which <see cref="JsonDocument"/> does not keep.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Kind">Of its first token.</param>
/// <param name="Text">A text's characters, or a number as it is written; else "".</param>
internal sealed record BoardValue(int Line, JsonTokenType Kind, string Text)
{
    /// <summary>What an object holds, in order; a key may stand there twice.</summary>
    public List<(string Key, int Line, BoardValue Value)> Members { get; } = [];

    /// <summary>What a list holds.</summary>
    public List<BoardValue> Items { get; } = [];

    /// <summary>What it is, for messages.</summary>
    public string Described =>
        Kind switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.Null => "null",
            JsonTokenType.String => $"the text \"{Text}\"",
            JsonTokenType.Number => $"the number {Text}",
            JsonTokenType.True => "true",
            _ => "false",
        };

    /// <summary>Reads a file; comments are skipped. Throws <see cref="JsonException"/> when it is no JSON.</summary>
    public static BoardValue Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(
            json,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, MaxDepth = 8 }
        );
        var lines = new Lines();
        reader.Read();
        var root = Read(ref reader, json, lines);
        reader.Read();
        return root;
    }

    private static BoardValue Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Lines lines)
    {
        var kind = reader.TokenType;
        var text = kind switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => "",
        };
        var value = new BoardValue(lines.Of(json, reader.TokenStartIndex), kind, text);
        if (kind is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return value;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (kind == JsonTokenType.StartArray)
            {
                value.Items.Add(Read(ref reader, json, lines));
                continue;
            }

            var (key, line) = (reader.GetString()!, lines.Of(json, reader.TokenStartIndex));
            reader.Read();
            value.Members.Add((key, line, Read(ref reader, json, lines)));
        }

        return value;
    }

    // Tokens come in order, so that each stretch is counted once.
    private sealed class Lines
    {
        private int counted;
        private int line = 1;

        public int Of(ReadOnlySpan<byte> json, long place)
        {
            line += json[counted..(int)place].Count((byte)'\n');
            counted = (int)place;
            return line;
        }
    }
}
