using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Devices;

namespace SimEval.Cli.Verbs.Model;

/// <summary>Whether a device class runs a model.</summary>
/// <param name="DeviceClass">"asic/g2".</param>
/// <param name="Reason">What stops it; null: it runs.</param>
internal sealed record DeviceFit(string DeviceClass, string? Reason)
{
    /// <summary>Asks every device class that reads model files, each by opening the model on it.</summary>
    public static IReadOnlyList<DeviceFit> OfAll(ModelFile file, ModelOptions options) =>
        [.. DeviceCatalogue.ReadingClasses.Select(device => Of(device, file, options))];

    /// <summary>A line of the terminal.</summary>
    public Line Draw() =>
        new Line()
            .Add($"{DeviceClass, -8} ", Tone.Strong)
            .Add(Reason is null ? "runs it" : "does not: ", Reason is null ? Tone.Good : Tone.Bad)
            .Add(Reason ?? "");

    /// <summary>The array "devices".</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<DeviceFit> fits)
    {
        json.WriteStartArray("devices");
        foreach (var fit in fits)
        {
            json.WriteStartObject();
            json.WriteString("device", fit.DeviceClass);
            json.WriteBoolean("runs", fit.Reason is null);
            json.WriteString("reason", fit.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static DeviceFit Of(string device, ModelFile file, ModelOptions options)
    {
        try
        {
            DeviceCatalogue.Tensors(device).Open(file, options).Dispose();
            return new DeviceFit(device, null);
        }
        catch (ModelException e)
        {
            return new DeviceFit(device, e.Message);
        }
    }
}
