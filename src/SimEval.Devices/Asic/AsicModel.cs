using System.Diagnostics;
using System.Security.Cryptography;
using SimEval.Devices.Binding;
using SimEval.Devices.Probing;
using SimEval.Devices.Sessions;
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

    /// <summary>A run for inputs of these sizes. Throws <see cref="ModelException"/> when they do not fit the program.</summary>
    public ProgramRun Prepare(IReadOnlyDictionary<string, int[]> sizes) =>
        AsicLoading.Guarded(() => new ProgramRun(ProgramLayout.Of(program, sizes, AsicProducts.Best, cache)));

    /// <inheritdoc/>
    public void Dispose() { }
}

/// <summary>A program bound to a layout.</summary>
internal sealed class AsicBoundModel : IBoundModel
{
    private const int ProbedRows = 8;
    private readonly AsicModel model;

    private AsicBoundModel(AsicModel model, ModelBinding binding, BoundRows rows)
    {
        (this.model, Binding, Rows) = (model, binding, rows);
        StateBytes = rows.States.Sum(state => state.RowBytes);
        Probe = null!;
    }

    /// <inheritdoc/>
    public ModelBinding Binding { get; }

    /// <inheritdoc/>
    public ProbeReport Probe { get; private set; }

    /// <inheritdoc/>
    public int StateBytes { get; }

    /// <inheritdoc/>
    public TimeSpan? ModelledLatency =>
        // Rounded up to 100 ns: no action arrives at once.
        model.Schedule
            is { } schedule
            ? TimeSpan.FromTicks((long)Math.Ceiling(schedule.Seconds * TimeSpan.TicksPerSecond))
            : null;

    /// <summary>Where rows lie.</summary>
    public BoundRows Rows { get; }

    /// <summary>Binds and probes.</summary>
    public static AsicBoundModel Make(AsicModel model, ModelBinding binding, int maximumBatch)
    {
        var watch = Stopwatch.StartNew();
        var rows = BoundRows.Of(model, binding, maximumBatch > 1, out var doubt);
        RequireMemory(model, maximumBatch);
        var bound = new AsicBoundModel(model, binding, rows);
        IReadOnlyList<int> sizes = doubt is null ? SizesOf(model, maximumBatch) : [1];
        var (hash, equal) = bound.Try(sizes);
        if (!equal)
            (sizes, doubt) = ([1], "a row's result depends on the rows beside it");
        var finding = doubt is null
            ? $"Batch-invariant by construction: integers and functions of single rows, the same bits on every machine ({AsicProducts.Best.Name})."
            : $"Runs at batch 1: {doubt}.";
        bound.Probe = new ProbeReport(
            sizes,
            maximumBatch,
            doubt is null,
            new NumericsClass("any", $"SimEval {model.Board.DeviceClass}", hash),
            finding,
            watch.Elapsed
        )
        {
            RoundsUp = model.Buckets.Count > 0,
        };
        return bound;
    }

    // An emulated row costs the same in every batch, so that rows beyond the frames that wait are worth nothing unless asked for.
    private static IReadOnlyList<int> SizesOf(AsicModel model, int maximumBatch) =>
        model.Buckets.Count == 0
            ? BatchProbe.PowersOfTwo(maximumBatch)
            : BatchProbe.Declared(model.Buckets, maximumBatch);

    /// <summary>A run of a batch.</summary>
    public ProgramRun Prepare(int batch) => model.Prepare(Rows.Sizes(batch));

    /// <inheritdoc/>
    public IModelSession CreateSession(int slots) => new AsicSession(this, slots, Probe.BucketsFor(slots));

    // What a batch needs is known before it is allocated: every value once, for all rows.
    private static void RequireMemory(AsicModel model, int batch)
    {
        if (model.Schedule is not { } schedule)
            return;
        var needed = schedule.WeightBytes * 3 + schedule.Layers.Sum(layer => layer.SramBytes) * batch * 2;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        if (needed > available)
            throw new ModelException(
                ModelFault.TooLarge,
                $"emulating the model at batch {batch} takes about {needed:N0} bytes, more than half of the {available * 2:N0} that this process may use; a smaller batch takes less"
            );
    }

    // Rows alone, then together: the hash of what they give, and whether it is the same.
    private (string Hash, bool Equal) Try(IReadOnlyList<int> sizes)
    {
        using var session = new AsicSession(this, ProbedRows, new BatchBuckets(ProbedRows, sizes));
        Fill(session);
        var alone = new List<byte[]>();
        for (var slot = 0; slot < ProbedRows; slot++)
        {
            session.Run([slot]);
            alone.Add(Result(session, slot));
        }

        Fill(session);
        session.Run(ProbedRows);
        var equal = Enumerable
            .Range(0, ProbedRows)
            .All(slot => Result(session, slot).AsSpan().SequenceEqual(alone[slot]));
        var hash = SHA256.HashData([.. alone.SelectMany(row => row)]);
        return (Convert.ToHexStringLower(hash)[..16], equal);
    }

    private void Fill(AsicSession session)
    {
        for (var slot = 0; slot < ProbedRows; slot++)
        {
            session.Reset(slot);
            for (var input = 0; input < Binding.Inputs.Count; input++)
            {
                var row = session.Input(input, slot);
                // Knuth's multiplicative sequence, between -1 and 1.
                for (var i = 0; i < row.Length; i++)
                    row[i] = (int)((uint)(i + 1 + slot * 9973 + input * 7919) * 2654435761) / 2147483648f;
            }
        }
    }

    private byte[] Result(AsicSession session, int slot)
    {
        var action = System.Runtime.InteropServices.MemoryMarshal.AsBytes(session.Output(slot)).ToArray();
        var state = new byte[StateBytes];
        session.SaveState(slot, state);
        return [.. action, .. state];
    }
}
