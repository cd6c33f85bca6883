namespace SimEval.Node.Configuration.Hocon;

/// <summary>Where something was written.</summary>
/// <param name="Source">File, resource or option.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in UTF-16 code units.</param>
public sealed record HoconOrigin(string Source, int Line, int Column)
{
    /// <summary>"node.conf:12:3".</summary>
    public override string ToString() => $"{Source}:{Line}:{Column}";
}

/// <summary>A text that is no HOCON, or a configuration that does not fit; one message says where and what would be right.</summary>
public sealed class HoconException : Exception
{
    /// <summary>With the place.</summary>
    public HoconException(HoconOrigin origin, string message)
        : base($"{origin}: {message}") => Origin = origin;

    /// <summary>The place.</summary>
    public HoconOrigin Origin { get; }
}

/// <summary>Limits that keep a hostile file from exhausting memory, stack or time.</summary>
/// <param name="FileCharacters">Most characters of one file.</param>
/// <param name="Depth">Most nested objects, arrays and path elements.</param>
/// <param name="IncludeDepth">Most files that include one another in a row.</param>
/// <param name="Files">Most included files in all.</param>
/// <param name="Steps">Most values resolved: substitutions that multiply end here.</param>
/// <param name="Characters">Most characters of all concatenated strings.</param>
public sealed record HoconLimits(
    int FileCharacters = 1 << 20,
    int Depth = 64,
    int IncludeDepth = 16,
    int Files = 256,
    int Steps = 200_000,
    int Characters = 4 << 20
);
