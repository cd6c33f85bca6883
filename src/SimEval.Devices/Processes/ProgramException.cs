namespace SimEval.Devices.Processes;

/// <summary>A program failed: it hung, died, answered wrong, or reported an error. The message holds its last words.</summary>
internal sealed class ProgramException(string message) : Exception(message);
