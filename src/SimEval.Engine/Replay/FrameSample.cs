namespace SimEval.Engine.Replay;

/// <summary>Which frames of which rollouts make a sample: spread evenly over rollouts, and over each rollout's frames.</summary>
public static class FrameSample
{
    /// <summary>
    /// Places of a sample: at most <paramref name="count"/> of <paramref name="total"/>, evenly spread, the first always among
    /// them. The same numbers give the same places.
    /// </summary>
    /// <param name="total">How many there are to choose from.</param>
    /// <param name="count">How many are wanted, at least 1.</param>
    public static IReadOnlyList<int> Spread(int total, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var chosen = Math.Min(total, count);
        return [.. Enumerable.Range(0, chosen).Select(i => (int)((long)i * total / chosen))];
    }

    /// <summary>How many frames each of the chosen rollouts gives, so that they add up to <paramref name="count"/>.</summary>
    /// <param name="rollouts">Rollouts chosen.</param>
    /// <param name="count">Frames wanted.</param>
    /// <param name="index">The rollout.</param>
    public static int Share(int rollouts, int count, int index) =>
        (int)((long)count * (index + 1) / rollouts - (long)count * index / rollouts);
}
