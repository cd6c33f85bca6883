using Xunit;

namespace SimEval.Tests;

/// <summary>Data beside the repository that the project does not ship; tests that use it are skipped where it is absent.</summary>
internal static class SharedData
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder, or null.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The bytes of one of its files.</summary>
    public static byte[] Read(string path) => File.ReadAllBytes(PathOf(path));

    /// <summary>The path of one of its files.</summary>
    public static string PathOf(string path) => Path.Combine(Folder ?? "", path);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimEval.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("tests run inside the repository");
    }

    private static string? Find()
    {
        var folder = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data"));
        return Directory.Exists(folder) ? folder : null;
    }
}

/// <summary>A fact that needs <see cref="SharedData"/>.</summary>
internal sealed class SharedDataFactAttribute : FactAttribute
{
    /// <summary>Skips where the folder is absent.</summary>
    public SharedDataFactAttribute()
    {
        if (SharedData.Folder is null)
            Skip = "../shared/data is not here";
    }
}

/// <summary>A theory that needs <see cref="SharedData"/>.</summary>
internal sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where the folder is absent.</summary>
    public SharedDataTheoryAttribute()
    {
        if (SharedData.Folder is null)
            Skip = "../shared/data is not here";
    }
}
