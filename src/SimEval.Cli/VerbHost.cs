using System.CommandLine;

namespace SimEval.Cli;

/// <summary>Carries out a verb.</summary>
internal delegate Task<ExitCode> VerbAction(Invocation invocation);

/// <summary>Binds actions to the common options and to the way in which failures are told.</summary>
/// <param name="options">The common options.</param>
/// <param name="terminal">Where all is told.</param>
/// <param name="time">The clock by which verbs that are at work for long tell so; null: they tell it themselves.</param>
internal sealed class VerbHost(CommonOptions options, Terminal terminal, TimeProvider? time = null)
{
    /// <summary>The same, for verbs that are at work in one piece: every two seconds they tell that they are.</summary>
    public VerbHost WithHeartbeat() => new(options, terminal, TimeProvider.System);

    /// <summary>Lets a command carry out an action.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="action">What it does.</param>
    /// <param name="resumes">Whether, interrupted, it can be resumed; else it is to leave nothing behind.</param>
    public Command Bind(Command command, VerbAction action, bool resumes = false)
    {
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption(terminal, resumes);
                return (int)
                    await FailurePolicy
                        .GuardAsync(
                            terminal,
                            () => parsed.GetValue(options.Data)!,
                            parsed.GetValue(options.Json),
                            () => RunAsync(command, action, options.Read(parsed, terminal, interruption.Token)),
                            resumes
                        )
                        .ConfigureAwait(false);
            }
        );
        return command;
    }

    private async Task<ExitCode> RunAsync(Command command, VerbAction action, Invocation invocation)
    {
        using var heartbeat =
            time is null || invocation.Quiet ? null : new Heartbeat(invocation.Terminal, command.Name, time);
        return await action(invocation).ConfigureAwait(false);
    }
}
