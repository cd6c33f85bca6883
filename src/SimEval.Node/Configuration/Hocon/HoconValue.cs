namespace SimEval.Node.Configuration.Hocon;

/// <summary>A value after includes, merges and substitutions.</summary>
/// <param name="Origin">Where it was written.</param>
public abstract record HoconValue(HoconOrigin Origin)
{
    /// <summary>"an object", "an array", "the text ...".</summary>
    public abstract string Describe();
}

/// <summary>A text; a number, a boolean or null when it reads as one.</summary>
/// <param name="Origin">Where it was written.</param>
/// <param name="Text">The text, without quotes.</param>
/// <param name="Quoted">Whether it was in quotes, so that "null" is a text.</param>
public sealed record HoconScalar(HoconOrigin Origin, string Text, bool Quoted) : HoconValue(Origin)
{
    /// <summary>Whether it is null.</summary>
    public bool IsNull => !Quoted && Text == "null";

    /// <inheritdoc/>
    public override string Describe() => Quoted ? $"\"{Text}\"" : $"'{Text}'";
}

/// <summary>An array.</summary>
/// <param name="Origin">Where it was written.</param>
/// <param name="Items">In order.</param>
public sealed record HoconArray(HoconOrigin Origin, IReadOnlyList<HoconValue> Items) : HoconValue(Origin)
{
    /// <inheritdoc/>
    public override string Describe() => "an array";
}

/// <summary>An object.</summary>
/// <param name="Origin">Where it was written first.</param>
/// <param name="Fields">In the order of their first appearance.</param>
public sealed record HoconObject(HoconOrigin Origin, IReadOnlyDictionary<string, HoconValue> Fields)
    : HoconValue(Origin)
{
    /// <inheritdoc/>
    public override string Describe() => "an object";

    /// <summary>
    /// The items in the order of their keys when the keys are numbers ({ "0" = a, "1" = b }), which may stand for an array;
    /// else null.
    /// </summary>
    public IReadOnlyList<HoconValue>? AsItems() =>
        Fields.Count > 0 && Fields.Keys.All(key => key.Length is > 0 and < 10 && key.All(char.IsAsciiDigit))
            ?
            [
                .. Fields
                    .OrderBy(f => int.Parse(f.Key, System.Globalization.CultureInfo.InvariantCulture))
                    .Select(f => f.Value),
            ]
            : null;
}
