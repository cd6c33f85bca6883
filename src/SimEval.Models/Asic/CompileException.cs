using SimEval.Models.Graphs;

namespace SimEval.Models.Asic;

/// <summary>A model cannot be compiled for a board, or a program cannot be laid out. The message is for people and stands alone.</summary>
public sealed class CompileException : Exception
{
    /// <summary>With what stops it.</summary>
    /// <param name="message">What is wrong, and what would be right.</param>
    /// <param name="stopper">The operator that stops it ("Softmax"), or null.</param>
    public CompileException(string message, string? stopper = null)
        : base(message) => Stopper = stopper;

    /// <summary>Of one instruction: its title before the reason.</summary>
    /// <param name="node">The instruction.</param>
    /// <param name="reason">Why it stops it.</param>
    /// <param name="stopper">The operator's name.</param>
    public CompileException(Node node, string reason, string stopper)
        : this($"{node.Title()}: {reason}", stopper) => Reason = reason;

    /// <summary>The operator that stops it, or null.</summary>
    public string? Stopper { get; }

    /// <summary>Why, without the instruction's title; null where it is no single instruction.</summary>
    public string? Reason { get; }
}
