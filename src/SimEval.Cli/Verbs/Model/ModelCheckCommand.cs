using System.CommandLine;
using SimEval.Cli.Views;
using SimEval.Devices;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model check MODEL[@DEVICE]`: whether a model is whole, and whether its device runs it.</summary>
internal sealed class ModelCheckCommand
{
    private readonly Argument<string> model = new("MODEL") { Description = ModelFiles.Explanation };

    private ModelCheckCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new ModelCheckCommand();
        var command = new Command("check", "Check that a model or an artifact is whole, and that its device runs it")
        {
            verb.model,
        };
        return host.Bind(command, invocation => Task.Run(() => verb.Run(invocation)));
    }

    private ExitCode Run(Invocation invocation)
    {
        var options = ModelFiles.Options(invocation);
        var (file, device) = ModelFiles.Read(invocation, invocation.Parsed.GetRequiredValue(model));
        // Reads every part of it, so that what is damaged is named.
        ModelFacts.Read(file, options);
        using var opened = device.Open(file, options);
        if (invocation.Json)
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("model", file.Path);
                    json.WriteString("device", device.DeviceClass);
                    json.WriteBoolean("valid", true);
                }
            );
        else
            LiveView.Print(
                invocation,
                [
                    new Line().Add("valid    ", Tone.Good).Add($"{file.Path} runs on {device.DeviceClass}"),
                    .. opened.Signature.Inputs.Select(input => new Line().Add($"takes    {input}")),
                    .. opened.Signature.Outputs.Select(output => new Line().Add($"gives    {output}")),
                ]
            );
        return ExitCode.Pass;
    }
}
