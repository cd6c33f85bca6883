using SimEval.Node.Configuration.Hocon;

namespace SimEval.Node.Configuration;

/// <summary>
/// Included configurations: next to the file that names them, else one of those inside the program (reference.conf,
/// embedded.conf), so that a file of one's own can include them from anywhere.
/// </summary>
internal sealed class ConfigurationSources : IHoconSources
{
    private const string Resource = "hocon:";

    /// <inheritdoc/>
    public string? Find(string source, string name)
    {
        if (!source.StartsWith(Resource, StringComparison.Ordinal))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(source)) ?? "/";
            var path = Path.GetFullPath(Path.Combine(folder, name));
            if (File.Exists(path))
            {
                return path;
            }
        }
        return Open(Resource + name) is { } stream ? Close(stream, Resource + name) : null;
    }

    /// <inheritdoc/>
    public string Read(string fullName)
    {
        using var reader = Open(fullName) is { } stream ? new StreamReader(stream) : new StreamReader(fullName);
        return reader.ReadToEnd();
    }

    /// <summary>One of the configurations inside the program.</summary>
    public static (string Text, string Source) Embedded(string name)
    {
        using var reader = new StreamReader(
            Open(Resource + name) ?? throw new FileNotFoundException($"{name} is not inside the program")
        );
        return (reader.ReadToEnd(), Resource + name);
    }

    private static Stream? Open(string resource) =>
        typeof(ConfigurationSources).Assembly.GetManifestResourceStream(resource);

    private static string Close(Stream stream, string name)
    {
        stream.Dispose();
        return name;
    }
}
