using SimEval.Devices;
using SimEval.Models.Graphs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>A device whose errors name the file that they are about: of two that a command line names, or of any.</summary>
internal sealed class NamingDevice(ITensorDevice device) : ITensorDevice
{
    /// <inheritdoc/>
    public string DeviceClass => device.DeviceClass;

    /// <inheritdoc/>
    public string Numerics => device.Numerics;

    /// <inheritdoc/>
    public bool ObservationMayChange => device.ObservationMayChange;

    /// <inheritdoc/>
    public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null) =>
        Naming(file, () => device.Open(file, options, values));

    /// <inheritdoc/>
    public Graph? Graph(ModelFile file) => Naming(file, () => device.Graph(file));

    /// <summary>Does something with a file; its errors name it.</summary>
    public static T Naming<T>(ModelFile file, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (ModelException e) when (!e.Message.StartsWith(file.Path, StringComparison.Ordinal))
        {
            throw new ModelException(e.Fault, $"{file.Path}: {e.Message}", e);
        }
    }
}
