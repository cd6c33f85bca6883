namespace SimEval.Devices.Processes;

/// <summary>How long a program may take, and how often it may fail.</summary>
/// <param name="StartTime">Most time from its start to its greeting; a model's weights are loaded in it.</param>
/// <param name="StepTime">Most time for the answer to one message.</param>
/// <param name="Restarts">How often one lane starts it again after a failure; then its frames fail at once.</param>
public sealed record ProgramLimits(TimeSpan StartTime, TimeSpan StepTime, int Restarts)
{
    /// <summary>A minute, ten seconds, twenty times.</summary>
    public static ProgramLimits Default { get; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10), 20);
}
