using System.CommandLine;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Models.Asic.Artifacts;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Scheduling;

namespace SimEval.Cli.Verbs.Model;

/// <summary>A board, a batch, and the artifact that a model is on it.</summary>
internal sealed class BoardOptions
{
    private readonly Option<string?> board = new("--board")
    {
        Description =
            $"The board generation: {string.Join(", ", BoardLibrary.All.Select(known => known.Name))}, or a board's data file (PATH.json)",
        HelpName = "BOARD",
    };

    private readonly Option<int> batch = new("--batch")
    {
        Description = "Frames of one forward in the schedule",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        batch.Takes(value => value is >= 1 and <= 65536, "a whole number from 1 to 65536");
        command.Add(board);
        command.Add(batch);
    }

    /// <summary>The artifact of a file on the board, and its schedule; exit 4 when no board is named or there is none of the name.</summary>
    public (Artifact Artifact, Schedule Schedule) Load(Invocation invocation, ModelFile file)
    {
        var chosen = Chosen(invocation, file);
        var options = ModelFiles.Options(invocation);
        var artifact = file.Naming(() => AsicLoading.Load(file, chosen, options));
        var frames = invocation.Parsed.GetValue(batch);
        var schedule =
            file.Naming(() => AsicLoading.Schedule(artifact.Program, chosen, frames))
            ?? throw new CommandException(
                ExitCode.Unsatisfiable,
                $"{file.Path}: the model leaves sizes open beside the batch, so that it has no one schedule; fix them first"
            );
        return (artifact, schedule);
    }

    private Board Chosen(Invocation invocation, ModelFile file)
    {
        if (invocation.Parsed.GetValue(board) is { } name)
            return BoardFiles.Find(name) ?? throw new CommandException(ExitCode.Invalid, BoardLibrary.Unknown(name));
        if (!ArtifactContainer.IsArtifact(file.Bytes.Span))
            throw new CommandException(ExitCode.Invalid, $"name a board: --board {BoardLibrary.All[0].Name}");
        var compiled = AsicLoading.Read(file).Board;
        return BoardLibrary.Find(compiled)
            ?? throw new CommandException(
                ExitCode.Invalid,
                $"the artifact was compiled for board {compiled}, which does not ship: name its data file, --board PATH.json"
            );
    }
}
