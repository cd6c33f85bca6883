using System.CommandLine;
using System.Runtime.CompilerServices;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Engine.Executors;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>Frames of recorded runs as inputs of a model.</summary>
internal sealed class FrameOptions
{
    /// <summary>The runs.</summary>
    public Option<string[]> Runs { get; }

    private readonly Option<string?> variant = new("--variant")
    {
        Description =
            "The run's variant whose rollouts are followed and whose names of inputs and states hold; unless named, the one that the model is a build of",
        HelpName = "NAME",
    };

    private readonly Option<int?> count = new("--count")
    {
        Description = "Most frames, spread over the runs and their rollouts",
        HelpName = "N",
    };

    /// <summary>Options under the name that a verb gives the runs.</summary>
    public FrameOptions(string name = "--frames") =>
        Runs = new(name)
        {
            Description =
                "Observations of a recorded run of the data folder, recomputed from its actions; may be given again",
            HelpName = "RUN",
        };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        count.Takes(value => value is not < 1, "a whole number from 1 up");
        command.Add(Runs);
        command.Add(variant);
        command.Add(count);
    }

    /// <summary>The named variant, or null.</summary>
    public string? Variant(Invocation invocation) => invocation.Parsed.GetValue(variant);

    /// <summary>The number of frames asked for.</summary>
    public int CountOr(Invocation invocation, int fallback) => invocation.Parsed.GetValue(count) ?? fallback;

    /// <summary>The runs that are named; none where the option is not given.</summary>
    public IReadOnlyList<string> Named(Invocation invocation) => invocation.Parsed.GetValue(Runs) ?? [];

    /// <summary>What the worlds of the first named run offer a policy; exit 5 when there is no such run.</summary>
    public async Task<BindingRequest> LayoutAsync(Invocation invocation)
    {
        await using var node = Verbs.Runs.OpenForReading(invocation);
        var run = await OpenAsync(node.Library, Named(invocation)[0], invocation).ConfigureAwait(false);
        return OfferedLayout.Of(run.Ready.Worlds.Of(run.Plan.Pairs[0].Point));
    }

    /// <summary>A sample of the runs' frames for a model; exit 5 when there is no such run.</summary>
    public async IAsyncEnumerable<RecordedFrame> SampleAsync(
        Invocation invocation,
        ITensorModel model,
        ModelFile file,
        int frames,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        await using var node = Verbs.Runs.OpenForReading(invocation);
        var named = Named(invocation);
        for (var i = 0; i < named.Count; i++)
        {
            var share = FrameSample.Share(named.Count, frames, i);
            if (share == 0)
                continue;
            var run = await OpenAsync(node.Library, named[i], invocation).ConfigureAwait(false);
            var recorded = RecordedRun.Of(node.Library, run, model, file, Variant(invocation));
            await foreach (var frame in recorded.SampleAsync(share, cancel).ConfigureAwait(false))
                yield return frame;
        }
    }

    private static async Task<StoredRun> OpenAsync(RunLibrary library, string named, Invocation invocation)
    {
        var found = await Verbs.Runs.FindAsync(library, named, invocation).ConfigureAwait(false);
        return await library.OpenAsync(found.Submission.Run, cancel: invocation.Cancellation).ConfigureAwait(false)
            ?? throw new CommandException(ExitCode.Nothing, $"there is no run {named}");
    }
}
