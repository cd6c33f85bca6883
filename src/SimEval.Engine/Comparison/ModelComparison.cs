using SimEval.Devices;
using SimEval.Devices.Tensors;
using SimEval.Engine.Executors;
using SimEval.Metrics.Layers;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Engine.Comparison;

/// <summary>
/// Runs two builds of a model over the same inputs and compares them layer by layer. Layers are values of the same name (see
/// <see cref="LayerNames"/>); outputs that no name pairs are paired by their place.
/// </summary>
public sealed class ModelComparison : IDisposable
{
    private readonly ObservedModel reference;
    private readonly ObservedModel other;
    private readonly IReadOnlyList<LayerPair> pairs;
    private readonly List<LayerFold> folds;

    private ModelComparison(
        ObservedModel reference,
        ObservedModel other,
        IReadOnlyList<LayerPair> pairs,
        bool hasInnerLayers
    )
    {
        (this.reference, this.other) = (reference, other);
        (this.pairs, HasInnerLayers) = (pairs, hasInnerLayers);
        folds = [.. pairs.Select(pair => new LayerFold(pair.Name))];
    }

    /// <summary>Whether the two share layers besides what they give: names of values inside both graphs.</summary>
    public bool HasInnerLayers { get; }

    /// <summary>The reference, for whoever makes inputs for it.</summary>
    public ITensorModel Reference => reference.Plain;

    /// <summary>Frames compared so far.</summary>
    public int Frames { get; private set; }

    /// <summary>
    /// Whether one of them keeps state inside, beside its inputs: of a sample, frames in between are not given, and so each frame
    /// begins as a rollout begins.
    /// </summary>
    public bool BeginsAnew => reference.Plain.KeepsState || other.Plain.KeepsState;

    /// <summary>Opens both. Throws <see cref="ModelException"/> when one cannot be opened, or when they have nothing in common.</summary>
    public static ModelComparison Open(
        (ModelFile File, ITensorDevice Device) reference,
        (ModelFile File, ITensorDevice Device) other,
        ModelOptions options
    )
    {
        var memory = new ModelMemory(options, ModelUse.Tensors(1));
        memory.Take(reference.File, everyValue: true);
        memory.Take(other.File, everyValue: true);
        var inner = Inner(reference, other);
        var a = ObservedModel.Open(reference, options, [.. inner.Select(pair => pair.Reference)]);
        try
        {
            var b = ObservedModel.Open(other, options, [.. inner.Select(pair => pair.Other)]);
            var (here, there) = (a.Plain.Signature, b.Plain.Signature);
            var pairs = WithOutputs(inner, here, there);
            if (pairs.Count > 0)
                return new ModelComparison(a, b, pairs, inner.Any(pair => IsInner(pair, here)));
            b.Dispose();
            throw new ModelException(
                ModelFault.Unbindable,
                $"the two models have no output in common: {Names(here.Outputs)}; {Names(there.Outputs)}"
            );
        }
        catch
        {
            a.Dispose();
            throw;
        }
    }

    /// <summary>Runs both over one frame's inputs; the other's are converted to its own element types.</summary>
    public void Add(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var a = reference.Run(inputs);
        var b = other.Run(Converted(inputs));
        for (var i = 0; i < pairs.Count; i++)
        {
            // A value that is a sequence, or that the runtime takes out before it runs, is given by neither.
            if (!a.TryGetValue(pairs[i].Reference, out var here) || !b.TryGetValue(pairs[i].Other, out var there))
                continue;
            if (here.Type == ElementType.Text || there.Type == ElementType.Text)
                folds[i].Add([0], [here.Texts.SequenceEqual(there.Texts) ? 0 : double.NaN]);
            else if (TensorNumbers.IsReal(here.Type) && TensorNumbers.IsReal(there.Type))
                folds[i].Add(TensorNumbers.Read(here), TensorNumbers.Read(there));
        }

        Frames++;
    }

    /// <summary>What was found; layers that no frame gave are left out.</summary>
    public LayerReport Report()
    {
        var outputs = Reference.Signature.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var disturbed = reference.IsDisturbed || other.IsDisturbed;
        return new LayerReport([
            .. pairs
                .Zip(
                    folds,
                    (pair, fold) =>
                        fold.Finish() with
                        {
                            IsOutput = outputs.Contains(pair.Reference),
                            IsDisturbed = disturbed && !outputs.Contains(pair.Reference),
                        }
                )
                .Where(layer => layer.Elements > 0),
        ]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reference.Dispose();
        other.Dispose();
    }

    private static bool IsInner(LayerPair pair, ModelSignature signature) =>
        signature.Outputs.All(output => output.Name != pair.Reference);

    private static IReadOnlyList<LayerPair> Inner(
        (ModelFile File, ITensorDevice Device) reference,
        (ModelFile File, ITensorDevice Device) other
    ) =>
        reference.File.Naming(() => reference.Device.Graph(reference.File)) is { } a
        && other.File.Naming(() => other.Device.Graph(other.File)) is { } b
            ? LayerNames.Pairs(LayerNames.Of(a), LayerNames.Of(b))
            : [];

    private static List<LayerPair> WithOutputs(
        IReadOnlyList<LayerPair> inner,
        ModelSignature reference,
        ModelSignature other
    )
    {
        var pairs = inner.ToList();
        var paired = inner.Select(pair => pair.Reference).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < reference.Outputs.Count; i++)
        {
            var name = reference.Outputs[i].Name;
            if (paired.Contains(name))
                continue;
            var there =
                other.Outputs.FirstOrDefault(output => output.Name == name)
                ?? (other.Outputs.Count == reference.Outputs.Count ? other.Outputs[i] : null);
            if (there is not null)
                pairs.Add(new LayerPair(name, name, there.Name));
        }

        return pairs;
    }

    private Dictionary<string, Tensor> Converted(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var converted = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (var i = 0; i < other.Plain.Signature.Inputs.Count; i++)
        {
            var wanted = other.Plain.Signature.Inputs[i];
            // A rewritten model may name its inputs anew (TorchScript has none); their places stay.
            var given =
                inputs.GetValueOrDefault(wanted.Name)
                ?? (
                    i < Reference.Signature.Inputs.Count
                    && other.Plain.Signature.Inputs.Count == Reference.Signature.Inputs.Count
                        ? inputs[Reference.Signature.Inputs[i].Name]
                        : null
                );
            if (given is not null)
                converted[wanted.Name] = TensorConversion.To(wanted.Type, given);
        }

        return converted;
    }

    private static string Names(IEnumerable<ModelTensor> tensors) => string.Join(", ", tensors);
}
