using System.CommandLine;
using SimEval.Engine.Runs;
using SimEval.Node;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>What verbs about runs share: opening the data folder, and finding the run that is meant.</summary>
internal static class Runs
{
    /// <summary>RUN, where it may be left out.</summary>
    public static Argument<string?> Optional(string otherwise) =>
        new("RUN")
        {
            Description = $"A run id such as cut-in-3; {otherwise} unless named",
            Arity = ArgumentArity.ZeroOrOne,
        };

    /// <summary>RUN.</summary>
    public static Argument<string> Required(string name = "RUN") =>
        new(name) { Description = "A run id such as cut-in-3" };

    /// <summary>Opens the folder for reading; exit 5 when it holds nothing.</summary>
    public static SimEvalNode OpenForReading(Invocation invocation) =>
        SimEvalNode.HasData(invocation.DataFolder)
            ? SimEvalNode.OpenReadOnly(invocation.DataFolder, invocation.Settings)
            : throw NoData(invocation);

    /// <summary>Opens the folder for writing; exit 5 when it holds nothing and there must be something.</summary>
    public static Task<SimEvalNode> OpenForWritingAsync(Invocation invocation, bool mayBeEmpty) =>
        mayBeEmpty || SimEvalNode.HasData(invocation.DataFolder)
            ? SimEvalNode.OpenAsync(invocation.DataFolder, invocation.Settings)
            : throw NoData(invocation);

    /// <summary>
    /// The run that is meant: the named one, else the newest unfinished one, else the newest; exit 5 when there is none.
    /// </summary>
    public static async Task<RunListing> FindAsync(RunLibrary library, string? named, Invocation invocation)
    {
        var runs = await library.ListAsync(invocation.Cancellation).ConfigureAwait(false);
        if (named is not null)
        {
            return runs.FirstOrDefault(run => run.Submission.Run == named) ?? throw NoSuchRun(named, runs);
        }
        return runs.LastOrDefault(run => run.Conclusion is null)
            ?? (runs.Count > 0 ? runs[^1] : null)
            ?? throw NoData(invocation);
    }

    /// <summary>The newest run, finished or not; exit 5 when there is none.</summary>
    public static async Task<RunListing> NewestAsync(RunLibrary library, Invocation invocation)
    {
        var runs = await library.ListAsync(invocation.Cancellation).ConfigureAwait(false);
        return runs.Count > 0 ? runs[^1] : throw NoData(invocation);
    }

    /// <summary>Reads a run that was found.</summary>
    public static async Task<RunDigest> ReadAsync(RunLibrary library, string run, Invocation invocation) =>
        await RunDigest.ReadAsync(library, run, invocation.Cancellation).ConfigureAwait(false)
        ?? throw new CommandException(ExitCode.Nothing, $"there is no run {run}");

    /// <summary>The named run; exit 5 with the nearest name when there is none.</summary>
    public static async Task<RunDigest> ReadNamedAsync(RunLibrary library, string run, Invocation invocation) =>
        await ReadAsync(
                library,
                (await FindAsync(library, run, invocation).ConfigureAwait(false)).Submission.Run,
                invocation
            )
            .ConfigureAwait(false);

    private static CommandException NoData(Invocation invocation) =>
        new(
            ExitCode.Nothing,
            $"{Invocation.Show(invocation.DataFolder)} holds no run: run a scenario first, or name the folder with --data"
        );

    private static CommandException NoSuchRun(string named, IReadOnlyList<RunListing> runs)
    {
        var hint = Scenarios.Nearest.Suggest(named, [.. runs.Select(run => run.Submission.Run)]);
        return new CommandException(ExitCode.Nothing, $"there is no run {named}" + (hint is null ? "" : $". {hint}"));
    }
}
