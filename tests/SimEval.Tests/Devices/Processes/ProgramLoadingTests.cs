using System.Globalization;
using SimEval.Devices;
using SimEval.Devices.Processes;
using Xunit;

namespace SimEval.Tests.Devices.Processes;

public sealed class ProgramLoadingTests
{
    private const string One = "def act(observation):\n    return [[1]] * len(observation['obs'])";

    [PythonTheory]
    [InlineData("import nothing_of_the_kind", "No module named 'nothing_of_the_kind'")]
    [InlineData("print('Hello, I am no policy')", "it begins with 'Hell'")]
    [InlineData("", "ended by itself, with exit code 0")]
    [InlineData("import os; os.read(0, 9999); os.write(1, b'\\x02\\0\\0\\0[]')", "greeting is no JSON object")]
    [InlineData("import os; os.read(0, 9999); os.write(1, b'\\x02\\0\\0\\0{}')", "names protocol (none)")]
    [InlineData("import os; os.read(0, 9999); os.write(1, b'\\x03\\0\\0\\0{ \"')", "greeting cannot be read")]
    [InlineData("import os; os.read(0, 9999); os.write(1, b'\\x0e\\0\\0\\0{\"protocol\":7}')", "names protocol 7")]
    [InlineData(
        "import os; os.read(0, 9999); os.write(1, b'\\x1f\\0\\0\\0{\"protocol\":1, \"inputs\":[null]}')",
        "has an input without a name"
    )]
    [InlineData(
        "import os; os.read(0, 9999); os.write(1, b'\\x1c\\0\\0\\0{\"protocol\":1,\"protocol\":1 }')",
        "greeting cannot be read"
    )]
    [InlineData(
        "import os; os.read(0, 9999); os.write(1, b'\\x1b\\0\\0\\0{\"protocol\":1,\"maxBatch\":0}')",
        "maxBatch of 0"
    )]
    public void What_is_no_policy_is_refused_with_its_last_words(string text, string words)
    {
        using var program = new PythonProgram(text);
        Assert.Contains(words, Refused(program), StringComparison.Ordinal);
    }

    [PythonTheory]
    [InlineData("def act(observation):\n    return 1 / 0", "", "ZeroDivisionError")]
    [InlineData(One, ", inputs=['obz']", "did you mean 'obs'?")]
    [InlineData(
        One + "\ndef setup(said):\n    raise SystemError('wants ' + said.action.name)",
        ", setup=setup",
        "wants action"
    )]
    [InlineData(
        "import random\ndef act(observation):\n    return [[random.random()] for _ in observation['obs']]",
        "",
        "differently"
    )]
    public void What_does_not_fit_is_refused(string act, string arguments, string words)
    {
        using var program = PythonProgram.Serving(act, arguments);
        Assert.Contains(words, Refused(program), StringComparison.Ordinal);
    }

    [PythonFact]
    public void A_program_that_never_greets_is_refused_after_its_time()
    {
        using var program = new PythonProgram("import time\ntime.sleep(1000)")
        {
            Limits = ProgramLimits.Default with { StartTime = TimeSpan.FromSeconds(0.2) },
        };
        Assert.Contains("no answer within 0.2 s", Refused(program), StringComparison.Ordinal);
    }

    [PythonFact]
    public void A_program_whose_bits_depend_on_the_batch_runs_at_batch_1()
    {
        using var program = PythonProgram.Serving(
            "def act(observation):\n    return [[len(observation['obs'])]] * len(observation['obs'])"
        );
        var model = program.Open();
        Assert.Equal([1], model.Probe.BatchSizes);
        Assert.Contains("so it runs at batch 1", model.Probe.Finding, StringComparison.Ordinal);
        using var session = model.CreateSession(4);
        session.Run(4);
        Assert.All(Enumerable.Range(0, 4), slot => Assert.Equal(1, session.Output(slot)[0]));
    }

    [PythonFact]
    public void A_program_that_takes_one_frame_a_message_gets_one()
    {
        using var program = PythonProgram.Serving(
            "def act(observation):\n    assert len(observation['obs']) == 1\n    return [[5]]",
            ", max_batch=1"
        );
        using var session = program.Open().CreateSession(4);
        Assert.Equal(0, session.Run(4));
        Assert.Equal(5, session.Output(3)[0]);
    }

    [PythonFact]
    public void A_program_that_dies_of_more_than_it_said_is_held_to_what_it_can_take()
    {
        using var program = PythonProgram.Serving(
            "def act(observation):\n    if len(observation['obs']) > 2: os._exit(1)\n    return [[1]] * len(observation['obs'])"
        );
        var model = program.Open();
        Assert.Equal([1, 2], model.Probe.BatchSizes);
    }

    [PythonFact]
    public void An_argument_is_never_read_by_a_shell()
    {
        using var program = PythonProgram.Serving(
            "def act(observation):\n    return [[len(sys.argv[1])]] * len(observation['obs'])"
        );
        const string argument = "$(touch x); `id` & 'quoted' \"twice\" *";
        using var session = program.With(argument).Open().CreateSession(1);
        session.Run(1);
        Assert.Equal(argument.Length, session.Output(0)[0]);
    }

    [Theory]
    [InlineData("no-such-program-anywhere", "no program 'no-such-program-anywhere' on PATH")]
    [InlineData("/no/such/program", "there is no program /no/such/program")]
    public void A_program_that_is_not_there_is_said_so(string name, string words)
    {
        var command = new ProgramCommand([name], Path.GetTempPath());
        var failure = Assert.Throws<ModelException>(() => command.FindProgram());
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    // The one that goes on after the end of its input is the only one that is waited for.
    [PythonTheory]
    [InlineData("pass", "pass")]
    [InlineData("subprocess.Popen(['sleep', '1000'])", "pass")]
    [InlineData("pass", "time.sleep(1000)")]
    public void Nothing_that_was_started_outlives_its_session(string during, string after)
    {
        using var program = new PythonProgram(
            $"""
            import os, subprocess, time, simeval_policy
            def act(observation):
                open('group', 'w').write(str(os.getpgid(0)))
                {during}
                return [[1]] * len(observation['obs'])
            simeval_policy.serve(act)
            {after}
            """
        );
        var session = program.Open().CreateSession(1);
        session.Run(1);
        var group = int.Parse(File.ReadAllText(program.PathOf("group")), CultureInfo.InvariantCulture);
        Assert.True(GroupIsAlive(group));
        session.Dispose();
        Assert.True(SpinWait.SpinUntil(() => !GroupIsAlive(group), TimeSpan.FromSeconds(10)), $"group {group} lives");
    }

    private static string Refused(PythonProgram program) => Assert.Throws<ModelException>(() => program.Open()).Message;

    private static bool GroupIsAlive(int group) =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(folder[^1]))
            .Select(folder => Path.Combine(folder, "stat"))
            .Any(file => IsOf(group, file));

    // "pid (name) state parent group ...": the name may hold anything, so it is skipped by its last bracket.
    private static bool IsOf(int group, string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is not ("Z" or "X") && fields[2] == $"{group}";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
