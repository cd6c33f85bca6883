using SimEval.Devices;
using SimEval.Devices.Processes;
using Xunit;

namespace SimEval.Tests.Devices.Processes;

public sealed class ProgramSessionTests
{
    private const string Sum = "def act(observation):\n    return [[sum(row)] for row in observation['obs']]";

    // What an observation of 100 makes a program do; the probe stays within [-2, 2].
    private static string At100(string what) =>
        $"def act(observation):\n    for row in observation['obs']:\n        if row[0] == 100:\n            {what}\n    return [[sum(row)] for row in observation['obs']]";

    [PythonTheory]
    [InlineData("")]
    [InlineData(", use_numpy=False")]
    public void Every_slot_gets_the_action_of_its_own_row(string arguments)
    {
        using var program = PythonProgram.Serving(Sum, arguments);
        var model = program.Open();
        using var session = model.CreateSession(5);
        for (var slot = 0; slot < 5; slot++)
            Write(session, slot, slot, 0.5f);

        Assert.Equal(0, session.Run([4, 1, 3]));
        Assert.Equal([4.5f, 1.5f, 3.5f], new[] { 4, 1, 3 }.Select(slot => session.Output(slot)[0]));
        Assert.Equal(0, session.Run(5));
        Assert.Equal([0.5f, 1.5f, 2.5f, 3.5f, 4.5f], Enumerable.Range(0, 5).Select(slot => session.Output(slot)[0]));
        Assert.True(model.Probe.BatchInvariant, model.Probe.Finding);
        Assert.StartsWith("process python 3", model.Probe.Numerics.Runtime, StringComparison.Ordinal);
    }

    [PythonFact]
    public void Printing_does_not_disturb_the_protocol()
    {
        using var program = PythonProgram.Serving(
            "print('loading')\ndef act(observation):\n    print('x' * 100000)\n    os.system('echo from a child')\n    return [[1]] * len(observation['obs'])"
        );
        using var session = program.Open().CreateSession(1);
        for (var step = 0; step < 5; step++)
            Assert.Equal(0, session.Run(1));
        Assert.Equal(1, session.Output(0)[0]);
    }

    [PythonFact]
    public void A_message_larger_than_a_pipe_goes_through()
    {
        using var program = PythonProgram.Serving(Sum, size: 20_000);
        using var session = program.Open(32).CreateSession(32);
        for (var slot = 0; slot < 32; slot++)
            session.Input(0, slot).Fill(slot);
        Assert.Equal(0, session.Run(32));
        Assert.Equal(31 * 20_000f, session.Output(31)[0]);
    }

    [PythonFact]
    public void A_program_keeps_what_it_likes_of_a_rollout_until_the_next_begins_in_its_slot()
    {
        using var program = PythonProgram.Serving(Counting, ", reset=reset");
        var model = program.Open();
        Assert.True(model.IsRecurrent);
        using var session = model.CreateSession(2);
        session.Run(2);
        session.Run([1]);
        session.Run(2);
        Assert.Equal((2f, 3f), (session.Output(0)[0], session.Output(1)[0]));
        session.Reset(1);
        session.Run(2);
        Assert.Equal((3f, 1f), (session.Output(0)[0], session.Output(1)[0]));
    }

    [PythonTheory]
    [InlineData(
        "sys.stderr.write('out of ideas\\n'); os._exit(3)",
        "ended by itself, with exit code 3. Its last words: out of ideas"
    )]
    [InlineData("os.kill(os.getpid(), signal.SIGSEGV)", "was ended by signal 11")]
    [InlineData("time.sleep(1000)", "gave no answer within 0.3 s")]
    [InlineData("raise ValueError('no such road')", "ValueError: no such road (policy.py:")]
    [InlineData("return [[1, 2, 3]] * len(observation['obs'])", "ValueError: act gave 3 numbers for 1 frames of 1")]
    [InlineData(
        "return [[float('nan') if row[0] == 100 else sum(row)] for row in observation['obs']]",
        "NaN or infinity"
    )]
    [InlineData("os.closerange(3, 99); time.sleep(1000)", "closed its standard")]
    public void A_program_that_fails_fails_the_frames_concerned_and_goes_on(string failure, string words)
    {
        using var program = Impatient(At100(failure));
        using var session = program.Open().CreateSession(3);
        Write(session, 0, 1, 1);
        Write(session, 1, 100, 1);
        Write(session, 2, 3, 1);

        Assert.Equal(1, session.Run(3));
        Assert.Contains(words, session.Fault(1), StringComparison.Ordinal);
        Assert.Equal((null, null), (session.Fault(0), session.Fault(2)));
        Assert.Equal((2f, 4f), (session.Output(0)[0], session.Output(2)[0]));

        session.Reset(1);
        Write(session, 1, 7, 1);
        Assert.Equal(0, session.Run(3));
        Assert.Equal(8, session.Output(1)[0]);
    }

    [PythonTheory]
    [InlineData("b'Hello, world'", "begins with 'Hell'")]
    [InlineData("struct.pack('<I', 4) + b'abcd'", "answered 4 bytes; an answer has at least 8")]
    [InlineData("struct.pack('<IIIf', 12, step + 1, 0, 1)", "answered step")]
    [InlineData("struct.pack('<IIIf', 12, step, 7, 1)", "status 7")]
    [InlineData("struct.pack('<IIIff', 16, step, 0, 1, 2)", "answered 8 bytes of actions; 1 frame of 1 float32 take 4")]
    [InlineData("struct.pack('<IIIf', 12, step, 0, 1) + b'!!'", "wrote 2 bytes after its answer")]
    [InlineData("struct.pack('<I', 0xffffffff)", "4,294,967,295 bytes")]
    public void An_answer_out_of_protocol_is_the_programs_failure(string answer, string words)
    {
        using var program = new PythonProgram(
            $$"""
            import json, os, struct
            def read(): return os.read(0, 1 << 16)
            def write(body): os.write(1, body)
            read()
            hello = json.dumps({"protocol": 1, "inputs": ["obs"]}).encode()
            write(struct.pack('<I', len(hello)) + hello)
            while True:
                message = read()
                if not message: break
                _, step, count = struct.unpack_from('<III', message)
                first = struct.unpack_from('<f', message, 12 + 8 * count)[0]
                if first == 100: write({{answer}})
                else: write(struct.pack('<III', 8 + 4 * count, step, 0) + struct.pack('<%df' % count, *[1] * count))
            """
        )
        {
            Limits = new ProgramLimits(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), 20),
        };
        using var session = program.Open().CreateSession(1);
        Write(session, 0, 100, 0);
        Assert.Equal(1, session.Run(1));
        Assert.Contains(words, session.Fault(0), StringComparison.Ordinal);
        Write(session, 0, 1, 0);
        Assert.Equal(0, session.Run(1));
    }

    [PythonFact]
    public void A_program_that_held_state_and_died_fails_every_rollout_it_knew_and_begins_others()
    {
        using var program = PythonProgram.Serving(
            Counting.Replace(
                "    result = []",
                "    if observation['obs'][0][0] == 100: os._exit(1)\n    result = []",
                StringComparison.Ordinal
            ),
            ", reset=reset"
        );
        using var session = program.Open().CreateSession(3);
        session.Run(3);
        Write(session, 0, 100, 0);
        Assert.Equal(1, session.Run([0]));
        session.Reset(2);
        Assert.Equal(1, session.Run([1, 2]));
        Assert.Contains("lost what it held", session.Fault(1), StringComparison.Ordinal);
        Assert.Equal(1, session.Output(2)[0]);
    }

    [PythonFact]
    public void A_program_that_always_fails_is_given_up()
    {
        using var program = Impatient(At100("os._exit(9)"), restarts: 2);
        using var session = program.Open().CreateSession(1);
        Write(session, 0, 100, 0);
        for (var i = 0; i < 3; i++)
            session.Run(1);
        session.Run(1);
        Assert.Contains("failed 3 times", session.Fault(0), StringComparison.Ordinal);
        Assert.Contains("exit code 9", session.Fault(0), StringComparison.Ordinal);
        Write(session, 0, 1, 0);
        Assert.Equal(1, session.Run(1));
    }

    [PythonFact]
    public void A_program_is_started_before_its_first_frame_and_sent_nothing()
    {
        using var program = PythonProgram.Serving(
            "open('starts', 'a').write('x')\nif os.path.getsize('starts') == 3: os._exit(3)\n" + Counting,
            ", reset=reset"
        );
        var model = program.Open();
        using var session = model.CreateSession(2);
        Assert.Equal("x", File.ReadAllText(program.PathOf("starts")));
        session.WarmUp();
        Assert.Equal("xx", File.ReadAllText(program.PathOf("starts")));
        Assert.Equal(0, session.Run(2));
        Assert.Equal(1, session.Output(1)[0]);

        // One that does not start then is started again by the first frame.
        using var other = model.CreateSession(1);
        other.WarmUp();
        Assert.Equal("xxx", File.ReadAllText(program.PathOf("starts")));
        Assert.Equal(0, other.Run(1));
        Assert.Equal("xxxx", File.ReadAllText(program.PathOf("starts")));
    }

    private const string Counting =
        "seen = {}\ndef reset(slot):\n    seen[slot] = 0\ndef act(observation, slots):\n    result = []\n    for slot in slots:\n        seen[slot] += 1\n        result.append([seen[slot]])\n    return result";

    private static PythonProgram Impatient(string act, int restarts = 20)
    {
        // Long enough for a step of a busy machine to end; only the program that sleeps waits for it.
        var limits = new ProgramLimits(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(0.3), restarts);
        return PythonProgram.Serving(act, ", use_numpy=False", limits: limits);
    }

    private static void Write(IModelSession session, int slot, float first, float second)
    {
        session.Input(0, slot)[0] = first;
        session.Input(0, slot)[1] = second;
    }
}
