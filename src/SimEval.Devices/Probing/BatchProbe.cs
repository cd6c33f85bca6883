using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SimEval.Devices.Sessions;
using SimEval.Models;

namespace SimEval.Devices.Probing;

/// <summary>What a probe is asked.</summary>
/// <param name="Shapes">The model's tensors.</param>
/// <param name="Tried">Largest batch to try; 1 when the model has no free batch axis.</param>
/// <param name="Wanted">Largest batch asked for.</param>
/// <param name="Doubt">Why only batch 1 can be tried, or null.</param>
/// <param name="InstructionSet">As in <see cref="NumericsClass"/>.</param>
/// <param name="Runtime">As in <see cref="NumericsClass"/>.</param>
/// <param name="Explain">Makes a forward's failure, with the words before it, what the caller is told.</param>
internal sealed record BatchProbeRequest(
    SessionShapes Shapes,
    int Tried,
    int Wanted,
    string? Doubt,
    string InstructionSet,
    string Runtime,
    Func<string, ForwardException, ModelException> Explain
)
{
    /// <summary>
    /// The sizes that forwards are rounded up to, where each costs a graph of its own; empty: every size up to the largest.
    /// </summary>
    public IReadOnlyList<int> Buckets { get; init; } = [];
}

/// <summary>
/// Finds the batch sizes at which a model gives, for every row at every position, the bits of batch 1. Kernels differ
/// (vector body and scalar tail, other blocking, other order of sums), and no list of operators tells; so it is measured.
/// </summary>
internal static class BatchProbe
{
    /// <summary>Powers of two are tried first, then the sizes between them while all that has taken less than this.</summary>
    private static readonly TimeSpan FullBudget = TimeSpan.FromMilliseconds(80);

    /// <summary>Sizes not reached by now are not tried, and so not used.</summary>
    private static readonly TimeSpan HardBudget = TimeSpan.FromSeconds(1);

    private const int HashedRows = 8;

    /// <summary>Buckets of a session that is to be probed: every size, up to the largest to try.</summary>
    public static BatchBuckets Buckets(int tried)
    {
        var slots = Math.Max(tried, HashedRows);
        return new BatchBuckets(slots, [.. Enumerable.Range(1, slots)]);
    }

    /// <summary>Powers of two up to a largest batch, and that: buckets where none are declared.</summary>
    public static IReadOnlyList<int> PowersOfTwo(int largest) =>
        [.. Enumerable.Range(0, 31).Select(i => 1 << i).TakeWhile(size => size < largest), largest];

    /// <summary>Declared buckets up to a largest batch: ascending, 1 always among them.</summary>
    public static IReadOnlyList<int> Declared(IEnumerable<int> buckets, int largest) =>
        [1, .. buckets.Where(size => size > 1 && size <= largest).Distinct().Order()];

    /// <summary>Probes.</summary>
    /// <param name="session">A session of the model, with as many slots as the largest of <see cref="Buckets"/>.</param>
    /// <param name="request">What is asked.</param>
    public static ProbeReport Run(SlotSession session, BatchProbeRequest request)
    {
        var (tried, wanted) = (request.Tried, request.Wanted);
        var watch = Stopwatch.StartNew();
        var rows = new ProbeRows(session, request);
        var alone = new byte[session.Slots][];
        for (var i = 0; i < session.Slots; i++)
            alone[i] = rows.RunAlone(i);
        if (!rows.RunAlone(0).AsSpan().SequenceEqual(alone[0]))
            throw new ModelException(
                ModelFault.Unsupported,
                "the model gives different outputs for the same input (a random operator, or dropout left in training mode?), so that no result could be repeated"
            );
        var numerics = new NumericsClass(
            request.InstructionSet,
            request.Runtime,
            Convert.ToHexStringLower(SHA256.HashData(alone.Take(HashedRows).SelectMany(row => row).ToArray()))[..16]
        );
        var begun = watch.Elapsed;
        var sizes = new List<int> { 1 };
        var unequal = new List<int>();
        foreach (var size in Candidates(request))
        {
            var isFirst = request.Buckets.Count > 0 || IsFirst(size, tried);
            if (watch.Elapsed - begun > (isFirst ? HardBudget : FullBudget))
                break;
            (rows.EqualsAlone(size, alone) ? sizes : unequal).Add(size);
        }

        sizes.Sort();
        var most = Candidates(request with { Tried = wanted }).Append(1).Max();
        return new ProbeReport(
            sizes,
            wanted,
            unequal.Count == 0 && sizes[^1] == most,
            numerics,
            Finding(sizes, unequal, tried, most, request.Doubt),
            watch.Elapsed
        )
        {
            RoundsUp = request.Buckets.Count > 0,
        };
    }

    private static bool IsFirst(int size, int tried) => int.IsPow2(size) || size == tried;

    private static IEnumerable<int> Candidates(BatchProbeRequest request) =>
        request.Buckets.Count > 0
            ? Declared(request.Buckets, request.Tried).Skip(1)
            : Enumerable.Range(2, Math.Max(request.Tried - 1, 0)).OrderBy(size => IsFirst(size, request.Tried) ? 0 : 1);

    /// <summary>The finding in a sentence.</summary>
    /// <param name="sizes">Sizes with the bits of batch 1, ascending.</param>
    /// <param name="unequal">Sizes with others.</param>
    /// <param name="tried">Largest size that could be tried.</param>
    /// <param name="wanted">Largest size asked for.</param>
    /// <param name="doubt">Why only batch 1 could be tried.</param>
    public static string Finding(List<int> sizes, List<int> unequal, int tried, int wanted, string? doubt)
    {
        if (wanted == 1)
            return "Runs at batch 1, as asked.";
        if (tried == 1)
            return $"Runs at batch 1: {doubt}.";
        if (sizes.Count + unequal.Count == 1)
            return "Runs at batch 1: it is too slow to try other batch sizes at load.";
        if (unequal.Count == 0)
            return $"Batch-invariant: all {sizes.Count} batch sizes tried up to {sizes[^1]} give the bits of batch 1.";
        var share = $"{unequal.Count} of {unequal.Count + sizes.Count} batch sizes tried";
        return sizes.Count == 1
            ? $"Its bits depend on the batch ({share} differ from batch 1), so it runs at batch 1."
            : $"Its bits depend on the batch ({share} differ from batch 1), so it runs only at batches of {string.Join(", ", sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)))}.";
    }

    /// <summary>Fixed pseudo-random rows and states, and what the model makes of them.</summary>
    private sealed class ProbeRows(SlotSession session, BatchProbeRequest request)
    {
        private readonly int[] slots = [.. Enumerable.Range(0, session.Slots)];

        /// <summary>Output and new state of one row at batch 1.</summary>
        public byte[] RunAlone(int row)
        {
            Fill(0, row);
            Forward(slots.AsSpan(0, 1));
            return Result(0);
        }

        /// <summary>Whether a batch gives every row what it gives alone; rows rotate, so that positions see different rows.</summary>
        public bool EqualsAlone(int size, byte[][] alone)
        {
            for (var i = 0; i < size; i++)
                Fill(i, (i + size) % session.Slots);
            Forward(slots.AsSpan(0, size));
            for (var i = 0; i < size; i++)
            {
                if (!Result(i).AsSpan().SequenceEqual(alone[(i + size) % session.Slots]))
                    return false;
            }

            return true;
        }

        private void Forward(ReadOnlySpan<int> batch)
        {
            try
            {
                session.Forward(batch);
            }
            catch (ForwardException e)
            {
                throw request.Explain("the model fails on observations in [-2, 2]", e);
            }
        }

        private byte[] Result(int slot)
        {
            var result = new List<byte>(MemoryMarshal.AsBytes(session.Output(slot)).ToArray());
            for (var state = 0; state < request.Shapes.States.Count; state++)
                result.AddRange(session.StateRow(state, slot));
            return [.. result];
        }

        private void Fill(int slot, int row)
        {
            var draws = new ProbeDraws(row);
            for (var input = 0; input < request.Shapes.Inputs.Count; input++)
            {
                foreach (ref var value in session.Input(input, slot))
                    value = draws.Next();
            }

            for (var state = 0; state < request.Shapes.States.Count; state++)
            {
                var bytes = session.StateRow(state, slot);
                if (request.Shapes.InitialStates[state] is { } initial)
                {
                    initial.CopyTo(bytes);
                    continue;
                }

                bytes.Clear();
                if (request.Shapes.States[state].Type != ElementType.Float32)
                    continue;
                foreach (ref var value in MemoryMarshal.Cast<byte, float>(bytes))
                    value = draws.Next();
            }
        }
    }
}
