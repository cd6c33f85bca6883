using System.CommandLine;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Models.Asic.Artifacts;
using SimEval.Models.Asic.Scheduling;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model compile MODEL --board BOARD --out FILE`: a quantized model to an artifact that a board runs.</summary>
internal sealed class CompileCommand
{
    private readonly Argument<string> model = new("MODEL") { Description = "A quantized ONNX model" };
    private readonly BoardOptions board = new();

    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "Where the artifact goes",
        HelpName = "FILE",
        Required = true,
    };

    private CompileCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new CompileCommand();
        var command = new Command("compile", "Compile a quantized model to an artifact for a board")
        {
            verb.model,
            verb.output,
        };
        verb.board.AddTo(command);
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var file = ModelFiles.ReadFile(invocation, invocation.Parsed.GetRequiredValue(model));
        var path = ModelFiles.Output(output, invocation.Parsed.GetRequiredValue(output), file.Path);
        if (ArtifactContainer.IsArtifact(file.Bytes.Span))
            throw new CommandException(
                ExitCode.Invalid,
                $"{file.Path} is compiled already; 'simeval model show' tells for which board"
            );
        var (artifact, schedule) = board.Load(invocation, file);
        var bytes = artifact.ToBytes();
        ModelFiles.Write(path, stream => stream.Write(bytes));
        if (invocation.Json)
            JsonLine.Write(invocation.Terminal, json => Write(json, path, bytes, artifact, schedule));
        else
            LiveView.Print(
                invocation,
                [
                    .. ScheduleView.Draw(schedule),
                    new Line()
                        .Add("written  ", Tone.Good)
                        .Add($"{path}, {bytes.Length:N0} bytes, SHA-256 {ArtifactContainer.HashOf(bytes)}"),
                ]
            );
        return ExitCode.Pass;
    }

    private static void Write(Utf8JsonWriter json, string path, byte[] bytes, Artifact artifact, Schedule schedule)
    {
        json.WriteString("artifact", path);
        json.WriteString("sha256", ArtifactContainer.HashOf(bytes));
        json.WriteNumber("bytes", bytes.Length);
        json.WriteString("board", artifact.Board);
        json.WriteStartObject("origin");
        foreach (var (key, value) in artifact.Origin)
            json.WriteString(key, value);
        json.WriteEndObject();
        ScheduleView.Write(json, schedule);
    }
}
