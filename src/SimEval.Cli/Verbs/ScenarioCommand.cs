using System.CommandLine;
using System.Text;
using Newtonsoft.Json;
using SimEval.Cli.Views;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Runs;
using SimEval.Node;
using SimEval.Scenarios;
using SimEval.Scenarios.Authoring;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval scenario check | schema | expand | new`.</summary>
internal static class ScenarioCommand
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "A scenario file, or a CommonRoad XML as it is",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Write to a file instead",
        HelpName = "FILE",
    };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var command = new Command("scenario", "Check, expand and begin scenario files");
        var check = new Command("check", "Report everything that is wrong with a file; binds its models too")
        {
            File,
            Overrides.Set,
        };
        command.Add(host.Bind(check, Check));
        var expand = new Command("expand", "List the points of a file's sweep") { File, Overrides.Set };
        command.Add(host.Bind(expand, Expand));
        var schema = new Command("schema", "Print the JSON schema of scenario files, for editors") { Out };
        command.Add(host.Bind(schema, Schema));
        command.Add(host.Bind(NewScenario.Create(), NewScenario.RunAsync));
        return command;
    }

    /// <summary>Reads a file; throws with every error when it is not valid, and with exit 5 when nothing is to be run.</summary>
    public static ReadyScenario Load(
        Invocation invocation,
        ScenarioChecker checker,
        string file,
        bool needsPoints,
        params IEnumerable<(string Key, string Value)> more
    )
    {
        var result = checker.CheckFile(file, [.. Overrides.Read(invocation), .. more]);
        foreach (var warning in result.Warnings)
        {
            invocation.Terminal.Tell($"warning: {warning}");
        }
        if (result.Ready is not { } ready)
        {
            throw new CommandException(ExitCode.Invalid, [.. result.Errors.Select(error => error.ToString())]);
        }
        return needsPoints && ready.Scenario.Points.Count == 0
            ? throw new CommandException(ExitCode.Nothing, $"{file}: there is nothing to run")
            : ready;
    }

    private static Task<ExitCode> Check(Invocation invocation)
    {
        var file = invocation.Parsed.GetRequiredValue(File);
        var result = SimEvalNode
            .CreateChecker(invocation.Settings, invocation.DataFolder)
            .CheckFile(file, Overrides.Read(invocation));
        // A file with nothing to run is right as it is: it is `run` that has nothing to do.
        var code = result.Ready is null ? ExitCode.Invalid : ExitCode.Pass;
        if (invocation.Json)
        {
            JsonLine.Write(invocation.Terminal, json => WriteCheck(json, file, result));
            return Task.FromResult(code);
        }
        foreach (var error in result.Errors)
        {
            invocation.Terminal.Tell(error.ToString());
        }
        foreach (var warning in result.Warnings)
        {
            invocation.Terminal.Tell($"warning: {warning}");
        }
        invocation.Terminal.Print(
            result.Ready is { } ready
                ? Describe(file, ready.Scenario)
                : $"{file}: not valid ({Count(result.Errors.Count, "error")})"
        );
        return Task.FromResult(code);
    }

    private static string Describe(string file, Scenario scenario)
    {
        if (scenario.Points.Count == 0)
        {
            return $"{file}: valid, but there is nothing to run";
        }
        return $"{file}: valid; {ScenarioExpansion.Of(scenario)}; {Count(scenario.Gates.Count, "gate")}; {Count(scenario.Defaults.Count, "default")} applied";
    }

    private static void WriteCheck(System.Text.Json.Utf8JsonWriter json, string file, CheckResult result)
    {
        json.WriteString("file", file);
        json.WriteBoolean("valid", result.Ready is not null);
        if (result.Ready?.Scenario is { } scenario)
        {
            json.WriteString("name", scenario.Name);
            json.WriteString("hash", scenario.Hash);
            json.WriteNumber("points", scenario.Points.Count);
            json.WriteNumber("seeds", scenario.Seeds);
            json.WriteNumber("variants", scenario.Variants.Count);
            json.WriteNumber("gates", scenario.Gates.Count);
        }
        WriteAll("errors", result.Errors);
        WriteAll("warnings", result.Warnings);

        void WriteAll(string name, IReadOnlyList<ScenarioError> errors)
        {
            json.WriteStartArray(name);
            foreach (var error in errors)
            {
                json.WriteStartObject();
                json.WriteString("file", error.File);
                json.WriteNumber("line", error.Line);
                json.WriteNumber("column", error.Column);
                json.WriteString("path", error.Path);
                json.WriteString("message", error.Message);
                json.WriteString("suggestion", error.Suggestion);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    private static Task<ExitCode> Expand(Invocation invocation)
    {
        var file = invocation.Parsed.GetRequiredValue(File);
        var ready = Load(
            invocation,
            SimEvalNode.CreateChecker(invocation.Settings, invocation.DataFolder),
            file,
            needsPoints: true
        );
        if (!invocation.Json)
        {
            foreach (var point in ready.Scenario.Points)
            {
                invocation.Terminal.Print($"{point.Key}  {point}");
            }
            var expansion = ScenarioExpansion.Of(ready.Scenario);
            foreach (var parameter in expansion.Parameters)
            {
                invocation.Terminal.Tell(parameter);
            }
            invocation.Terminal.Tell(expansion.ToString());
            return Task.FromResult(ExitCode.Pass);
        }
        JsonLine.Write(
            invocation.Terminal,
            json =>
            {
                json.WriteString("name", ready.Scenario.Name);
                json.WriteNumber("seeds", ready.Scenario.Seeds);
                json.WriteStartArray("points");
                foreach (var point in ready.Scenario.Points)
                {
                    json.WriteStartObject();
                    json.WriteString("key", point.Key.ToString());
                    json.WriteStartObject("assignment");
                    foreach (var (name, value) in point.Assignment)
                    {
                        json.WriteString(name, value.ToString());
                    }
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        );
        return Task.FromResult(ExitCode.Pass);
    }

    private static Task<ExitCode> Schema(Invocation invocation)
    {
        var catalogue = SimEvalNode.CreateChecker(invocation.Settings).Catalogue;
        var schema = ScenarioSchema.Generate(catalogue);
        if (invocation.Parsed.GetValue(Out) is { } path)
        {
            System.IO.File.WriteAllText(path, schema.ToString(Formatting.Indented) + "\n", new UTF8Encoding(false));
            return Task.FromResult(ExitCode.Pass);
        }
        // The schema holds no text of a file, and its line breaks are its layout.
        invocation.Terminal.Data.WriteLine(schema.ToString(invocation.Json ? Formatting.None : Formatting.Indented));
        return Task.FromResult(ExitCode.Pass);
    }

    private static string Count(long count, string noun) => $"{Numbers.Whole(count)} {noun}{(count == 1 ? "" : "s")}";
}
