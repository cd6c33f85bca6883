namespace SimEval.Tests.Tidy;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds SimEval.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>C# files that people wrote, under the given folders, as paths relative to the root, sorted.</summary>
    public static IEnumerable<string> Sources(params string[] folders) =>
        folders
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Intersect(["obj", "bin", "node_modules"]).Any())
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SimEval.sln")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException("SimEval.sln is in no folder above the tests");
    }
}
