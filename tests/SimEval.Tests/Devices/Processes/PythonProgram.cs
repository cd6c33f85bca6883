using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Processes;
using Xunit;

namespace SimEval.Tests.Devices.Processes;

/// <summary>A policy in Python, written into a folder of its own that is gone with the test.</summary>
internal sealed class PythonProgram : IDisposable
{
    /// <summary>The system's own where it is, since wrappers that choose a version take their time.</summary>
    public static string? Python { get; } =
        Array.Find(
            ["/usr/bin/python3", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(Named)],
            File.Exists
        );

    private readonly string folder = Directory.CreateTempSubdirectory("simeval-process-").FullName;

    public PythonProgram(string text)
    {
        File.WriteAllText(Path.Combine(folder, "policy.py"), text);
        Command = new ProgramCommand([Python!, Path.Combine(folder, "policy.py")], folder);
    }

    /// <summary>How it is started.</summary>
    public ProgramCommand Command { get; private set; }

    /// <summary>Its deadlines.</summary>
    public ProgramLimits Limits { get; init; } = ProgramLimits.Default;

    /// <summary>Elements of the observation.</summary>
    public int Size { get; init; } = 2;

    /// <summary>One that the helper serves.</summary>
    public static PythonProgram Serving(
        string act,
        string arguments = "",
        int size = 2,
        ProgramLimits? limits = null
    ) =>
        new(
            $"import os, signal, subprocess, sys, time\nimport simeval_policy\n{act}\nsimeval_policy.serve(act{arguments})\n"
        )
        {
            Size = size,
            Limits = limits ?? ProgramLimits.Default,
        };

    public PythonProgram With(params string[] arguments)
    {
        Command = Command with { Arguments = [.. Command.Arguments, .. arguments] };
        return this;
    }

    public string PathOf(string name) => Path.Combine(folder, name);

    public IBoundModel Open(int maximumBatch = 8) =>
        new ProgramDevice(Limits).Open(
            Command,
            new BindingRequest
            {
                Observation = [new TensorSpec("obs", [Size], "numbers"), new TensorSpec("other", [1], "a number")],
                Action = new TensorSpec("action", [1], "a number"),
            },
            maximumBatch
        );

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Named(string place) => Path.Combine(place, "python3");
}

/// <summary>A fact that needs Python 3; nothing of its packages.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        if (PythonProgram.Python is null)
            Skip = "python3 is not here";
    }
}

/// <summary>A theory that needs Python 3.</summary>
internal sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute()
    {
        if (PythonProgram.Python is null)
            Skip = "python3 is not here";
    }
}
