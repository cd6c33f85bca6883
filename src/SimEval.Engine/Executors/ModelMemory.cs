using System.Globalization;
using SimEval.Devices;
using SimEval.Models.Costs;
using SimEval.Models.Onnx;

namespace SimEval.Engine.Executors;

/// <summary>
/// Memory that the models of one scenario take together, accounted before any of them is loaded: each file twice (as it is
/// read, and as a runtime lays its weights out), and for every lane the activations that are alive at once at the largest
/// batch. Where shapes do not tell the activations, the files alone count. Not thread-safe.
/// </summary>
public sealed class ModelMemory
{
    private const int CopiesOfWeights = 2;
    private readonly long limit;
    private readonly int batch;
    private readonly int lanes;
    private long taken;

    /// <summary>Nothing taken yet.</summary>
    /// <param name="options">The limit; 0: half of what this process may use.</param>
    /// <param name="batch">Most frames of one forward.</param>
    /// <param name="lanes">Lanes that run forwards at the same time.</param>
    public ModelMemory(ModelOptions options, int batch, int lanes)
    {
        limit = options.Memory > 0 ? options.Memory : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        (this.batch, this.lanes) = (batch, lanes);
    }

    /// <summary>Takes what a model needs. Throws <see cref="ModelException"/> when that is more than is left.</summary>
    public void Take(ModelFile file)
    {
        var weights = CopiesOfWeights * (long)file.Bytes.Length;
        var activations = lanes * Activations(file);
        if (weights + activations > limit - taken)
            throw new ModelException(
                ModelFault.TooLarge,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it takes about {weights + activations:N0} bytes of memory ({weights:N0} for weights, {activations:N0} for activations at batch {batch} on {lanes} lanes), {taken:N0} are taken by variants before it, and the limit is {limit:N0} (models.memory)"
                )
            );
        taken += weights + activations;
    }

    private long Activations(ModelFile file)
    {
        try
        {
            return ModelCost.Of(OnnxReader.Read(file.Bytes), batch).PeakActivationBytes ?? 0;
        }
        catch (OnnxFormatException)
        {
            // No ONNX, or one that the device will refuse in its own words.
            return 0;
        }
    }
}
