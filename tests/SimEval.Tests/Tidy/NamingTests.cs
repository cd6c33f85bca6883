using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace SimEval.Tests.Tidy;

public sealed class NamingTests
{
    private static readonly string[] Empty =
    [
        "Utils",
        "Util",
        "Helper",
        "Helpers",
        "Manager",
        "Common",
        "Impl",
        "Misc",
    ];

    [Fact]
    public void A_type_is_named_for_its_idea()
    {
        var found = Assemblies()
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type =>
                !type.Name.StartsWith('<')
                && Empty.Any(word => type.Name.Split('`')[0].EndsWith(word, StringComparison.Ordinal))
            )
            .Select(type => $"{type.FullName}: if no better name fits, the type has no idea yet")
            .ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void Every_package_has_its_reason()
    {
        var reasons = File.ReadAllText(Path.Combine(Repository.Root, "docs", "dependencies.md"));
        var packages = XDocument
            .Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants()
            .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .Select(element => element.Attribute("Include")!.Value);
        foreach (var package in packages)
        {
            Assert.True(
                reasons.Contains($"`{package}`", StringComparison.Ordinal),
                $"docs/dependencies.md: say why `{package}` is needed"
            );
        }
    }

    private static IEnumerable<Assembly> Assemblies() =>
        Directory
            .EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name =>
                name == "simeval"
                || (
                    name!.StartsWith("SimEval.", StringComparison.Ordinal)
                    && !name.EndsWith("Tests", StringComparison.Ordinal)
                )
            )
            .Select(name => Assembly.Load(name!));
}
