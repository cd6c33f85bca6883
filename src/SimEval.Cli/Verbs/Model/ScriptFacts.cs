using System.Security.Cryptography;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Torch;
using SimEval.Models;

namespace SimEval.Cli.Verbs.Model;

/// <summary>
/// What `simeval model show` tells of a TorchScript module, which libtorch alone can look into: what it takes and gives, without
/// shapes, since it declares none, and which devices run it.
/// </summary>
internal static class ScriptFacts
{
    /// <summary>Prints them; exit 4 when the file is damaged, 8 when libtorch is not here.</summary>
    public static ExitCode Show(Invocation invocation, ModelFile file, ModelOptions options)
    {
        using var module = file.Naming(() => new TorchDevice().Open(file, options));
        var signature = module.Signature;
        var hash = Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span));
        var fits = DeviceFit.OfAll(file, options);
        if (invocation.Json)
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("model", file.Path);
                    json.WriteString("format", "torchscript");
                    json.WriteString("sha256", hash);
                    json.WriteNumber("bytes", file.Bytes.Length);
                    Write(json, "inputs", signature.Inputs);
                    Write(json, "outputs", signature.Outputs);
                    DeviceFit.Write(json, fits);
                }
            );
        else
            LiveView.Print(
                invocation,
                [
                    Fact("file", $"{file.Path}, {file.Bytes.Length:N0} bytes, SHA-256 {hash}"),
                    Fact("format", "TorchScript, which declares no shapes"),
                    .. signature.Inputs.Select(input => Fact("input", $"{input.Name} {input.Type.Name()}")),
                    .. signature.Outputs.Select(output => Fact("output", $"{output.Name} {output.Type.Name()}")),
                    .. fits.Select(fit => fit.Draw()),
                ]
            );
        return ExitCode.Pass;
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<ModelTensor> tensors)
    {
        json.WriteStartArray(name);
        foreach (var tensor in tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("type", tensor.Type.Name());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Line Fact(string name, string value) => new Line().Add($"{name, -10} ", Tone.Strong).Add(value);
}
