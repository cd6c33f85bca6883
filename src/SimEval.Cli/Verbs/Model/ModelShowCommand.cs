using System.CommandLine;
using SimEval.Cli.Views;
using SimEval.Devices.Torch;
using SimEval.Models.Costs;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Shapes;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model show MODEL`: what is in a model or an artifact, and which devices run it.</summary>
internal sealed class ModelShowCommand
{
    private readonly Argument<string> model = new("MODEL") { Description = "An ONNX model, or an artifact" };

    private readonly Option<int> batch = new("--batch")
    {
        Description = "Size of the first axis of each input that leaves it open, for costs",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    private ModelShowCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new ModelShowCommand();
        verb.batch.Takes(value => value >= 1, "a whole number from 1 up");
        var command = new Command(
            "show",
            "Show what is in a model or an artifact, what it costs, and which devices run it"
        )
        {
            verb.model,
            verb.batch,
        };
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var options = ModelFiles.Options(invocation);
        var file = ModelFiles.ReadFile(invocation, invocation.Parsed.GetRequiredValue(model));
        if (TorchDevice.IsTorchScript(file.Bytes.Span))
            return ScriptFacts.Show(invocation, file, options);
        var facts = ModelFacts.Read(file, options);
        var costs = facts.Model is { } onnx ? Costs(invocation, file.Path, onnx) : null;
        var fits = DeviceFit.OfAll(file, options);
        if (invocation.Json)
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    facts.Write(json);
                    if (costs is var (types, cost))
                        CostView.Write(json, types, cost);
                    DeviceFit.Write(json, fits);
                }
            );
        else
            LiveView.Print(
                invocation,
                [
                    .. facts.Draw(),
                    .. costs is var (types, cost) ? CostView.Draw(types, cost) : [],
                    .. fits.Select(fit => fit.Draw()),
                ]
            );
        return ExitCode.Pass;
    }

    /// <summary>Types with sizes by name, and the costs at the batch.</summary>
    private (IReadOnlyDictionary<string, TensorType> Types, ModelCost Cost)? Costs(
        Invocation invocation,
        string path,
        OnnxModel onnx
    )
    {
        var asked = invocation.Parsed.GetValue(batch);
        if (asked > 1 && !ModelCost.HasOpenBatch(onnx))
            throw new CommandException(
                ExitCode.Invalid,
                $"{path}: the first axis of every input is fixed, so that there is no batch of {asked}; leave --batch out"
            );
        var at = "";
        try
        {
            var types = ShapeInference.Infer(onnx).Graph.Types;
            at = $"at batch {asked} (--batch): ";
            return (types, ModelCost.Of(onnx, asked));
        }
        catch (OnnxFormatException e)
        {
            throw new CommandException(ExitCode.Invalid, $"{path}: {at}{e.Message}");
        }
    }
}
