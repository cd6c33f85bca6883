using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>Reads variants that are files or programs: paths are relative to the scenario file, and must be there.</summary>
internal sealed class ProgramReader(ISourceFiles files, Problems problems)
{
    /// <summary>The device class of programs.</summary>
    internal const string Device = "process";

    private const string Example = "\"process\": [\"python3\", \"policy.py\"]";
    private const int MostArguments = 64;

    /// <summary>A program by its file: a Python program, or one that is executable as it is.</summary>
    internal Variant? FromFile(string name, string path, JToken at)
    {
        if (Existing(path, at) is not { } file)
            return null;
        var isPython = path.EndsWith(VariantReader.PythonSuffix, StringComparison.Ordinal);
        return Program(name, isPython ? ["python3", file] : [file], [file], file);
    }

    /// <summary>A program by its command. Every argument that is a file beside the scenario file stands for that file.</summary>
    internal Variant? FromCommand(string name, JToken value)
    {
        if (value is JValue { Type: JTokenType.String } one)
            return FromFile(name, (string)one!, one);
        if (value is not JArray { Count: > 0 and <= MostArguments } list)
        {
            problems.Error(
                value,
                $"a program is a list of 1 to {MostArguments} texts, not {Wording.KindOf(value)}{(value is JArray ? " of another length" : "")}",
                $"Write {Example}"
            );
            return null;
        }

        List<string> command = [],
            found = [];
        foreach (var item in list)
        {
            if (Section.TextOf(item, problems, Example) is not { } argument)
                return null;
            if (item == list[0] && argument.Contains('/', StringComparison.Ordinal) && Existing(argument, item) is null)
                return null;
            var file = FileOf(argument);
            if (file is not null)
                found.Add(file);
            command.Add(file ?? argument);
        }

        // An interpreter named by its full path is part of what is run, but not what a person would call the program.
        if (found.Count > 0)
            return Program(name, command, found, IsAbsolute(list[0]) && found.Count > 1 ? found[1] : found[0]);
        problems.Error(
            value,
            "none of the program's arguments is a file: what is run has to be named by its path, so that the run can say what it was",
            $"Write {Example}, paths being relative to this file"
        );
        return null;
    }

    /// <summary>The resolved path of a file that is there; null with the error reported.</summary>
    internal string? Existing(string path, JToken at)
    {
        try
        {
            var resolved = files.Resolve(problems.SourceName, path);
            if (files.Size(resolved) is not null)
                return resolved;
            problems.Error(at, $"there is no file {Wording.Quote(path)}", NearestFile(resolved));
        }
        catch (IOException failure)
        {
            problems.Error(at, $"the file {Wording.Quote(path)} cannot be read: {Wording.Clean(failure.Message, 300)}");
        }

        return null;
    }

    private string? NearestFile(string resolved)
    {
        var slash = resolved.LastIndexOfAny(['/', '\\']);
        if (slash < 0 || resolved.AsSpan().IndexOfAny('*', '?') >= 0)
            return null;
        var names = files
            .Glob(resolved[..(slash + 1)] + "*")
            .Take(1000)
            .Select(path => path[(path.LastIndexOfAny(['/', '\\']) + 1)..]);
        return Nearest.To(resolved[(slash + 1)..], names) is { } near ? $"Beside it is '{Wording.Clean(near)}'" : null;
    }

    private static Variant Program(
        string name,
        IReadOnlyList<string> command,
        IReadOnlyList<string> found,
        string source
    ) =>
        new(name, PolicyKind.Model, source, Device, new Dictionary<string, string>(), null, [])
        {
            Command = command,
            CommandFiles = found,
        };

    private static bool IsAbsolute(JToken item) => ((string)item!).StartsWith('/');

    // An argument that begins with a dash, or is no path at all, is not looked for.
    private string? FileOf(string argument)
    {
        if (argument.Length == 0 || argument.StartsWith('-'))
            return null;
        try
        {
            var resolved = files.Resolve(problems.SourceName, argument);
            return files.Size(resolved) is null ? null : resolved;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
