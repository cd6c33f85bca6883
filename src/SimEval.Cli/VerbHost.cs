using System.CommandLine;

namespace SimEval.Cli;

/// <summary>Carries out a verb.</summary>
internal delegate Task<ExitCode> VerbAction(Invocation invocation);

/// <summary>Binds actions to the common options and to the way in which failures are told.</summary>
internal sealed class VerbHost(CommonOptions options, Terminal terminal)
{
    /// <summary>Lets a command carry out an action.</summary>
    public Command Bind(Command command, VerbAction action)
    {
        command.SetAction(
            async (parsed, _) =>
            {
                using var interruption = new Interruption(terminal);
                return (int)
                    await FailurePolicy
                        .GuardAsync(
                            terminal,
                            () => parsed.GetValue(options.Data)!,
                            parsed.GetValue(options.Json),
                            () => action(options.Read(parsed, terminal, interruption.Token))
                        )
                        .ConfigureAwait(false);
            }
        );
        return command;
    }
}
