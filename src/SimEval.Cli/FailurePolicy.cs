using System.Globalization;
using System.Reflection;
using SimEval.Actors.Journal;
using SimEval.Devices;
using SimEval.Engine.Persistence;
using SimEval.Engine.Runs;
using SimEval.Node.Configuration;

namespace SimEval.Cli;

/// <summary>
/// How failures end: what a person can act on as one clear line with its code; a fault of the program as one line that
/// names a file with the details. A stack trace never reaches the terminal.
/// </summary>
internal static class FailurePolicy
{
    /// <summary>Runs an action and turns what it throws into lines and a code.</summary>
    public static async Task<ExitCode> GuardAsync(
        Terminal terminal,
        Func<string> dataFolder,
        Func<Task<ExitCode>> action
    )
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            var (code, lines) = Explain(failure, dataFolder);
            foreach (var line in lines)
            {
                terminal.Tell(line);
            }
            return code;
        }
    }

    private static (ExitCode Code, IReadOnlyList<string> Lines) Explain(Exception failure, Func<string> dataFolder) =>
        failure switch
        {
            CommandException known => (known.Code, known.Lines),
            ConfigurationException configuration => (ExitCode.Invalid, configuration.Errors),
            OperationCanceledException => (ExitCode.Interrupted, ["interrupted; 'simeval resume' goes on"]),
            RunRefusedException or CommandRejectedException => (ExitCode.Invalid, [failure.Message]),
            StoreException store => (ExitCode.Infrastructure, [FirstLine(store.Message)]),
            ModelException model => (CodeOf(model.Fault), [model.Message]),
            InvalidDataException damaged => (ExitCode.Infrastructure, [FirstLine(damaged.Message)]),
            UnauthorizedAccessException denied => (ExitCode.Infrastructure, [$"no permission: {denied.Message}"]),
            IOException io => (ExitCode.Infrastructure, [FirstLine(io.Message)]),
            TargetInvocationException { InnerException: { } inner } => Explain(inner, dataFolder),
            AggregateException { InnerExceptions: [var only] } => Explain(only, dataFolder),
            _ => (ExitCode.Internal, [Log(failure, dataFolder)]),
        };

    private static ExitCode CodeOf(ModelFault fault) =>
        fault switch
        {
            ModelFault.RuntimeMissing or ModelFault.Unsupported => ExitCode.Unsatisfiable,
            ModelFault.RunFailed => ExitCode.Failed,
            _ => ExitCode.Invalid,
        };

    private static string Log(Exception failure, Func<string> dataFolder)
    {
        var summary = $"a fault of the program: {FirstLine(failure.Message)} ({failure.GetType().Name})";
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"simeval-fault-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}.log"
        );
        foreach (var folder in new[] { dataFolder(), Path.GetTempPath() })
        {
            try
            {
                if (!Directory.Exists(folder))
                {
                    continue;
                }
                var path = Path.GetFullPath(Path.Combine(folder, name));
                File.WriteAllText(path, $"{Environment.CommandLine}\n{failure}\n");
                return $"{summary}; details in {path}";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next folder may be writable.
            }
        }
        return summary;
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd('\r');
}
