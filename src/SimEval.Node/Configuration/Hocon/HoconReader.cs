namespace SimEval.Node.Configuration.Hocon;

/// <summary>
/// Reads configurations in HOCON, as its specification has it: comments, includes, substitutions with look-back and
/// environment, +=, duplicate keys, concatenation, unquoted and triple-quoted texts. Layers are added lowest first and
/// resolved together, so that a substitution of a lower layer sees a higher one's value.
/// </summary>
public sealed class HoconReader
{
    private readonly IHoconSources _sources;
    private readonly Func<string, string?> _environment;
    private readonly HoconLimits _limits;
    private readonly HoconMap _root = new(new HoconOrigin("", 1, 1));

    /// <summary>Starts with nothing.</summary>
    /// <param name="sources">Where included files are.</param>
    /// <param name="environment">Environment variables by name; null: absent.</param>
    /// <param name="limits">Limits of all layers together.</param>
    public HoconReader(IHoconSources sources, Func<string, string?> environment, HoconLimits? limits = null)
    {
        _sources = sources;
        _environment = environment;
        _limits = limits ?? new HoconLimits();
    }

    /// <summary>Adds a layer above those before it; throws <see cref="HoconException"/> with the place of the first error.</summary>
    public HoconReader Add(string text, string source)
    {
        _root.Merge(new HoconIncluder(_sources, _limits).ReadRoot(text, source));
        return this;
    }

    /// <summary>Resolves all layers; throws <see cref="HoconException"/> with the place of the first error.</summary>
    public HoconObject Resolve() => new HoconResolver(_root, _environment, _limits).Resolve();
}
