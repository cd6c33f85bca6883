using System.CommandLine;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Probing;
using SimEval.Devices.Processes;
using SimEval.Devices.Torch;

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
        // Reads every part of it, so that what is damaged is named; a program is no model file, and a module is libtorch's to read.
        if (device.DeviceClass != ProgramDevice.DeviceClass && !TorchDevice.IsTorchScript(file.Bytes.Span))
            ModelFacts.Read(file, options);
        using var opened = device.Open(file, options);
        var unprobed = "";
        var probe = opened.Probe ?? Probe(invocation, file, device, options, out unprobed);
        if (invocation.Json)
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("model", file.Path);
                    json.WriteString("device", device.DeviceClass);
                    json.WriteBoolean("valid", true);
                    WriteFound("batchInvariant", probe?.BatchInvariant);
                    WriteFound("int8Exact", probe?.Int8Exact);
                    json.WriteString("finding", probe?.Finding ?? $"Not probed: {unprobed}");

                    // Null: it was not probed, or has no such products.
                    void WriteFound(string field, bool? found)
                    {
                        if (found is { } value)
                            json.WriteBoolean(field, value);
                        else
                            json.WriteNull(field);
                    }
                }
            );
        else
            LiveView.Print(
                invocation,
                [
                    new Line().Add("valid    ", Tone.Good).Add($"{file.Path} runs on {device.DeviceClass}"),
                    .. opened.Signature.Inputs.Select(input => new Line().Add($"takes    {input}")),
                    .. opened.Signature.Outputs.Select(output => new Line().Add($"gives    {output}")),
                    new Line().Add(
                        probe is null ? $"probe    not probed as a policy: {unprobed}" : $"probe    {probe.Finding}"
                    ),
                ]
            );
        return ExitCode.Pass;
    }

    private static ProbeReport? Probe(
        Invocation invocation,
        ModelFile file,
        ITensorDevice device,
        ModelOptions options,
        out string unprobed
    ) =>
        OwnLayout.Probe(
            device.DeviceClass,
            ExternalFiles.Inline(file, options),
            options,
            invocation.Settings.Executor.MaxBatch,
            out unprobed
        );
}
