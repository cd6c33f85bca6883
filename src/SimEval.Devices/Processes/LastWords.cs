using System.Text;

namespace SimEval.Devices.Processes;

/// <summary>The end of what a program wrote to its standard error, bounded.</summary>
internal sealed class LastWords
{
    private const int MostCharacters = 600;

    private readonly byte[] tail = new byte[4096];
    private int length;

    /// <summary>Adds what was read; only the end is kept.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > tail.Length)
            bytes = bytes[^tail.Length..];
        var kept = Math.Min(length, tail.Length - bytes.Length);
        tail.AsSpan(length - kept, kept).CopyTo(tail);
        bytes.CopyTo(tail.AsSpan(kept));
        length = kept + bytes.Length;
    }

    /// <summary>". Its last words: ..." in one line without control characters; "" when it said nothing.</summary>
    public override string ToString()
    {
        var text = OneLine(Encoding.UTF8.GetString(tail, 0, length));
        if (text.Length > MostCharacters)
            text = "..." + text[^MostCharacters..];
        return text.Length == 0 ? "" : $". Its last words: {text}";
    }

    /// <summary>A text as part of a message: lines joined by " / ", control characters left out.</summary>
    public static string OneLine(string text) =>
        string.Join(
            " / ",
            text.Split('\n')
                .Select(line => string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c)).Trim())
                .Where(line => line.Length > 0)
        );
}
