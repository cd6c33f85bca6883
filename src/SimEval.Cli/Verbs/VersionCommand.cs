using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using SimEval.Cli.Views;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval version`.</summary>
internal static class VersionCommand
{
    /// <summary>Version of the program.</summary>
    public static string Version { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(new Command("version", "Print the version of SimEval and of what it runs on"), RunAsync);

    private static Task<ExitCode> RunAsync(Invocation invocation)
    {
        var runtime = RuntimeInformation.FrameworkDescription;
        if (invocation.Json)
        {
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("version", Version);
                    json.WriteString("runtime", runtime);
                    json.WriteString("system", RuntimeInformation.OSDescription);
                }
            );
        }
        else
        {
            invocation.Terminal.Print($"simeval {Version} on {runtime}, {RuntimeInformation.OSDescription}");
        }
        return Task.FromResult(ExitCode.Pass);
    }
}
