using System.CommandLine;
using SimEval.Cli.Views;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model optimize MODEL --out FILE`: passes over the graph, and a standard ONNX file.</summary>
internal sealed class OptimizeCommand
{
    private readonly Argument<string> model = new("MODEL") { Description = "An ONNX model" };

    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "The file to write",
        Required = true,
        HelpName = "FILE",
    };

    private readonly Option<string[]> passes = new("--pass")
    {
        Description =
            $"Run only this pass; may be given again ({string.Join(", ", GraphPass.All.Select(pass => pass.Name))})",
        HelpName = "NAME",
    };

    private OptimizeCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new OptimizeCommand();
        var command = new Command("optimize", "Simplify a model's graph, in a standard ONNX file")
        {
            verb.model,
            verb.output,
            verb.passes,
        };
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var wanted = (invocation.Parsed.GetValue(passes) ?? []).Select(Pass).ToList();
        var file = ModelFiles.ReadFile(invocation, invocation.Parsed.GetRequiredValue(model));
        var path = ModelFiles.Output(output, invocation.Parsed.GetRequiredValue(output), file.Path);
        if (ModelFacts.Read(file, ModelFiles.Options(invocation)).Model is not { } before)
            throw new CommandException(ExitCode.Invalid, $"{file.Path} is an artifact; an ONNX model was expected");
        try
        {
            var result = PassPipeline.Run(before, wanted.Count > 0 ? wanted : GraphPass.All);
            var bytes = OnnxWriter.Write(result.Model);
            ModelFiles.Write(path, stream => stream.Write(bytes));
            Show(invocation, path, before, result, (file.Bytes.Length, bytes.Length));
            return ExitCode.Pass;
        }
        catch (OnnxFormatException e)
        {
            throw new CommandException(ExitCode.Invalid, $"{file.Path}: {e.Message}");
        }
    }

    private static GraphPass Pass(string name)
    {
        var known = GraphPass.All.Select(pass => pass.Name).ToList();
        if (GraphPass.All.FirstOrDefault(pass => pass.Name == name) is { } found)
            return found;
        var nearest = NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : ";";
        throw new CommandException(
            ExitCode.Invalid,
            $"--pass '{name}': there is no such pass{nearest} There are {string.Join(", ", known)}"
        );
    }

    private static void Show(
        Invocation invocation,
        string path,
        OnnxModel before,
        PassResult result,
        (int Before, int After) bytes
    )
    {
        var nodes = (Before: before.Graph.AllNodes().Count(), After: result.Model.Graph.AllNodes().Count());
        if (invocation.Json)
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("out", path);
                    json.WriteNumber("nodesBefore", nodes.Before);
                    json.WriteNumber("nodes", nodes.After);
                    json.WriteNumber("bytesBefore", bytes.Before);
                    json.WriteNumber("bytes", bytes.After);
                    json.WriteStartObject("rounds");
                    foreach (var (name, rounds) in result.Applied)
                        json.WriteNumber(name, rounds);
                    json.WriteEndObject();
                }
            );
        else
            LiveView.Print(
                invocation,
                [
                    new Line()
                        .Add("written  ", Tone.Good)
                        .Add(
                            $"{path}, {nodes.After:N0} nodes of {nodes.Before:N0}, {bytes.After:N0} bytes of {bytes.Before:N0}"
                        ),
                    .. GraphPass
                        .All.Where(pass => result.Applied.ContainsKey(pass.Name))
                        .Select(pass => new Line().Add($"{pass.Name, -20} {pass.Summary}")),
                ]
            );
    }
}
