namespace SimEval.Worlds.Driving.Binding;

/// <summary>How long an episode may be: every frame is kept for the metrics and the replay.</summary>
internal static class FrameLimit
{
    /// <summary>Most frames of an episode.</summary>
    public const int Most = 20_000;

    /// <summary>Whether a duration keeps to it; reported where it does not.</summary>
    public static bool Holds(double duration, double timeStep, ReportProblem report)
    {
        var frames = duration / timeStep;
        if (frames <= Most)
            return true;
        report(
            "duration",
            $"{duration} s in steps of {timeStep} s are {frames:0} frames",
            $"At most {Most} are allowed: {Most * timeStep:0.#} s"
        );
        return false;
    }
}
