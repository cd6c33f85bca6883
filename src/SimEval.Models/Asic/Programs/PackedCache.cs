using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Programs;

/// <summary>Weights that are laid out once, whatever the number of batch sizes a program is laid out for. Thread-safe.</summary>
public sealed class PackedCache
{
    private readonly Dictionary<(Tensor, string), object> made = [];

    /// <summary>What was made of a constant under this name, else what <paramref name="make"/> gives.</summary>
    public T Get<T>(Tensor constant, string what, Func<T> make)
        where T : class
    {
        lock (made)
        {
            if (made.TryGetValue((constant, what), out var found))
                return (T)found;
            var value = make();
            made[(constant, what)] = value;
            return value;
        }
    }
}
