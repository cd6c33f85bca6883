using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace SimEval.Devices.Processes;

/// <summary>
/// A program that runs, and the pipes to it. A message is a 32-bit little-endian length and as many bytes, in both
/// directions. One thread does all: while it writes or waits it also drains the program's standard error, so that neither
/// side can block the other, and every wait has a deadline. Not thread-safe.
/// </summary>
internal sealed unsafe class RunningProgram : IDisposable
{
    private const int HeaderBytes = 4;
    private const string Setsid = "/usr/bin/setsid";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // All that run: none may outlive this process. After kill -9 they see the end of their input, as nothing else holds it.
    private static readonly ConcurrentDictionary<RunningProgram, int> All = Watched();

    private readonly Process process;
    private readonly int id;
    private readonly int input;
    private readonly int output;
    private readonly int errors;
    private readonly LastWords words = new();
    private readonly byte[] scratch = new byte[4096];
    private byte[] inbox = new byte[1 << 16];
    private bool errorsEnded;

    private RunningProgram(Process process)
    {
        this.process = process;
        id = process.Id;
        input = Descriptor(process.StandardInput.BaseStream);
        output = Descriptor(process.StandardOutput.BaseStream);
        errors = Descriptor(process.StandardError.BaseStream);
        foreach (var end in (int[])[input, output, errors])
            Posix.MakeNonBlocking(end);
        All[this] = id;
    }

    /// <summary>Whether it has been ended; nothing can be exchanged any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Starts a program in a session of its own: a Ctrl-C at the terminal is SimEval's, and a kill reaches its children.</summary>
    public static RunningProgram Start(ProgramCommand command)
    {
        var program = command.FindProgram();
        var apart = File.Exists(Setsid);
        var start = new ProcessStartInfo(apart ? Setsid : program)
        {
            WorkingDirectory = command.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (apart)
            start.ArgumentList.Add(program);
        foreach (var argument in command.Arguments.Skip(1))
            start.ArgumentList.Add(argument);
        ProgramEnvironment.Complete(start.Environment);
        try
        {
            return new RunningProgram(Process.Start(start)!);
        }
        catch (Win32Exception failure)
        {
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"{command} cannot be started: {failure.Message}",
                failure
            );
        }
    }

    /// <summary>
    /// Sends a message and waits for one. The answer is valid until the next call. Throws <see cref="ProgramException"/>, the
    /// program then being ended.
    /// </summary>
    /// <param name="message">Its header included.</param>
    /// <param name="most">Most bytes of the answer, its header left out.</param>
    /// <param name="patience">Deadline.</param>
    public ReadOnlySpan<byte> Exchange(ReadOnlySpan<byte> message, int most, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        if (inbox.Length <= HeaderBytes + most)
            inbox = new byte[HeaderBytes + most + 1];
        var (written, read) = (0, 0);
        while (true)
        {
            written = Send(message, written);
            var wanted = read < HeaderBytes ? HeaderBytes : HeaderBytes + AnnouncedLength(most);
            if (read > wanted)
                throw End($"the program wrote {read - wanted} bytes after its answer");
            if (written == message.Length && read == wanted && read > HeaderBytes)
                return inbox.AsSpan(HeaderBytes, wanted - HeaderBytes);
            var left = patience - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw End($"the program gave no answer within {patience.TotalSeconds:0.###} s");
            if (Wait(written < message.Length, left))
                read = Receive(read);
        }
    }

    /// <summary>Ends it, with all that it started, and says why; what it said last is added.</summary>
    public ProgramException End(string reason)
    {
        Kill();
        process.WaitForExit(Grace);
        DrainErrors();
        Close();
        return new ProgramException(reason + words);
    }

    /// <summary>Ends it: it sees the end of its input, and is killed if that does not move it.</summary>
    public void Dispose()
    {
        if (HasEnded)
            return;
        process.StandardInput.BaseStream.Dispose();
        process.WaitForExit(Grace);
        Kill();
        Close();
    }

    private static ConcurrentDictionary<RunningProgram, int> Watched()
    {
        var all = new ConcurrentDictionary<RunningProgram, int>();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var id in all.Values)
                Kill(id);
        };
        return all;
    }

    // The group, so that what it started goes with it; and itself, should it have been started without one.
    private static void Kill(int id)
    {
        _ = Posix.Signal(-id, Posix.Kill);
        _ = Posix.Signal(id, Posix.Kill);
    }

    private void Kill()
    {
        // Once it has been waited for, its number may belong to somebody else; its group's cannot while a member lives.
        if (process.HasExited)
            _ = Posix.Signal(-id, Posix.Kill);
        else
            Kill(id);
    }

    private ProgramException Died(string closed)
    {
        var gone = process.WaitForExit(Grace);
        var code = gone ? process.ExitCode : 0;
        return End(
            !gone ? $"the program closed {closed} and went on"
            : code > 128 ? $"the program was ended by signal {code - 128}"
            : $"the program ended by itself, with exit code {code}"
        );
    }

    private void Close()
    {
        HasEnded = true;
        All.TryRemove(this, out _);
        process.StandardInput.BaseStream.Dispose();
        process.StandardOutput.BaseStream.Dispose();
        process.StandardError.BaseStream.Dispose();
        process.Dispose();
    }

    private static int Descriptor(Stream stream) => (int)((PipeStream)stream).SafePipeHandle.DangerousGetHandle();

    private int AnnouncedLength(int most)
    {
        var announced = BitConverter.ToUInt32(inbox);
        if (announced <= most)
            return (int)announced;
        var begin = string.Concat(inbox.Take(HeaderBytes).Select(b => b is >= 32 and < 127 ? (char)b : '?'));
        throw End(
            $"the program's answer is out of protocol: it begins with '{begin}', which would announce {announced:N0} bytes where at most {most:N0} can come (does it print to its standard output?)"
        );
    }

    private int Send(ReadOnlySpan<byte> message, int written)
    {
        while (written < message.Length)
        {
            nint count;
            fixed (byte* from = message[written..])
                count = Posix.Write(input, from, (nuint)(message.Length - written));
            if (count > 0)
                written += (int)count;
            else if (Marshal.GetLastPInvokeError() is Posix.TryAgain)
                break;
            else if (Marshal.GetLastPInvokeError() is not Posix.Interrupted)
                throw Died("its standard input");
        }

        return written;
    }

    // Waits until something can be done; drains standard error by the way. True: there is output to read.
    private bool Wait(bool toWrite, TimeSpan left)
    {
        var entries = stackalloc Posix.PollEntry[3];
        entries[0] = new() { Descriptor = output, Events = Posix.PollIn };
        entries[1] = new() { Descriptor = errorsEnded ? -1 : errors, Events = Posix.PollIn };
        entries[2] = new() { Descriptor = toWrite ? input : -1, Events = Posix.PollOut };
        if (Posix.Poll(entries, 3, (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue)) <= 0)
            return false;
        if (entries[1].Happened != 0)
            DrainErrors();
        return entries[0].Happened != 0;
    }

    private int Receive(int read)
    {
        nint count;
        fixed (byte* to = &inbox[read])
            count = Posix.Read(output, to, (nuint)(inbox.Length - read));
        if (count > 0)
            return read + (int)count;
        if (count < 0 && Marshal.GetLastPInvokeError() is Posix.TryAgain or Posix.Interrupted)
            return read;
        throw Died("its standard output");
    }

    private void DrainErrors()
    {
        for (var reads = 0; reads < 64 && !errorsEnded; reads++)
        {
            nint count;
            fixed (byte* to = scratch)
                count = Posix.Read(errors, to, (nuint)scratch.Length);
            if (count < 0)
                return;
            errorsEnded = count == 0;
            words.Add(scratch.AsSpan(0, (int)count));
        }
    }
}
