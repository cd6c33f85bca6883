using SimEval.Devices;
using SimEval.Models.Graphs;

namespace SimEval.Engine.Comparison;

/// <summary>
/// A build, and the values inside it. Its outputs are always those of the build as it is: where looking inside may change what
/// runs, a second copy is looked into, and it is told when that one gave other outputs.
/// </summary>
internal sealed class ObservedModel : IDisposable
{
    private readonly ModelFile file;
    private readonly ITensorModel plain;
    private readonly ITensorModel observed;

    private ObservedModel(ModelFile file, ITensorModel plain, ITensorModel observed) =>
        (this.file, this.plain, this.observed) = (file, plain, observed);

    /// <summary>The build as it is.</summary>
    public ITensorModel Plain => plain;

    /// <summary>Whether looking inside has changed what the build gives, in any run so far.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>Opens a build to look at values inside it. Throws <see cref="ModelException"/> when it cannot be opened.</summary>
    public static ObservedModel Open(
        (ModelFile File, ITensorDevice Device) build,
        ModelOptions options,
        IReadOnlyCollection<string> values
    ) => build.File.Naming(() => Opened(build, options, values));

    private static ObservedModel Opened(
        (ModelFile File, ITensorDevice Device) build,
        ModelOptions options,
        IReadOnlyCollection<string> values
    )
    {
        var plain = build.Device.Open(build.File, options, build.Device.ObservationMayChange ? null : values);
        if (values.Count == 0 || !build.Device.ObservationMayChange)
            return new ObservedModel(build.File, plain, plain);
        try
        {
            return new ObservedModel(build.File, plain, build.Device.Open(build.File, options, values));
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }

    /// <summary>Outputs and values by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs) =>
        file.Naming(() => RunBoth(inputs));

    private IReadOnlyDictionary<string, Tensor> RunBoth(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var given = plain.Run(inputs);
        if (observed == plain)
            return given;
        var seen = new Dictionary<string, Tensor>(observed.Run(inputs), StringComparer.Ordinal);
        foreach (var (name, tensor) in given)
        {
            IsDisturbed |= !IsSame(tensor, seen[name]);
            seen[name] = tensor;
        }

        return seen;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        plain.Dispose();
        if (observed != plain)
            observed.Dispose();
    }

    private static bool IsSame(Tensor one, Tensor other) =>
        one.Type == other.Type
        && one.Dims.SequenceEqual(other.Dims)
        && (
            one.Type == Models.ElementType.Text
                ? one.Texts.SequenceEqual(other.Texts)
                : one.Data.Span.SequenceEqual(other.Data.Span)
        );
}
