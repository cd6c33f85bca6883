using System.CommandLine;
using SimEval.Devices;
using SimEval.Devices.Tensors;
using SimEval.Engine.Comparison;
using SimEval.Engine.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>What a compressed model is calibrated with and measured on: a recorded run, a file of arrays, or draws.</summary>
internal sealed class CalibrationOptions
{
    private const int DefaultFrames = 1024;

    private readonly FrameOptions frames = new("--calibrate");
    private readonly InputOptions inputs = new();

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        frames.AddTo(command);
        inputs.AddTo(command);
    }

    /// <summary>Whether a run, a file or draws are asked for.</summary>
    public bool IsGiven(Invocation invocation) =>
        frames.Named(invocation).Count > 0
        || invocation.Parsed.GetValue(inputs.File) is not null
        || invocation.Parsed.GetValue(inputs.Random) is not null;

    /// <summary>The file of arrays that is named, or null.</summary>
    public string? File(Invocation invocation) => invocation.Parsed.GetValue(inputs.File);

    /// <summary>
    /// The frames, and where they are from in words; drawn ones when nothing else is asked for and
    /// <paramref name="required"/> is false.
    /// </summary>
    public async Task<(CalibrationFrames Frames, string Source)> ReadAsync(
        Invocation invocation,
        ITensorModel model,
        ModelFile file,
        bool required
    )
    {
        var (runs, path, random) = (
            frames.Named(invocation),
            invocation.Parsed.GetValue(inputs.File),
            invocation.Parsed.GetValue(inputs.Random)
        );
        if (
            new object?[] { runs.Count > 0 ? runs : null, path, random }.Count(source => source is not null)
                is var given
            && (given > 1 || (given == 0 && required))
        )
            throw new CommandException(
                ExitCode.Invalid,
                "give one of --calibrate RUN, --inputs FILE.npz and --random N: what the model is calibrated with"
            );
        if (path is not null)
            return (OfFile(invocation, path, model.Signature), Path.GetFileName(path));
        if (runs.Count > 0)
        {
            var recorded = new List<IReadOnlyDictionary<string, Tensor>>();
            var pace = new Pace(invocation);
            var count = frames.CountOr(invocation, DefaultFrames);
            await foreach (
                var frame in frames
                    .SampleAsync(invocation, model, file, count, invocation.Cancellation)
                    .ConfigureAwait(false)
            )
            {
                recorded.Add(frame.Inputs);
                pace.Tell(() => $"{recorded.Count} of {count} frames recomputed");
            }

            return (new CalibrationFrames(recorded), string.Join(", ", runs));
        }

        var drawn = random ?? 256;
        var source = RandomInputs.For(model, invocation.Parsed.GetValue(inputs.Seed));
        var told = new Pace(invocation);
        var draws = new List<IReadOnlyDictionary<string, Tensor>>();
        while (draws.Count < drawn)
        {
            draws.Add(source.Frame(draws.Count));
            told.Tell(() => $"{draws.Count} of {drawn} frames drawn");
        }

        return (new CalibrationFrames(draws), $"{drawn} random inputs");
    }

    private static CalibrationFrames OfFile(Invocation invocation, string path, ModelSignature signature)
    {
        var frames = CalibrationFrames.Of(signature, InputOptions.Read(invocation, path, signature, check: false));
        foreach (var frame in frames.Frames)
            InputOptions.Check(path, signature, frame);
        var isSeen = frames.Frames.Any(frame =>
            frame.Values.Any(array =>
                TensorNumbers.IsReal(array.Type) && TensorNumbers.Read(array).Any(double.IsFinite)
            )
        );
        return isSeen
            ? frames
            : throw new CommandException(
                ExitCode.Invalid,
                $"{path} holds no number that is finite, so that nothing is seen of the model's values"
            );
    }
}
