using Xunit;

namespace SimEval.Tests;

/// <summary>ONNX's backend tests, from Debian's libonnx-testdata; tests that use them are skipped where they are absent.</summary>
internal static class OnnxTestData
{
    private const string Root = "/usr/share/libonnx-testdata/data";

    /// <summary>Whether the package is installed.</summary>
    public static bool IsThere { get; } = Directory.Exists(Path.Combine(Root, "node"));

    /// <summary>Folders of the node tests, by name.</summary>
    public static IEnumerable<string> NodeTests() =>
        Directory.GetDirectories(Path.Combine(Root, "node")).Order(StringComparer.Ordinal);

    /// <summary>All models of the package.</summary>
    public static IEnumerable<string> Models() =>
        Directory.GetFiles(Root, "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
}

/// <summary>A fact that needs <see cref="OnnxTestData"/>.</summary>
internal sealed class OnnxTestDataFactAttribute : FactAttribute
{
    /// <summary>Skips where the package is absent.</summary>
    public OnnxTestDataFactAttribute()
    {
        if (!OnnxTestData.IsThere)
            Skip = "libonnx-testdata is not installed";
    }
}

/// <summary>A theory that needs <see cref="OnnxTestData"/>.</summary>
internal sealed class OnnxTestDataTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where the package is absent.</summary>
    public OnnxTestDataTheoryAttribute()
    {
        if (!OnnxTestData.IsThere)
            Skip = "libonnx-testdata is not installed";
    }
}
