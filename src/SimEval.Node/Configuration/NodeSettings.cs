using SimEval.Devices;
using SimEval.Node.Configuration.Hocon;

namespace SimEval.Node.Configuration;

/// <summary>Everything that can be configured. hocon/reference.conf is its manual: every key, its default, its limits and why.</summary>
/// <param name="Engine">How rollouts are carried out.</param>
/// <param name="Executor">How frames are batched.</param>
/// <param name="Models">Limits of model files.</param>
/// <param name="Actors">Mailboxes and entities.</param>
/// <param name="Store">The log.</param>
/// <param name="Scenarios">Limits of scenario files and of what they expand to.</param>
/// <param name="Report">Reports of runs.</param>
/// <param name="Terminal">The live view.</param>
public sealed record NodeSettings(
    EngineSettings Engine,
    ExecutorSettings Executor,
    ModelSettings Models,
    ActorSettings Actors,
    StoreSettings Store,
    ScenarioSettings Scenarios,
    ReportSettings Report,
    TerminalSettings Terminal
)
{
    /// <summary>The key under which all settings lie.</summary>
    public const string Root = "simeval";

    /// <summary>The embedded default.</summary>
    public static NodeSettings Embedded { get; } = Load(null, []);

    /// <summary>Reads embedded.conf, then a file of one's own, then single keys, each above the one before.</summary>
    /// <param name="file">A HOCON file, or null.</param>
    /// <param name="overrides">"key=value", the key with or without the leading "simeval.".</param>
    /// <exception cref="ConfigurationException">Anything unknown, ill-typed or out of its limits; with file and line.</exception>
    public static NodeSettings Load(string? file, IEnumerable<string> overrides)
    {
        try
        {
            return Bind(Read(file, overrides));
        }
        catch (HoconException e)
        {
            throw new ConfigurationException([e.Message]);
        }
    }

    /// <summary>Limits of a model, and how it is run.</summary>
    public ModelOptions ToModelOptions() =>
        new(Models.MaxBytes.Bytes)
        {
            Memory = Models.Memory.Bytes,
            Buckets = Executor.Buckets,
            Programs = Executor.Process.ToLimits(),
        };

    private static HoconObject Read(string? file, IEnumerable<string> overrides)
    {
        var reader = new HoconReader(new ConfigurationSources(), Environment.GetEnvironmentVariable);
        var (text, source) = ConfigurationSources.Embedded("embedded.conf");
        reader.Add(text, source);
        if (file is not null)
        {
            reader.Add(ReadFile(file), file);
        }
        foreach (var entry in overrides)
        {
            if (!entry.Contains('='))
            {
                throw new ConfigurationException([$"-D {entry}: write -D KEY=VALUE"]);
            }
            var rooted = entry.StartsWith(Root + ".", StringComparison.Ordinal) ? entry : $"{Root}.{entry}";
            reader.Add(rooted, $"-D {entry}");
        }
        return reader.Resolve();
    }

    private static string ReadFile(string file)
    {
        try
        {
            var most = new HoconLimits().FileCharacters;
            if (new FileInfo(file).Length > 4L * most)
            {
                throw new ConfigurationException([$"{file}: the file is larger than {4 * most} bytes"]);
            }
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"{file}: the configuration cannot be read: {e.Message}"]);
        }
    }

    private static NodeSettings Bind(HoconObject configuration)
    {
        var errors = new List<string>();
        foreach (var (key, value) in configuration.Fields.Where(field => field.Key != Root))
        {
            errors.Add($"{value.Origin}: '{key}' is no setting; all settings lie under '{Root}'");
        }
        NodeSettings? settings = null;
        if (configuration.Fields.GetValueOrDefault(Root) is HoconObject root)
        {
            settings = new SettingsBinder(errors).Bind<NodeSettings>(root, Root);
        }
        else if (configuration.Fields.GetValueOrDefault(Root) is { } other)
        {
            errors.Add($"{other.Origin}: '{Root}' is {other.Describe()}; it takes an object");
        }
        if (settings is { Executor: var executor } && executor.Buckets.Any(size => size > executor.MaxBatch))
        {
            var value = ((HoconObject)((HoconObject)configuration.Fields[Root]).Fields["executor"]).Fields["buckets"];
            errors.Add(
                $"{value.Origin}: '{Root}.executor.buckets' has {executor.Buckets.Max()}; a forward has at most {executor.MaxBatch} frames ('{Root}.executor.max-batch')"
            );
        }
        return settings is not null && errors.Count == 0 ? settings : throw new ConfigurationException(errors);
    }
}
