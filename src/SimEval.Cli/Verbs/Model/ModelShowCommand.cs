using System.CommandLine;
using SimEval.Cli.Views;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model show MODEL`: what is in a model or an artifact, and which devices run it.</summary>
internal sealed class ModelShowCommand
{
    private readonly Argument<string> model = new("MODEL") { Description = "An ONNX model, or an artifact" };

    private ModelShowCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new ModelShowCommand();
        var command = new Command("show", "Show what is in a model or an artifact, and which devices run it")
        {
            verb.model,
        };
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var options = ModelFiles.Options(invocation);
        var file = ModelFiles.ReadFile(invocation, invocation.Parsed.GetRequiredValue(model));
        var facts = ModelFacts.Read(file, options);
        var fits = DeviceFit.OfAll(file, options);
        if (invocation.Json)
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    facts.Write(json);
                    DeviceFit.Write(json, fits);
                }
            );
        else
            LiveView.Print(invocation, [.. facts.Draw(), .. fits.Select(fit => fit.Draw())]);
        return ExitCode.Pass;
    }
}
