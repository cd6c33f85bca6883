using System.Globalization;
using System.Reflection;
using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;
using SimEval.Actors.Sharding;
using SimEval.Cli.Views;
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
    /// <summary>Runs an action and turns what it throws into lines and a code; with --json into an object as well.</summary>
    /// <param name="terminal">Where they go.</param>
    /// <param name="dataFolder">Where details of a fault may be kept.</param>
    /// <param name="json">Whether there is an object.</param>
    /// <param name="action">What is done.</param>
    /// <param name="resumes">Whether what is interrupted can be resumed.</param>
    public static async Task<ExitCode> GuardAsync(
        Terminal terminal,
        Func<string> dataFolder,
        bool json,
        Func<Task<ExitCode>> action,
        bool resumes = false
    )
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            var (code, lines) =
                failure is OperationCanceledException ? Interrupted(resumes) : Explain(failure, dataFolder);
            foreach (var line in lines)
            {
                terminal.Tell(line);
            }
            if (json)
            {
                Write(terminal, code, lines);
            }
            return code;
        }
    }

    /// <summary>The object that a failure ends standard output with.</summary>
    public static void Write(Terminal terminal, ExitCode code, IReadOnlyList<string> lines) =>
        JsonLine.Write(
            terminal,
            json =>
            {
                json.WriteNumber("exit", (int)code);
                json.WriteStartArray("errors");
                foreach (var message in lines)
                {
                    json.WriteStringValue(message);
                }
                json.WriteEndArray();
            }
        );

    private static (ExitCode Code, IReadOnlyList<string> Lines) Interrupted(bool resumes) =>
        (
            ExitCode.Interrupted,
            [resumes ? "interrupted; 'simeval resume' goes on" : "interrupted; nothing was written"]
        );

    private static (ExitCode Code, IReadOnlyList<string> Lines) Explain(Exception failure, Func<string> dataFolder) =>
        failure switch
        {
            CommandException known => (known.Code, known.Lines),
            ConfigurationException configuration => (ExitCode.Invalid, configuration.Errors),
            RunRefusedException or CommandRejectedException => (ExitCode.Invalid, [failure.Message]),
            // What stopped a shard, an entity or an actor is what there is to say.
            ShardStoppedException
            or EntityParkedException
            or ActorStoppedException when failure.InnerException is { } cause => Explain(cause, dataFolder),
            OutcomeUnknownException or FencedException or TimeoutException => (
                ExitCode.Infrastructure,
                [$"{FirstLine(failure.Message)} Nothing is lost: 'simeval resume' goes on"]
            ),
            StoreException store => (ExitCode.Infrastructure, [FirstLine(store.Message)]),
            ModelException model => (CodeOf(model.Fault), model.Message.Split('\n')),
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
