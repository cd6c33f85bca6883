using System.CommandLine;
using System.Text;
using SimEval.Node;
using SimEval.Scenarios;
using SimEval.Scenarios.Authoring;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval scenario new`: a file that runs as it is, to begin from.</summary>
internal static class NewScenario
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "The file to make",
        DefaultValueFactory = _ => "scenario.json",
    };
    private static readonly Option<string> World = new("--world")
    {
        Description = "The kind of world",
        DefaultValueFactory = _ => "driving",
        HelpName = "KIND",
    };

    /// <summary>The verb.</summary>
    public static Command Create() => new("new", "Begin a scenario file that runs as it is") { File, World };

    /// <summary>Writes the file, and its schema beside it; never over a file that is there.</summary>
    public static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        var file = Path.GetFullPath(invocation.Parsed.GetRequiredValue(File));
        var world = invocation.Parsed.GetRequiredValue(World);
        var catalogue = SimEvalNode.CreateChecker(invocation.Settings).Catalogue;
        if (!catalogue.Worlds.Contains(world))
        {
            throw new CommandException(
                ExitCode.Invalid,
                $"there is no world '{world}'. {Nearest.Suggest(world, [.. catalogue.Worlds])}"
            );
        }
        const string SchemaName = "scenario.schema.json";
        var folder = Path.GetDirectoryName(file)!;
        var text = ScenarioTemplate.New(world, Path.GetFileNameWithoutExtension(file), SchemaName, catalogue);
        Directory.CreateDirectory(folder);
        try
        {
            await using var stream = new FileStream(file, FileMode.CreateNew);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), invocation.Cancellation).ConfigureAwait(false);
        }
        catch (IOException) when (Path.Exists(file))
        {
            throw new CommandException(ExitCode.Invalid, $"{Invocation.Show(file)} exists already");
        }
        var schema = Path.Combine(folder, SchemaName);
        if (!Path.Exists(schema))
        {
            await System
                .IO.File.WriteAllTextAsync(schema, ScenarioSchema.Generate(catalogue) + "\n", invocation.Cancellation)
                .ConfigureAwait(false);
        }
        invocation.Terminal.Print($"{Invocation.Show(file)} is ready: simeval run {Invocation.Show(file)}");
        return ExitCode.Pass;
    }
}
