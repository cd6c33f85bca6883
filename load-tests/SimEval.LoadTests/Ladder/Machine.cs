using System.Runtime.InteropServices;

namespace SimEval.LoadTests.Ladder;

/// <summary>The machine that figures belong to: a figure without it says nothing.</summary>
public static class Machine
{
    /// <summary>"2 x AMD EPYC 9R14, AVX2, AVX-512, VNNI; .NET 10.0.12; Linux 6.1".</summary>
    public static string Describe()
    {
        var facts = ReadProcessor();
        string[] wanted = ["avx2:AVX2", "avx512f:AVX-512", "avx512_vnni:VNNI", "avx_vnni:AVX-VNNI"];
        var flags = facts.Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var sets = wanted.Select(w => w.Split(':')).Where(w => flags.Contains(w[0])).Select(w => w[1]);
        return $"{Environment.ProcessorCount} x {string.Join(", ", new[] { facts.Model }.Concat(sets))}; "
            + $"{RuntimeInformation.FrameworkDescription}; {RuntimeInformation.OSDescription}";
    }

    private static (string Model, string Flags) ReadProcessor()
    {
        const string Source = "/proc/cpuinfo";
        if (!File.Exists(Source))
        {
            return (RuntimeInformation.ProcessArchitecture.ToString(), "");
        }
        var lines = File.ReadAllLines(Source);
        return (
            ValueOf(lines, "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            ValueOf(lines, "flags") ?? ""
        );
    }

    private static string? ValueOf(string[] lines, string key) =>
        lines
            .Where(line => line.StartsWith(key, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault();
}
