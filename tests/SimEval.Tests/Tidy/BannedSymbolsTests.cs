using System.Reflection;
using System.Runtime.InteropServices;
using Xunit;

namespace SimEval.Tests.Tidy;

/// <summary>A ban of a symbol that does not exist bans nothing, and the analyzer does not say so.</summary>
public sealed class BannedSymbolsTests
{
    private static readonly Lazy<IReadOnlyList<Type>> FrameworkTypes = new(LoadFramework);

    [Theory]
    [InlineData("BannedSymbols.txt")]
    [InlineData("BannedSymbols.Pure.txt")]
    public void Every_banned_symbol_exists(string list)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, list));
        for (var i = 0; i < lines.Length; i++)
        {
            var (symbol, reason) = (lines[i].Split(';')[0], lines[i].Split(';').ElementAtOrDefault(1));
            Assert.True(Exists(symbol), $"{list}:{i + 1}: {symbol} does not exist");
            Assert.False(string.IsNullOrWhiteSpace(reason), $"{list}:{i + 1}: say what to use instead");
        }
    }

    private static bool Exists(string symbol)
    {
        var name = symbol[2..];
        return symbol[0] switch
        {
            'N' => FrameworkTypes.Value.Any(type => type.Namespace == name),
            'T' => Find(name) is not null,
            'P' => Owner(name, out var property)?.GetProperty(property) is not null,
            'M' => HasMethod(name),
            _ => false,
        };
    }

    private static bool HasMethod(string signature)
    {
        var open = signature.IndexOf('(', StringComparison.Ordinal);
        var parameters = open < 0 ? [] : signature[(open + 1)..^1].Split(',').Select(Find).ToArray();
        return Owner(open < 0 ? signature : signature[..open], out var method) is { } owner
            && parameters.All(p => p is not null)
            && owner.GetMethod(method, parameters!) is not null;
    }

    private static Type? Owner(string member, out string name)
    {
        var dot = member.LastIndexOf('.');
        name = member[(dot + 1)..];
        return Find(member[..dot]);
    }

    private static Type? Find(string fullName) =>
        FrameworkTypes.Value.FirstOrDefault(type => type.FullName == fullName);

    private static List<Type> LoadFramework() =>
        Directory
            .EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll")
            .Select(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)))
            .SelectMany(assembly => assembly.GetExportedTypes())
            .ToList();
}
