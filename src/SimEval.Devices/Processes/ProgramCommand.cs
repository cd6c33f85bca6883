namespace SimEval.Devices.Processes;

/// <summary>How a program is started: without a shell, so that no argument is ever read as anything else.</summary>
/// <param name="Arguments">The program, then its arguments: a path, or a name that is looked up on PATH.</param>
/// <param name="Folder">The folder that it runs in.</param>
public sealed record ProgramCommand(IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>"python3 policy.py", for messages.</summary>
    public override string ToString() =>
        string.Join(' ', Arguments.Select((argument, i) => i == 0 ? argument : Path.GetFileName(argument)));

    /// <summary>The program's full path. Throws <see cref="ModelException"/> when there is none.</summary>
    public string FindProgram()
    {
        var name = Arguments[0];
        if (name.Contains('/', StringComparison.Ordinal))
            return IsExecutable(name)
                ? name
                : throw new ModelException(
                    ModelFault.Unreadable,
                    File.Exists(name)
                        ? $"{name} is not executable: chmod +x it, or name its interpreter first: [\"python3\", \"{Path.GetFileName(name)}\"]"
                        : $"there is no program {name}"
                );
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            ':',
            StringSplitOptions.RemoveEmptyEntries
        );
        return places.Select(place => Path.Combine(place, name)).FirstOrDefault(IsExecutable)
            ?? throw new ModelException(
                ModelFault.RuntimeMissing,
                $"there is no program '{name}' on PATH: install it, or write its path"
            );
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode any = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & any) != 0);
    }
}
