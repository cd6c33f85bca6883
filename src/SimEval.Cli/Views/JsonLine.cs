using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SimEval.Cli.Views;

/// <summary>The one JSON object that ends the standard output of a verb with --json.</summary>
internal static class JsonLine
{
    // Control characters stay escaped; the output is no HTML page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one line.</summary>
    public static void Write(Terminal terminal, Action<Utf8JsonWriter> fields)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        terminal.Print(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    /// <summary>Writes a number; null when it is none.</summary>
    public static void WriteFinite(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
