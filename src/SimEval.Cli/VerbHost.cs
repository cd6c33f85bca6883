using System.CommandLine;

namespace SimEval.Cli;

/// <summary>Carries out a verb.</summary>
internal delegate Task<ExitCode> VerbAction(Invocation invocation);

/// <summary>Binds actions to the common options and to the way in which failures are told.</summary>
internal sealed class VerbHost(CommonOptions options, Terminal terminal)
{
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
                            () => action(options.Read(parsed, terminal, interruption.Token)),
                            resumes
                        )
                        .ConfigureAwait(false);
            }
        );
        return command;
    }
}
