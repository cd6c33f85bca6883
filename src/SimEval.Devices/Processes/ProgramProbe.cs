using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SimEval.Devices.Cpu;
using SimEval.Devices.Probing;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Processes;

/// <summary>
/// Finds the batch sizes at which a program gives every row, at every position, the bits it gives alone: nothing can be
/// known of what it computes with, so it is measured.
/// </summary>
internal static class ProgramProbe
{
    private const int Rows = 8;

    /// <summary>Powers of two are tried first, then the sizes between them while all that has taken less than this.</summary>
    private static readonly TimeSpan FullBudget = TimeSpan.FromMilliseconds(100);

    /// <summary>Sizes not reached by now are not tried, and so not used.</summary>
    private static readonly TimeSpan HardBudget = TimeSpan.FromSeconds(3);

    /// <summary>Probes, and sets <see cref="ProgramModel.Probe"/>.</summary>
    /// <param name="model">The program.</param>
    /// <param name="running">It, greeted.</param>
    /// <param name="wanted">Largest batch asked for.</param>
    public static void Run(ProgramModel model, RunningProgram running, int wanted)
    {
        var watch = Stopwatch.StartNew();
        var most = model.Greeting.MaximumBatch;
        using var session = new ProgramSession(
            model,
            most,
            new BatchBuckets(most, [.. Enumerable.Range(1, most)]),
            running
        );
        var alone = Enumerable.Range(0, Rows).Select(row => Outputs(model, session, [row])).ToList();
        if (!Outputs(model, session, [0]).AsSpan().SequenceEqual(alone[0]))
            throw new ModelException(
                ModelFault.Unsupported,
                "the program answers the same observation differently at the beginning of a rollout (a random draw without a seed?), so that no result could be repeated"
            );
        var begun = watch.Elapsed;
        List<int> equal = [1],
            unequal = [];
        foreach (var size in Enumerable.Range(2, most - 1).OrderBy(size => IsFirst(size, most) ? 0 : 1))
        {
            if (watch.Elapsed - begun > (IsFirst(size, most) ? HardBudget : FullBudget))
                break;
            int[] rows = [.. Enumerable.Range(0, size).Select(i => (i + size) % Rows)];
            var together = Outputs(model, session, rows);
            if (session.Failures > 0)
            {
                // It can't take so many at once; every larger size would cost another start.
                unequal.Add(size);
                break;
            }

            var same = together.AsSpan().SequenceEqual([.. rows.SelectMany(row => alone[row])]);
            (same ? equal : unequal).Add(size);
        }

        equal.Sort();
        var hash = SHA256.HashData([.. alone.SelectMany(row => row)]);
        model.Probe = new ProbeReport(
            equal,
            wanted,
            unequal.Count == 0 && equal[^1] == wanted,
            new NumericsClass(
                ProcessorFeatures.InstructionSet,
                $"process {model.Greeting.Runtime}",
                Convert.ToHexStringLower(hash)[..16]
            ),
            BatchProbe.Finding(equal, unequal, most, wanted, "the program takes one frame a message"),
            watch.Elapsed
        );
    }

    private static bool IsFirst(int size, int most) => int.IsPow2(size) || size == most;

    // Every row as the first frame of a rollout, so that a program that holds state answers from its beginning.
    private static byte[] Outputs(ProgramModel model, ProgramSession session, int[] rows)
    {
        for (var slot = 0; slot < rows.Length; slot++)
        {
            session.Reset(slot);
            Fill(model, session, slot, rows[slot]);
        }

        session.Run(rows.Length);
        var outputs = new List<byte>();
        for (var slot = 0; slot < rows.Length; slot++)
        {
            if (session.Fault(slot) is { } fault)
                throw new ModelException(ModelFault.RunFailed, $"it fails on observations in [-2, 2]: {fault}");
            outputs.AddRange(MemoryMarshal.AsBytes(session.Output(slot)));
        }

        return [.. outputs];
    }

    private static void Fill(ProgramModel model, ProgramSession session, int slot, int row)
    {
        var draws = new ProbeDraws(row);
        for (var input = 0; input < model.Binding.Inputs.Count; input++)
        {
            foreach (ref var value in session.Input(input, slot))
                value = draws.Next();
        }
    }
}
