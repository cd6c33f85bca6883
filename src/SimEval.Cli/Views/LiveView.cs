using SimEval.Node.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SimEval.Cli.Views;

/// <summary>
/// Shows a run under way until its work ends: a picture that is drawn again on a terminal, a line every few seconds where
/// the output is none, nothing when quiet. All of it goes to people's stream.
/// </summary>
internal static class LiveView
{
    /// <summary>Watches while <paramref name="work"/> runs, and returns its result.</summary>
    public static async Task<T> WatchAsync<T>(Invocation invocation, Func<Task<RunSnapshot?>> look, Task<T> work)
    {
        if (invocation.Quiet)
        {
            return await work.ConfigureAwait(false);
        }
        if (invocation.Terminal.IsInteractive)
        {
            await DrawAsync(invocation, look, work).ConfigureAwait(false);
        }
        else
        {
            await LogAsync(invocation, look, work).ConfigureAwait(false);
        }
        return await work.ConfigureAwait(false);
    }

    private static async Task LogAsync(Invocation invocation, Func<Task<RunSnapshot?>> look, Task work)
    {
        var interval = invocation.Settings.Terminal.PlainInterval;
        while (await PauseAsync(work, interval).ConfigureAwait(false))
        {
            if (await look().ConfigureAwait(false) is { } snapshot)
            {
                invocation.Terminal.Tell(ProgressPicture.Summarize(snapshot));
            }
        }
    }

    private static async Task DrawAsync(Invocation invocation, Func<Task<RunSnapshot?>> look, Task work)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(invocation.Terminal.People),
                ColorSystem = invocation.Colors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            }
        );
        await console
            .Live(new Text(""))
            .AutoClear(false)
            .Overflow(VerticalOverflow.Crop)
            .StartAsync(async context =>
            {
                bool goesOn;
                do
                {
                    goesOn = await PauseAsync(work, invocation.Settings.Terminal.Refresh).ConfigureAwait(false);
                    if (await look().ConfigureAwait(false) is { } snapshot)
                    {
                        context.UpdateTarget(Render(ProgressPicture.Draw(snapshot), console.Profile.Width));
                    }
                } while (goesOn);
            })
            .ConfigureAwait(false);
    }

    // True while the work goes on after the pause. Its failure is the caller's to see.
    private static async Task<bool> PauseAsync(Task work, TimeSpan interval)
    {
        await Task.WhenAny(work, Task.Delay(interval, TimeProvider.System)).ConfigureAwait(false);
        return !work.IsCompleted;
    }

    /// <summary>Lines one under the other.</summary>
    public static IRenderable Render(IReadOnlyList<Line> lines, int width) =>
        new Rows(lines.Select(line => line.ToParagraph(Math.Max(1, width - 1))));

    /// <summary>Writes lines as data: coloured on a terminal, plain elsewhere.</summary>
    public static void Print(Invocation invocation, IReadOnlyList<Line> lines)
    {
        if (invocation.Terminal.DataIsTerminal && invocation.Colors)
        {
            var console = AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new AnsiConsoleOutput(invocation.Terminal.Data) }
            );
            foreach (var line in lines)
            {
                console.Write(line.ToParagraph(int.MaxValue));
                console.WriteLine();
            }
            return;
        }
        foreach (var line in lines)
        {
            invocation.Terminal.Print(line.ToString());
        }
    }
}
