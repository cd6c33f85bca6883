namespace SimEval.Reports.Data;

/// <summary>The replays that the file carries.</summary>
/// <param name="Cases">What is shown, worst first.</param>
/// <param name="Clips">The rollouts behind the cases; a case names them by index.</param>
/// <param name="Backdrops">Static pictures, shared by clips.</param>
/// <param name="Rule">How they were chosen, one sentence.</param>
/// <param name="LeftOut">How many rollouts are not carried.</param>
public sealed record ReportReplays(
    IReadOnlyList<ReportCase> Cases,
    IReadOnlyList<ReportClip> Clips,
    IReadOnlyList<IReadOnlyList<ReportPath>> Backdrops,
    string Rule,
    int LeftOut
);

/// <summary>One point and seed, seen through one or two variants on one clock.</summary>
/// <param name="Title">"gap 9 m, speed 30 m/s, seed 7".</param>
/// <param name="Reason">"worst", "worse", "bad", "better", "typical", "asked": why it was chosen.</param>
/// <param name="Note">"fp32 slows in time; int8 hits car 3 at 4.6 s".</param>
/// <param name="Clips">Indices of clips: baseline first.</param>
/// <param name="Departure">Where the two part, when that was computed.</param>
public sealed record ReportCase(
    string Title,
    string Reason,
    string Note,
    IReadOnlyList<int> Clips,
    ReportDeparture? Departure
);

/// <summary>Where one build leaves another on the same frames.</summary>
/// <param name="Frame">First frame whose actions differ.</param>
/// <param name="Time">Its time, s.</param>
/// <param name="Layer">First layer that differs there; null when not known.</param>
/// <param name="Difference">Largest difference there, in words ("3 quanta", "0.012 m/s2").</param>
public sealed record ReportDeparture(int Frame, double Time, string? Layer, string Difference);

/// <summary>One rollout, to play.</summary>
public sealed record ReportClip
{
    /// <summary>"int8/4f0c.../7".</summary>
    public required string Rollout { get; init; }

    /// <summary>Index of the variant.</summary>
    public required int Variant { get; init; }

    /// <summary>How it ended: "collision", "goal", "horizon".</summary>
    public required string Ending { get; init; }

    /// <summary>What to see, a few words: "hits car 3 at 4.6 s".</summary>
    public required string Summary { get; init; }

    /// <summary>The command that replays it.</summary>
    public required string Command { get; init; }

    /// <summary>Seconds a frame.</summary>
    public required double TimeStep { get; init; }

    /// <summary>Number of frames, the first state included.</summary>
    public required int Frames { get; init; }

    /// <summary>Index of the backdrop.</summary>
    public required int Backdrop { get; init; }

    /// <summary>Who moves: see <see cref="ReportTrack"/>.</summary>
    public required IReadOnlyList<ReportTrack> Tracks { get; init; }

    /// <summary>Base64 of the packed motion of all tracks, one after another.</summary>
    public required string Motion { get; init; }

    /// <summary>What happened.</summary>
    public required IReadOnlyList<ReportEvent> Events { get; init; }
}

/// <summary>
/// One actor over consecutive frames. Its motion is, frame by frame, x and y in cm, heading in mrad and speed in cm/s; of each
/// column the second differences (the first two as value and first difference), zigzag, as base-128 varints: x of every frame,
/// then y, heading, speed.
/// </summary>
/// <param name="Id">The actor.</param>
/// <param name="Kind">"ego", "car", "truck", "twoWheeler", "pedestrian", "static", "trafficLight".</param>
/// <param name="Length">m.</param>
/// <param name="Width">m.</param>
/// <param name="First">First frame.</param>
/// <param name="Count">Frames.</param>
public sealed record ReportTrack(int Id, string Kind, double Length, double Width, int First, int Count);

/// <summary>A line or area of the backdrop: x0, y0, x1, y1, ... in cm, the first pair absolute, then differences.</summary>
/// <param name="Stroke">"roadEdge", "laneMarking", ...</param>
/// <param name="Points">Centimetres.</param>
public sealed record ReportPath(string Stroke, IReadOnlyList<int> Points);

/// <summary>Something that happened.</summary>
/// <param name="Time">s.</param>
/// <param name="Kind">"collision", "offRoad", ...</param>
/// <param name="Text">For people.</param>
/// <param name="X">m.</param>
/// <param name="Y">m.</param>
public sealed record ReportEvent(double Time, string Kind, string Text, double X, double Y);
