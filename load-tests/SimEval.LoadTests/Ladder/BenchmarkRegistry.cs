namespace SimEval.LoadTests.Ladder;

/// <summary>Every benchmark of this assembly, by name.</summary>
public static class BenchmarkRegistry
{
    /// <summary>Those whose name contains the filter, ignoring case; all when it is null.</summary>
    public static IReadOnlyList<IBenchmark> Find(string? filter) =>
        typeof(BenchmarkRegistry)
            .Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IBenchmark).IsAssignableFrom(type))
            .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
            .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
            .Where(found => filter is null || found.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
            .OrderBy(found => found.Name, StringComparer.Ordinal)
            .ToList();
}
