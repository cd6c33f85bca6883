using System.Diagnostics;
using System.Globalization;

namespace SimEval.LoadTests.Fuzz;

/// <summary>
/// "fuzz TARGET [SECONDS] [SEED]": feeds a target mutated inputs until the time is up. Every input is a pure function of
/// (seed, index), so a failure is named by two numbers; its text is kept beside the results.
/// </summary>
internal static class FuzzCommand
{
    // What one input may cost: unbounded work takes minutes or gigabytes.
    private static readonly TimeSpan LongestInput = TimeSpan.FromSeconds(5);
    private const long MostBytes = 1L << 30;
    private const int MostFailures = 10;

    public static int Run(string[] args, IReadOnlyList<FuzzTarget> targets, TextWriter output)
    {
        var target = targets.FirstOrDefault(t => args.Length > 0 && t.Name == args[0]);
        var seconds = 60.0;
        var seed = 1UL;
        var read =
            args.Length is >= 1 and <= 3
            && (
                args.Length < 2
                || double.TryParse(args[1], NumberStyles.Float, CultureInfo.InvariantCulture, out seconds)
            )
            && (args.Length < 3 || ulong.TryParse(args[2], NumberStyles.None, CultureInfo.InvariantCulture, out seed));
        if (target is null || !read)
        {
            output.WriteLine($"usage: fuzz {string.Join('|', targets.Select(t => t.Name))} [SECONDS] [SEED]");
            return 4;
        }

        var (failures, index, slowest) = (0, 0UL, TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        for (; clock.Elapsed.TotalSeconds < seconds && failures < MostFailures; index++)
        {
            var text = target.Make(seed, index);
            var started = clock.Elapsed;
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var problem = Feed(target, text);
            var took = clock.Elapsed - started;
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            slowest = took > slowest ? took : slowest;
            problem ??= took > LongestInput ? $"took {took.TotalSeconds:F1} s" : null;
            problem ??= bytes > MostBytes ? $"allocated {bytes >> 20} MiB" : null;
            if (problem is null)
                continue;
            failures++;
            output.WriteLine($"{target.Name} seed {seed} index {index}: {problem}");
            output.WriteLine($"  kept as {Keep(target.Name, seed, index, text)}");
        }

        var rate = index / clock.Elapsed.TotalSeconds;
        output.WriteLine(
            $"{target.Name}: {index:N0} inputs, {rate:N0}/s, slowest {slowest.TotalMilliseconds:F0} ms, {failures} failures (seed {seed})"
        );
        return failures == 0 ? 0 : 1;
    }

    private static string? Feed(FuzzTarget target, string text)
    {
        try
        {
            target.Feed(text);
            return null;
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
    }

    private static string Keep(string target, ulong seed, ulong index, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine("artifacts", "fuzz")).FullName;
        var path = Path.Combine(folder, $"{target}-{seed}-{index}.txt");
        File.WriteAllText(path, text);
        return path;
    }
}
