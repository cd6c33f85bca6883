namespace SimEval.Node.Configuration.Hocon;

/// <summary>An include as written.</summary>
internal sealed record HoconInclude(HoconOrigin Origin, string Name, bool Required, bool IsFile);

/// <summary>Where texts come from: files of the disk, then the configurations inside the program.</summary>
public interface IHoconSources
{
    /// <summary>The full name of <paramref name="name"/> as written in <paramref name="source"/>, or null when there is none.</summary>
    string? Find(string source, string name);

    /// <summary>The text of a name that <see cref="Find"/> returned; throws <see cref="IOException"/> when it cannot be read.</summary>
    string Read(string fullName);
}

/// <summary>Reads included files, each at the place that names it; a file that includes itself is an error.</summary>
internal sealed class HoconIncluder(IHoconSources sources, HoconLimits limits)
{
    private static readonly string[] Extensions = ["", ".conf", ".json"];
    private readonly List<string> _open = [];
    private int _files;

    /// <summary>Limits of all files.</summary>
    public HoconLimits Limits => limits;

    /// <summary>Reads the first file.</summary>
    public HoconMap ReadRoot(string text, string source)
    {
        _open.Add(source);
        var root = HoconParser.Parse(text, source, [], this);
        _open.RemoveAt(_open.Count - 1);
        return root;
    }

    /// <summary>Reads an included file; null when it is absent and not required.</summary>
    public HoconMap? Read(HoconInclude include, IReadOnlyList<string> prefix)
    {
        if (include.Name.EndsWith(".properties", StringComparison.Ordinal))
        {
            throw new HoconException(include.Origin, "a .properties file cannot be included: write it as .conf");
        }
        var found = Extensions
            .Select(extension => sources.Find(include.Origin.Source, include.Name + extension))
            .FirstOrDefault(name => name is not null);
        if (found is null)
        {
            return include.Required
                ? throw new HoconException(include.Origin, $"the required file '{include.Name}' does not exist")
                : null;
        }
        if (_open.Contains(found))
        {
            throw new HoconException(
                include.Origin,
                $"'{include.Name}' includes itself: {string.Join(" > ", _open.SkipWhile(o => o != found).Append(found))}"
            );
        }
        if (_open.Count > limits.IncludeDepth)
        {
            throw new HoconException(
                include.Origin,
                $"more than {limits.IncludeDepth} files include one another in a row"
            );
        }
        if (++_files > limits.Files)
        {
            throw new HoconException(include.Origin, $"more than {limits.Files} files are included");
        }
        return ReadOpen(include, found, prefix);
    }

    private HoconMap ReadOpen(HoconInclude include, string found, IReadOnlyList<string> prefix)
    {
        string text;
        try
        {
            text = sources.Read(found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(include.Origin, $"'{include.Name}' cannot be read: {e.Message}");
        }
        _open.Add(found);
        var map = HoconParser.Parse(text, found, prefix, this);
        _open.RemoveAt(_open.Count - 1);
        return map;
    }
}
