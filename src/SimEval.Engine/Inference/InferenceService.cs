using System.Security.Cryptography;
using System.Text;
using SimEval.Actors.Journal;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Npz;
using SimEval.Devices.Tensors;
using SimEval.Engine.Executors;
using SimEval.Engine.Persistence;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;
using SimEval.Entities.Rollouts;
using SimEval.Entities.Runs;
using SimEval.Entities.Scenarios;
using SimEval.Models.Graphs;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;

namespace SimEval.Engine.Inference;

/// <summary>
/// Batch inference as durable runs: submitted like an evaluation, carried out unit by unit, each unit's arrays a blob that a
/// segment of the run's log names, so that a run killed anywhere goes on with the next unit and ends with the same bytes.
/// </summary>
/// <param name="entities">The process's entities.</param>
/// <param name="blobs">Bulk.</param>
/// <param name="library">Reads runs.</param>
/// <param name="inferences">Reads batch inferences.</param>
/// <param name="time">The clock.</param>
/// <param name="options">Limits of a model.</param>
/// <param name="version">The program's version, for provenance.</param>
public sealed class InferenceService(
    EntityHost entities,
    IBlobStore blobs,
    RunLibrary library,
    InferenceLibrary inferences,
    TimeProvider time,
    ModelOptions options,
    string version
)
{
    /// <summary>Submits a batch inference: everything it needs is durable when its id comes back.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="token">Names this request: the same again gives the same number.</param>
    /// <exception cref="RunRefusedException">The run that gives the frames does not exist or has not ended.</exception>
    /// <exception cref="ModelException">The model cannot be opened, or does not fit what it is given.</exception>
    public async Task<string> SubmitAsync(InferenceRequest request, string token)
    {
        var board = BoardFiles.DataFile(request.Device);
        var device = DeviceOf(request.Device, board);
        var frames = await FramesAsync(request.Frames).ConfigureAwait(false);
        var arrays = ArraysOf(request.Inputs);
        Account(request.Model, arrays);
        using var model = request.Model.Naming(() => device.Open(request.Model, Offering(frames)));
        var recorded = frames is null ? null : RecordedRun.Of(library, frames, model, request.Model, request.Variant);
        var units = UnitsOf(model, recorded, request.Inputs, arrays);
        var files = new List<CapturedFile> { await CaptureAsync(request.Model).ConfigureAwait(false) };
        if (request.Inputs is { } inputs)
            files.Add(await CaptureAsync(inputs).ConfigureAwait(false));
        if (board is not null)
            files.Add(await CaptureAsync(board).ConfigureAwait(false));
        var what = new BatchInference(
            request.Model.Path,
            request.Device,
            request.Frames,
            recorded?.Variant,
            units.Count,
            request.Output
        );
        var text = await blobs.PutAsync(JsonCodec.Write(what)).ConfigureAwait(false);
        var name = NameOf(request.Model.Path);
        var number = await entities.Scenario(name, new ScenarioCommand.NumberRun(token)).ConfigureAwait(false);
        var run = $"{name}-{number}";
        var submission = new Submission(
            run,
            name,
            text.Hex,
            text.Hex,
            request.Model.Path,
            files,
            null,
            time.GetUtcNow(),
            version,
            new Dictionary<string, string> { [what.Model] = device.Numerics },
            1,
            request.Command,
            what
        );
        await entities.Run(run, new RunCommand.Submit(submission)).ConfigureAwait(false);
        return run;
    }

    /// <summary>Carries out what is left of a batch inference, and writes its output.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="progress">Told of every unit that has become durable.</param>
    /// <param name="cancel">Interrupts it; what is durable stays.</param>
    /// <exception cref="RunRefusedException">It has ended, or cannot go on on this machine.</exception>
    /// <exception cref="ModelException">The model failed; the run has then ended so.</exception>
    public async Task ExecuteAsync(string run, IProgress<int>? progress, CancellationToken cancel)
    {
        var stored =
            await inferences.OpenAsync(run, cancel).ConfigureAwait(false)
            ?? throw new RunRefusedException($"run {run} is no batch inference");
        if (stored.Conclusion is not null)
            throw new RunRefusedException($"run {run} has ended: {stored.Conclusion.Verdict}");
        var what = stored.What;
        var device = DeviceOf(what.Device, await inferences.BoardAsync(stored, cancel).ConfigureAwait(false));
        RequireSameNumerics(stored, device);
        if (stored.UnitsDone > 0)
            await entities.Run(run, new RunCommand.Resume(time.GetUtcNow())).ConfigureAwait(false);
        var file = await inferences.FileAsync(stored, 0, cancel).ConfigureAwait(false);
        var inputs = what.Frames is null ? await inferences.FileAsync(stored, 1, cancel).ConfigureAwait(false) : null;
        var frames = await FramesAsync(what.Frames).ConfigureAwait(false);
        var arrays = ArraysOf(inputs);
        Account(file, arrays);
        using var model = file.Naming(() => device.Open(file, Offering(frames)));
        var recorded = frames is null ? null : RecordedRun.Of(library, frames, model, file, what.Variant);
        var units = UnitsOf(model, recorded, inputs, arrays);
        try
        {
            await RunUnitsAsync(run, stored.UnitsDone, units, progress, cancel).ConfigureAwait(false);
        }
        catch (ModelException failure)
            when (failure.Fault is ModelFault.RunFailed or ModelFault.Unsupported or ModelFault.Unbindable)
        {
            await ConcludeAsync(run, "Fail", failure.Message, "", null).ConfigureAwait(false);
            throw;
        }

        var segments = await inferences.UnitsAsync(run, cancel).ConfigureAwait(false);
        var report = await new InferenceOutput(blobs)
            .WriteAsync(segments, what.Output, recorded?.Binding.Action.Name, recorded?.World.Action.PointUnit, cancel)
            .ConfigureAwait(false);
        await ConcludeAsync(run, "None", "complete", HashOf(segments), report).ConfigureAwait(false);
    }

    private async Task RunUnitsAsync(
        string run,
        int done,
        InferenceUnits units,
        IProgress<int>? progress,
        CancellationToken cancel
    )
    {
        var address = InferenceLibrary.UnitsOf(run);
        for (var unit = done; unit < units.Count; unit++)
        {
            cancel.ThrowIfCancellationRequested();
            var arrays = await units.RunAsync(unit, cancel).ConfigureAwait(false);
            using var bytes = new MemoryStream();
            NpzArchive.Write(bytes, arrays);
            var blob = await blobs.PutAsync(bytes.ToArray(), CancellationToken.None).ConfigureAwait(false);
            var segment = new Segment(blob.Hex, 0, unit, 1);
            await entities
                .Rollout(address, new RolloutCommand.Checkpoint(segment, Hash64.OfText(blob.Hex)))
                .ConfigureAwait(false);
            progress?.Report(unit + 1);
        }
    }

    private async Task ConcludeAsync(string run, string verdict, string reason, string hash, InferenceReport? report)
    {
        var blob = report is null
            ? ""
            : (await blobs.PutAsync(JsonCodec.Write(report), CancellationToken.None).ConfigureAwait(false)).Hex;
        await entities
            .Run(run, new RunCommand.Conclude(new Conclusion(verdict, hash, reason, blob, time.GetUtcNow())))
            .ConfigureAwait(false);
    }

    private static InferenceUnits UnitsOf(
        ITensorModel model,
        RecordedRun? recorded,
        ModelFile? inputs,
        IReadOnlyDictionary<string, Tensor>? arrays
    ) =>
        recorded is not null
            ? new RolloutUnits(model, recorded)
            : inputs!.Naming(() => new RowUnits(model, ModelInputs.FromFile(arrays!, model.Signature)));

    // Before it is opened: recorded frames are inferred one by one, given rows in blocks.
    private void Account(ModelFile file, IReadOnlyDictionary<string, Tensor>? arrays) =>
        new ModelMemory(options, ModelUse.Tensors(arrays is null ? 1 : RowUnits.MostRows(arrays))).Take(file);

    // A program is offered what the run's worlds observe.
    private ModelOptions Offering(StoredRun? frames) =>
        options with
        {
            Policy = frames is null
                ? OfferedLayout.Usual
                : OfferedLayout.Of(frames.Ready.Worlds.Of(frames.Plan.Pairs[0].Point)),
        };

    private async Task<StoredRun?> FramesAsync(string? frames)
    {
        if (frames is null)
            return null;
        var run =
            await library.OpenAsync(frames).ConfigureAwait(false)
            ?? throw new RunRefusedException($"there is no run {frames}, whose frames were to be inferred");
        // The recorded frames must be the same whenever the inference goes on.
        return run.Conclusion is not null
            ? run
            : throw new RunRefusedException($"run {frames} has not ended; resume it first");
    }

    private IReadOnlyDictionary<string, Tensor>? ArraysOf(ModelFile? inputs)
    {
        try
        {
            return inputs is null ? null : NpzArchive.Read(inputs.Bytes, options.MaximumBytes);
        }
        catch (NpyFormatException e)
        {
            throw new ModelException(ModelFault.Unbindable, $"{inputs!.Path}: {e.Message}", e);
        }
    }

    private async Task<CapturedFile> CaptureAsync(ModelFile file)
    {
        var blob = await blobs.PutAsync(file.Bytes).ConfigureAwait(false);
        // A program runs where it lies, from whatever folder the run is resumed.
        return new CapturedFile(Path.GetFullPath(file.Path), blob.Hex, file.Bytes.Length);
    }

    // A board of one's own is the one that the run began with, whatever has become of its file.
    private static ITensorDevice DeviceOf(string deviceClass, ModelFile? board) =>
        board is null
            ? DeviceCatalogue.Tensors(deviceClass)
            : new AsicDevice(BoardFiles.Read(board.Path, board.Bytes.ToArray()));

    private static void RequireSameNumerics(StoredInference stored, ITensorDevice device)
    {
        var begun = stored.Submission.Numerics[stored.What.Model];
        if (begun != device.Numerics)
            throw new RunRefusedException(
                $"run {stored.Submission.Run} was begun in numerics class {begun}; here it is {device.Numerics}. "
                    + "Resume it on a machine of the first class, or submit it anew"
            );
    }

    private static string HashOf(IReadOnlyList<Segment> units) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(units.Select(unit => unit.Blob))))
        );

    // Run ids are lower-case words: "infer-planner-int8".
    private static string NameOf(string path)
    {
        var letters = Path.GetFileNameWithoutExtension(path)
            .ToLowerInvariant()
            .Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        return "infer-" + string.Concat(letters).Trim('-');
    }
}
