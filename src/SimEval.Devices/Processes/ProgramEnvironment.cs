namespace SimEval.Devices.Processes;

/// <summary>What a program finds in its environment beside what SimEval itself was started with.</summary>
internal static class ProgramEnvironment
{
    /// <summary>The helper's folder, beside the program or in the repository that it was built from.</summary>
    private static readonly string? Helper = Places()
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "simeval_policy.py")));

    // One program a lane, and a lane a core: more threads would only wait for one another. A setting of one's own stands.
    private static readonly string[] ThreadCounts = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];

    /// <summary>Adds the protocol's version, the way to the Python helper, and one thread for the usual libraries.</summary>
    public static void Complete(IDictionary<string, string?> environment)
    {
        environment["SIMEVAL_PROTOCOL"] = $"{Greeting.Version}";
        if (Helper is not null)
            environment["PYTHONPATH"] =
                environment.TryGetValue("PYTHONPATH", out var path) && !string.IsNullOrEmpty(path)
                    ? $"{path}:{Helper}"
                    : Helper;
        foreach (var count in ThreadCounts)
            environment.TryAdd(count, "1");
    }

    private static IEnumerable<string> Places()
    {
        yield return Path.Combine(AppContext.BaseDirectory, "process");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "src", "process");
    }
}
