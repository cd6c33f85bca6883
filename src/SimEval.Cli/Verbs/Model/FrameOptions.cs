using System.CommandLine;
using System.Runtime.CompilerServices;
using SimEval.Devices;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>Frames of a recorded run as inputs of a model.</summary>
internal sealed class FrameOptions
{
    /// <summary>The run.</summary>
    public Option<string?> Run { get; }

    private readonly Option<string?> variant = new("--variant")
    {
        Description =
            "The run's variant whose rollouts are followed and whose names of inputs and states hold; unless named, the one that the model is a build of",
        HelpName = "NAME",
    };

    private readonly Option<int?> count = new("--count")
    {
        Description = "Most frames, spread over the run's rollouts",
        HelpName = "N",
    };

    /// <summary>Options under the name that a verb gives the run.</summary>
    public FrameOptions(string name = "--frames") =>
        Run = new(name)
        {
            Description = "Observations of a recorded run of the data folder, recomputed from its actions",
            HelpName = "RUN",
        };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--count takes a whole number from 1 up");
        });
        command.Add(Run);
        command.Add(variant);
        command.Add(count);
    }

    /// <summary>The named variant, or null.</summary>
    public string? Variant(Invocation invocation) => invocation.Parsed.GetValue(variant);

    /// <summary>The number of frames asked for.</summary>
    public int CountOr(Invocation invocation, int fallback) => invocation.Parsed.GetValue(count) ?? fallback;

    /// <summary>A sample of the run's frames for a model.</summary>
    public async IAsyncEnumerable<RecordedFrame> SampleAsync(
        Invocation invocation,
        ITensorModel model,
        ModelFile file,
        int frames,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        await using var node = Runs.OpenForReading(invocation);
        var run = await OpenAsync(node.Library, invocation).ConfigureAwait(false);
        var recorded = RecordedRun.Of(node.Library, run, model, file, Variant(invocation));
        await foreach (var frame in recorded.SampleAsync(frames, cancel).ConfigureAwait(false))
            yield return frame;
    }

    /// <summary>The run that --frames names; exit 5 when there is none.</summary>
    public async Task<StoredRun> OpenAsync(RunLibrary library, Invocation invocation)
    {
        var named = invocation.Parsed.GetRequiredValue(Run);
        var found = await Runs.FindAsync(library, named, invocation).ConfigureAwait(false);
        return await library.OpenAsync(found.Submission.Run, cancel: invocation.Cancellation).ConfigureAwait(false)
            ?? throw new CommandException(ExitCode.Nothing, $"there is no run {named}");
    }
}
