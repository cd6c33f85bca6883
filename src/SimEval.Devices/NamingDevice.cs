using SimEval.Models.Graphs;

namespace SimEval.Devices;

/// <summary>A device whose refusals begin with the file that is refused: for whoever handles several.</summary>
/// <param name="inner">The device.</param>
public sealed class NamingDevice(ITensorDevice inner) : ITensorDevice
{
    /// <inheritdoc/>
    public string DeviceClass => inner.DeviceClass;

    /// <inheritdoc/>
    public string Numerics => inner.Numerics;

    /// <inheritdoc/>
    public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null) =>
        Naming(file, () => inner.Open(file, options, values));

    /// <inheritdoc/>
    public Graph? Graph(ModelFile file) => Naming(file, () => inner.Graph(file));

    /// <summary>What an action gives; a <see cref="ModelException"/> of it names the file.</summary>
    public static T Naming<T>(ModelFile file, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ModelException e) when (!e.Message.StartsWith(file.Path, StringComparison.Ordinal) && !IsOfMachine(e))
        {
            throw new ModelException(e.Fault, $"{file.Path}: {e.Message}", e);
        }
    }

    private static bool IsOfMachine(ModelException e) => e.Fault == ModelFault.RuntimeMissing;
}
