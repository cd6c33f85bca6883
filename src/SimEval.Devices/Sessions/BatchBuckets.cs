using System.Diagnostics;

namespace SimEval.Devices.Sessions;

/// <summary>
/// How the slots of a step are cut into forwards, each of a size at which the probe found the bits of batch 1. Either cut: the
/// largest size that so many slots fill, then what is left; or rounded up: the smallest size that holds them all, the rows
/// beyond them filled up.
/// </summary>
public sealed class BatchBuckets
{
    /// <summary>Sizes between the powers of two are warmed up while all that has taken less than this.</summary>
    private static readonly TimeSpan WarmUpBudget = TimeSpan.FromMilliseconds(20);

    // By number of slots left.
    private readonly int[] sizeFor;

    /// <summary>Buckets for a session.</summary>
    /// <param name="slots">Its slots, at least 1.</param>
    /// <param name="sizes">Allowed batch sizes, ascending from 1.</param>
    /// <param name="roundsUp">Whether a forward of fewer slots is filled up to the next size.</param>
    public BatchBuckets(int slots, IReadOnlyList<int> sizes, bool roundsUp = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        var last = roundsUp ? sizes.FirstOrDefault(size => size >= slots, sizes[^1]) : Math.Min(slots, sizes[^1]);
        Sizes = [.. sizes.Where(size => size <= last)];
        sizeFor = new int[Largest + 1];
        for (var (left, at) = (1, 0); left <= Largest; left++)
        {
            // Cut: the last size that is no larger; rounded up: the first that is no smaller.
            while (roundsUp ? Sizes[at] < left : at + 1 < Sizes.Count && Sizes[at + 1] <= left)
                at++;
            sizeFor[left] = Sizes[at];
        }
    }

    /// <summary>The sizes that forwards of this session have, ascending from 1.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>Rows of the largest forward; more than there are slots where sizes are rounded up.</summary>
    public int Largest => Sizes[^1];

    /// <summary>Rows of the next forward when so many slots are left, at least 1: it takes as many of them as it holds.</summary>
    public int SizeFor(int left) => sizeFor[Math.Min(left, Largest)];

    /// <summary>The slots of the next forward, taken off the front of those that are left.</summary>
    public ReadOnlySpan<int> Next(ref ReadOnlySpan<int> left)
    {
        var taken = Math.Min(left.Length, SizeFor(left.Length));
        var next = left[..taken];
        left = left[taken..];
        return next;
    }

    /// <summary>
    /// The rows of a forward: its slots and, up to its size, the last one again and again, which is no other row's doing and
    /// gives the same results.
    /// </summary>
    /// <param name="slots">What <see cref="Next"/> gave.</param>
    /// <param name="room">Room for <see cref="Largest"/> rows, written when rows are added.</param>
    public ReadOnlySpan<int> Filled(ReadOnlySpan<int> slots, Span<int> room)
    {
        var size = SizeFor(slots.Length);
        if (size == slots.Length)
            return slots;
        slots.CopyTo(room);
        room[slots.Length..size].Fill(slots[^1]);
        return room[..size];
    }

    /// <summary>
    /// The sizes to run before the first frame: powers of two and the largest first, then the others while there is time.
    /// </summary>
    public IEnumerable<int> ToWarmUp()
    {
        var watch = Stopwatch.StartNew();
        foreach (var size in Sizes.Reverse().OrderBy(size => int.IsPow2(size) || size == Largest ? 0 : 1))
        {
            if (!int.IsPow2(size) && size != Largest && watch.Elapsed > WarmUpBudget)
                yield break;
            yield return size;
        }
    }
}
