using System.Globalization;
using System.Text;

namespace SimEval.Cli;

/// <summary>The two streams: data on one, everything for people on the other. Nothing from a file reaches them raw.</summary>
/// <param name="Data">Standard output.</param>
/// <param name="People">Standard error.</param>
/// <param name="IsInteractive">Whether people's stream is a terminal.</param>
/// <param name="DataIsTerminal">Whether the data's stream is a terminal.</param>
/// <param name="Width">Columns.</param>
internal sealed record Terminal(TextWriter Data, TextWriter People, bool IsInteractive, bool DataIsTerminal, int Width)
{
    private const int PlainWidth = 120;

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess()
    {
        var plain = string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);
        return new Terminal(
            Console.Out,
            Console.Error,
            !Console.IsErrorRedirected && !plain,
            !Console.IsOutputRedirected && !plain,
            ReadWidth()
        );
    }

    /// <summary>Writes a line of data.</summary>
    public void Print(string line = "") => Data.WriteLine(Clean(line));

    /// <summary>How many lines people were told.</summary>
    public int Told { get; private set; }

    /// <summary>Writes a line for people.</summary>
    public void Tell(string line)
    {
        lock (People)
        {
            Told++;
            People.WriteLine(Clean(line));
        }
    }

    /// <summary>Control characters and what steers the direction of text become visible escapes; tabs stay.</summary>
    public static string Clean(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }
        var clean = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsUnsafe(c))
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                clean.Append(c);
            }
        }
        return clean.ToString();
    }

    private static bool IsUnsafe(char c) =>
        (char.IsControl(c) && c != '\t')
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator;

    private static int ReadWidth()
    {
        try
        {
            return Console.IsErrorRedirected ? PlainWidth : Math.Max(40, Console.WindowWidth);
        }
        catch (IOException)
        {
            return PlainWidth;
        }
    }
}
