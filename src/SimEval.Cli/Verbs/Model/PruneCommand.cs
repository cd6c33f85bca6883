using System.CommandLine;
using System.Globalization;
using SimEval.Engine.Compression;
using SimEval.Models.Compression;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model prune MODEL`: weights of the least magnitude become 0.</summary>
internal sealed class PruneCommand
{
    private const int FittedFrames = 4096;

    private readonly Argument<string> model = new("MODEL") { Description = "An ONNX model of float32" };
    private readonly CalibrationOptions calibration = new();

    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "The file to write",
        Required = true,
        HelpName = "FILE",
    };

    private readonly Option<string?> pattern = new("--pattern")
    {
        Description = "KEPT:GROUP: of each group of weights that are summed, so many stay (2:4)",
        HelpName = "N:M",
    };

    private readonly Option<double?> sparsity = new("--sparsity")
    {
        Description = "Share of each layer's weights that become 0, from 0 to below 1",
        HelpName = "S",
    };

    private readonly Option<string[]> except = new("--except")
    {
        Description = "Leave this layer, named by its output, as it is; may be given again",
        HelpName = "LAYER",
    };

    private PruneCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new PruneCommand();
        verb.sparsity.Takes(value => value is null or >= 0 and < 1, "a share from 0 to below 1");
        var command = new Command("prune", "Set the weights of the least magnitude to 0, in a standard ONNX file")
        {
            verb.model,
            verb.output,
            verb.pattern,
            verb.sparsity,
            verb.except,
        };
        verb.calibration.AddTo(command);
        return host.Bind(command, invocation => Task.Run(() => verb.RunAsync(invocation)));
    }

    private async Task<ExitCode> RunAsync(Invocation invocation)
    {
        var (wanted, recipe) = Pattern(invocation);
        var path = invocation.Parsed.GetRequiredValue(model);
        ModelFiles.Output(output, invocation.Parsed.GetRequiredValue(output), path, calibration.File(invocation));
        var work = await Compressing.ReadAsync(invocation, path, calibration, required: false).ConfigureAwait(false);
        var view = work.Named(() =>
        {
            var dense = (invocation.Parsed.GetValue(except) ?? []).ToHashSet(StringComparer.Ordinal);
            var isFitted = calibration.IsGiven(invocation);
            var pace = new Pace(invocation);
            var pruned = isFitted
                ? new FittedPruning(Compressing.Device, work.Limits, work.Frames.Sample(FittedFrames)).Prune(
                    work.Parent,
                    wanted,
                    dense,
                    (done, all) => pace.Tell(() => $"{done} of {all} layers fitted")
                )
                : Pruner.Prune(work.Parent, wanted, dense);
            var written = work.Write(
                invocation.Parsed.GetRequiredValue(output),
                pruned.Model,
                isFitted ? $"{recipe}, what stays fitted" : recipe,
                isFitted
            );
            return written with { Pruned = pruned.Layers };
        });
        view.Show(invocation);
        return ExitCode.Pass;
    }

    private (PruningPattern Pattern, string Recipe) Pattern(Invocation invocation)
    {
        var (structured, share) = (invocation.Parsed.GetValue(pattern), invocation.Parsed.GetValue(sparsity));
        if ((structured is null) == (share is null))
            throw new CommandException(ExitCode.Invalid, "give either --pattern N:M (2:4) or --sparsity S (0.5)");
        if (share is { } asked)
            return (
                new PruningPattern.Magnitude(asked),
                string.Create(CultureInfo.InvariantCulture, $"pruned by magnitude to a sparsity of {asked}")
            );
        var parts = structured!.Split(':');
        if (
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var kept)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            && kept >= 1
            && kept < group
        )
            return (new PruningPattern.Structured(kept, group), $"pruned {kept}:{group}");
        throw new CommandException(
            ExitCode.Invalid,
            $"--pattern takes N:M with N from 1 to below M, as in 2:4; not '{structured}'"
        );
    }
}
