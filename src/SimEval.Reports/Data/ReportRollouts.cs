namespace SimEval.Reports.Data;

/// <summary>
/// Every rollout that ran, in columns. Columns are base64 of little-endian arrays, so that thousands of rollouts stay small.
/// </summary>
/// <param name="Count">Rows carried.</param>
/// <param name="LeftOut">Rows not carried, for size: the ones that score best.</param>
/// <param name="SortedBy">Indices of the metrics that make a rollout worse, the gravest first.</param>
/// <param name="Points">The points: key and assignment.</param>
/// <param name="Endings">Distinct endings.</param>
/// <param name="Variant">Index of the variant, uint8.</param>
/// <param name="Point">Index into <paramref name="Points"/>, uint32.</param>
/// <param name="Seed">Seed index, uint32.</param>
/// <param name="Outcome">0 completed, 1 failed by the model, 2 infrastructure error, 3 cancelled, 4 discarded; uint8.</param>
/// <param name="Ending">Index into <paramref name="Endings"/>, uint8.</param>
/// <param name="Frames">Frames stepped, uint32.</param>
/// <param name="Values">One column per metric, float32, NaN where not available.</param>
/// <param name="Clip">Index of the clip, or -1; int32.</param>
/// <param name="Details">What went wrong, by row number, for those that did.</param>
public sealed record ReportRollouts(
    int Count,
    int LeftOut,
    IReadOnlyList<int> SortedBy,
    IReadOnlyList<ReportPoint> Points,
    IReadOnlyList<string> Endings,
    string Variant,
    string Point,
    string Seed,
    string Outcome,
    string Ending,
    string Frames,
    IReadOnlyList<string> Values,
    string Clip,
    IReadOnlyDictionary<int, string> Details
);

/// <summary>A point of the sweep.</summary>
/// <param name="Key">Sixteen hexadecimal digits.</param>
/// <param name="Label">"gap 9 m, speed 30 m/s".</param>
public sealed record ReportPoint(string Key, string Label);

/// <summary>Inference latency of one variant on this machine, under batching; it gates nothing.</summary>
/// <param name="Variant">Index of the variant.</param>
/// <param name="Title">"one batch of up to 64 frames".</param>
/// <param name="Percentiles">Percentiles (100 is the greatest) and microseconds.</param>
/// <param name="Count">Frames measured.</param>
/// <param name="MeanBatch">Mean frames a batch; NaN when not known.</param>
public sealed record ReportLatency(
    int Variant,
    string Title,
    IReadOnlyList<ReportPercentile> Percentiles,
    long Count,
    double MeanBatch
);

/// <summary>One percentile.</summary>
/// <param name="Percent">In (0, 100].</param>
/// <param name="Microseconds">Its value.</param>
public sealed record ReportPercentile(double Percent, double Microseconds);
