using Spectre.Console;

namespace SimEval.Cli.Views;

/// <summary>What a piece of a line means; the terminal chooses a colour for it.</summary>
internal enum Tone
{
    /// <summary>Ordinary text.</summary>
    Plain,

    /// <summary>Less important.</summary>
    Dim,

    /// <summary>A name.</summary>
    Strong,

    /// <summary>Good; the word beside it says so too.</summary>
    Good,

    /// <summary>Bad; the word beside it says so too.</summary>
    Bad,

    /// <summary>Undecided; the word beside it says so too.</summary>
    Unsure,
}

/// <summary>One line of the terminal, as pieces with a meaning. Text from files is cleaned when it is added.</summary>
internal sealed class Line
{
    private readonly List<(string Text, Tone Tone)> _pieces = [];

    /// <summary>Appends a piece.</summary>
    public Line Add(string text, Tone tone = Tone.Plain)
    {
        _pieces.Add((Terminal.Clean(text), tone));
        return this;
    }

    /// <summary>Without colours.</summary>
    public override string ToString() => string.Concat(_pieces.Select(p => p.Text)).TrimEnd();

    /// <summary>With colours, cut to the width: a live picture must not wrap.</summary>
    public Paragraph ToParagraph(int width)
    {
        var paragraph = new Paragraph { Overflow = Overflow.Crop };
        var left = width;
        foreach (var (text, tone) in _pieces)
        {
            var shown = text.Length <= left ? text : text[..left];
            paragraph.Append(shown, StyleOf(tone));
            left -= shown.Length;
        }
        return paragraph;
    }

    private static Style StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Dim => new Style(decoration: Decoration.Dim),
            Tone.Strong => new Style(decoration: Decoration.Bold),
            Tone.Good => new Style(Color.Green, decoration: Decoration.Bold),
            Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
            Tone.Unsure => new Style(Color.Yellow, decoration: Decoration.Bold),
            _ => Style.Plain,
        };
}
