using System.Runtime.InteropServices;
using System.Text;

namespace SimEval.Devices.Processes;

/// <summary>
/// Frames on their way to a program, and its answer (docs/formats/process-protocol.md): step number, count, slots, which of
/// them begin a rollout, then one block of rows per input; back come step number, status, and one action a row or a text.
/// </summary>
internal sealed class StepMessage
{
    private const int Word = sizeof(uint);
    private const int HeaderWords = 3;
    private const int AnswerBytes = 2 * Word;
    private const int MostTextBytes = 1 << 16;
    private const uint Actions = 0;
    private const uint Failure = 1;

    private readonly int rowWords;
    private readonly int actionSize;
    private readonly uint[] words;
    private uint step;

    /// <summary>A message that can hold a batch.</summary>
    /// <param name="batch">Most frames.</param>
    /// <param name="rowSize">Elements of one frame's inputs together.</param>
    /// <param name="actionSize">Elements of one action.</param>
    public StepMessage(int batch, int rowSize, int actionSize)
    {
        rowWords = 2 + rowSize;
        this.actionSize = actionSize;
        words = new uint[HeaderWords + (batch * rowWords)];
    }

    /// <summary>Most bytes of an answer to so many frames.</summary>
    public int MostAnswerBytes(int count) => AnswerBytes + Math.Max(count * actionSize * sizeof(float), MostTextBytes);

    /// <summary>Fills it.</summary>
    /// <param name="slots">The frames' slots.</param>
    /// <param name="begins">By slot: whether its rollout begins.</param>
    /// <param name="inputs">By input: the rows of all slots.</param>
    /// <returns>The bytes to send.</returns>
    public ReadOnlySpan<byte> Fill(ReadOnlySpan<int> slots, ReadOnlySpan<bool> begins, IReadOnlyList<float[]> inputs)
    {
        var count = slots.Length;
        var length = HeaderWords + (count * rowWords);
        words[0] = (uint)((length - 1) * Word);
        words[1] = ++step;
        words[2] = (uint)count;
        var at = HeaderWords;
        foreach (var slot in slots)
            words[at++] = (uint)slot;
        foreach (var slot in slots)
            words[at++] = begins[slot] ? 1u : 0u;
        foreach (var table in inputs)
        {
            var size = table.Length / begins.Length;
            foreach (var slot in slots)
            {
                MemoryMarshal.Cast<float, uint>(table.AsSpan(slot * size, size)).CopyTo(words.AsSpan(at));
                at += size;
            }
        }

        return MemoryMarshal.AsBytes(words.AsSpan(0, length));
    }

    /// <summary>Whether an answer answers this message; else what is wrong with it.</summary>
    public string? Check(ReadOnlySpan<byte> answer, int count)
    {
        if (answer.Length < AnswerBytes)
            return $"the program answered {answer.Length} bytes; an answer has at least {AnswerBytes}";
        var answered = MemoryMarshal.Read<uint>(answer);
        if (answered != step)
            return $"the program answered step {answered}; it was asked step {step}";
        var status = MemoryMarshal.Read<uint>(answer[Word..]);
        if (status == Failure)
            return null;
        if (status != Actions)
            return $"the program answered with status {status}; it is {Actions} (actions) or {Failure} (a failure)";
        var wanted = count * actionSize * sizeof(float);
        return answer.Length - AnswerBytes == wanted
            ? null
            : $"the program answered {answer.Length - AnswerBytes:N0} bytes of actions; {count} frame{(count == 1 ? "" : "s")} of {actionSize} float32 take {wanted:N0}";
    }

    /// <summary>The text of a checked answer that is a failure; null for actions.</summary>
    public static string? FailureOf(ReadOnlySpan<byte> answer) =>
        MemoryMarshal.Read<uint>(answer[Word..]) == Failure
            ? LastWords.OneLine(Encoding.UTF8.GetString(answer[AnswerBytes..]))
            : null;

    /// <summary>The actions of a checked answer, row by row.</summary>
    public static ReadOnlySpan<float> ActionsOf(ReadOnlySpan<byte> answer) =>
        MemoryMarshal.Cast<byte, float>(answer[AnswerBytes..]);
}
