using SimEval.Devices.Binding;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Asic.Scheduling;

namespace SimEval.Devices.Asic;

/// <summary>A program on an emulated board. The weights lie in the form that products want, once.</summary>
/// <param name="program">The program.</param>
/// <param name="board">The board.</param>
/// <param name="schedule">The schedule of one frame; null where it depends on sizes that the model leaves open.</param>
/// <param name="buckets">As in <see cref="ModelOptions"/>.</param>
internal sealed class AsicModel(AsicProgram program, Board board, Schedule? schedule, IReadOnlyList<int> buckets)
    : ILoadedModel
{
    private readonly PackedCache cache = new();

    /// <inheritdoc/>
    public ModelSignature Signature { get; } = AsicLoading.Signature(program);

    /// <summary>The program.</summary>
    public AsicProgram Program => program;

    /// <summary>The board.</summary>
    public Board Board => board;

    /// <summary>The schedule of one frame, or null.</summary>
    public Schedule? Schedule => schedule;

    /// <summary>Declared batch sizes; empty: none.</summary>
    public IReadOnlyList<int> Buckets => buckets;

    /// <inheritdoc/>
    public IBoundModel Bind(ModelBinding binding, int maximumBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBatch, 1);
        return AsicBoundModel.Make(this, binding, maximumBatch);
    }

    /// <summary>A run for inputs of these sizes. Throws as <see cref="Layout"/> does, or when there is no memory for it.</summary>
    public ProgramRun Prepare(IReadOnlyDictionary<string, int[]> sizes) =>
        AsicLoading.Guarded(() => new ProgramRun(Layout(sizes)));

    /// <summary>
    /// The program for inputs of these sizes, with no memory yet for its values. Throws <see cref="ModelException"/> when they do
    /// not fit it, or make a forward that is too large to be emulated.
    /// </summary>
    public ProgramLayout Layout(IReadOnlyDictionary<string, int[]> sizes) =>
        AsicLoading.Guarded(() => ProgramLayout.Of(program, sizes, AsicProducts.Best, cache));

    /// <summary>Whether inputs of these sizes can be laid out.</summary>
    public bool Fits(IReadOnlyDictionary<string, int[]> sizes)
    {
        try
        {
            Layout(sizes);
            return true;
        }
        catch (ModelException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() { }
}
