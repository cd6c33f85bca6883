namespace SimEval.Models.Asic;

/// <summary>A model cannot be compiled for a board, or a program cannot be laid out. The message is for people and stands alone.</summary>
public sealed class CompileException : Exception
{
    /// <summary>With what stops it.</summary>
    /// <param name="message">What is wrong, and what would be right.</param>
    /// <param name="stopper">The operator that stops it ("Softmax"), or null.</param>
    public CompileException(string message, string? stopper = null)
        : base(message) => Stopper = stopper;

    /// <summary>The operator that stops it, or null.</summary>
    public string? Stopper { get; }
}
