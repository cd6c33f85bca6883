using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>The program as a user has it: a process of its own, in a temporary folder that is gone afterwards.</summary>
internal sealed class SimEvalProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>The folder it runs in; the data folder is .simeval inside.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("simeval-e2e-").FullName;

    /// <summary>The repository that the tests were built from.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built program.</summary>
    public static string Program { get; } =
        Path.Combine(Root, "artifacts", "bin", "SimEval.Cli", BuildFolder(), "simeval.dll");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes a file into the folder.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs it to its end.</summary>
    public Ended Run(params string[] arguments)
    {
        using var running = Start(arguments);
        return running.Wait();
    }

    /// <summary>Starts it.</summary>
    public Running Start(params string[] arguments) => StartIn("", arguments);

    /// <summary>Runs it to its end in a folder below.</summary>
    public Ended RunIn(string below, params string[] arguments)
    {
        using var running = StartIn(below, arguments);
        return running.Wait();
    }

    private Running StartIn(string below, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Directory.CreateDirectory(Path.Combine(Folder, below)).FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        return new Running(Process.Start(start)!, string.Join(' ', arguments));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimEval.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new DirectoryNotFoundException("SimEval.sln is in no folder above the tests");
    }

    // The tests' own output folder has the configuration's name.
    private static string BuildFolder() => new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>A process that has ended.</summary>
    internal sealed record Ended(string Arguments, int Code, string Output, string Errors)
    {
        /// <summary>The object that the last line of standard output is.</summary>
        public JsonElement Json
        {
            get
            {
                var last = Output.TrimEnd().Split('\n')[^1];
                Assert.True(
                    last.StartsWith('{'),
                    $"simeval {Arguments}: no JSON object at the end\n{Output}\n{Errors}"
                );
                return JsonDocument.Parse(last).RootElement.Clone();
            }
        }

        /// <summary>Fails with both streams when the code is another.</summary>
        public Ended Expect(int code)
        {
            Assert.True(Code == code, $"simeval {Arguments}: code {Code}, not {code}\n{Output}\n{Errors}");
            Assert.DoesNotContain("   at SimEval.", Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("Unhandled exception", Errors, StringComparison.Ordinal);
            return this;
        }
    }

    /// <summary>A process under way.</summary>
    internal sealed class Running : IDisposable
    {
        private readonly Process _process;
        private readonly string _arguments;
        private readonly StringBuilder _output = new();
        private readonly StringBuilder _errors = new();
        private readonly TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Running(Process process, string arguments)
        {
            (_process, _arguments) = (process, arguments);
            process.OutputDataReceived += (_, line) => Append(_output, line.Data);
            process.ErrorDataReceived += (_, line) =>
            {
                Append(_errors, line.Data);
                if (line.Data?.Contains(" rollouts  ", StringComparison.Ordinal) == true)
                {
                    _progress.TrySetResult();
                }
            };
            process.Exited += (_, _) => _progress.TrySetResult();
            process.EnableRaisingEvents = true;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        /// <summary>Whether it has ended.</summary>
        public bool HasEnded => _process.HasExited;

        /// <summary>Waits for the first line of progress (or the end).</summary>
        public async Task WaitForProgressAsync() => await _progress.Task.WaitAsync(Deadline);

        /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
        public void Interrupt()
        {
            using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
            kill.WaitForExit();
        }

        /// <summary>Ends it as kill -9 does.</summary>
        public void Kill() => _process.Kill();

        /// <summary>Waits for its end.</summary>
        public Ended Wait()
        {
            if (!_process.WaitForExit(Deadline))
            {
                _process.Kill();
                Assert.Fail($"simeval {_arguments} did not end within {Deadline}\n{_output}\n{_errors}");
            }
            _process.WaitForExit();
            lock (_output)
                lock (_errors)
                {
                    return new Ended(_arguments, _process.ExitCode, _output.ToString(), _errors.ToString());
                }
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }
            _process.Dispose();
        }

        private static void Append(StringBuilder text, string? line)
        {
            lock (text)
            {
                if (line is not null)
                {
                    text.Append(line).Append('\n');
                }
            }
        }
    }
}
