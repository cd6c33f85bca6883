using SimEval.Engine.Aggregators;
using SimEval.Engine.Scheduling;
using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Metrics.Statistics;

namespace SimEval.Node.Runs;

/// <summary>Watches a run under way and answers what it looks like now, for the live view.</summary>
public sealed class RunWatch : IRunWatch
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(3);

    private readonly TimeProvider time;
    private readonly Queue<(long At, long Frames)> samples = new();
    private Execution? execution;

    /// <summary>A watch, before the run has begun.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="time">For rates.</param>
    public RunWatch(string run, TimeProvider time)
    {
        Run = run;
        this.time = time;
    }

    /// <summary>Run id.</summary>
    public string Run { get; }

    /// <inheritdoc/>
    public void Started(RunPlan plan, Func<long> frames, Func<Action<ResultFolder>, Task> look) =>
        Volatile.Write(ref execution, new Execution(plan, frames, look, time.GetTimestamp()));

    /// <summary>The run now; null before it has begun, and while it is too busy to say.</summary>
    public RunSnapshot? Look()
    {
        if (Volatile.Read(ref execution) is not { } now)
            return null;
        Counts? counts = null;
        var answered = now.Look(fold => counts = CountsOf(now.Plan, fold)).Wait(TimeSpan.FromMilliseconds(200));
        if (!answered || counts is null)
            return null;
        var frames = now.Frames();
        var elapsed = time.GetElapsedTime(now.Started);
        var rate = RateOf(frames);
        var scenario = now.Plan.Scenario;
        var done = counts.Variants.Sum(v => v.Done);
        var total = now.Plan.CountedRollouts;
        now.FirstDone ??= done;
        var here = done - now.FirstDone.Value;
        return new RunSnapshot
        {
            Run = Run,
            Scenario = scenario.Name,
            Points = scenario.Points.Count,
            Seeds = scenario.Seeds,
            Seed = scenario.Seed,
            Variants = counts.Variants,
            Primary = counts.Primary,
            Frames = frames,
            FramesPerSecond = rate,
            Elapsed = elapsed,
            Remaining = here > 0 ? elapsed * ((total - done) / (double)here) : null,
            InfrastructureErrors = counts.All.InfrastructureErrors,
            ModelFailures = counts.All.ModelFailed,
        };
    }

    private double RateOf(long frames)
    {
        var now = time.GetTimestamp();
        samples.Enqueue((now, frames));
        while (samples.Count > 2 && time.GetElapsedTime(samples.Peek().At, now) > RateWindow)
            samples.Dequeue();
        var (at, before) = samples.Peek();
        var seconds = time.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (frames - before) / seconds : 0;
    }

    private static Counts CountsOf(RunPlan plan, ResultFolder fold)
    {
        var metric = PrimaryOf(plan);
        var shown = metric < 0 ? null : ShownMetrics.Of(plan.Results.Metrics[metric]);
        var variants = new List<VariantProgress>();
        for (var variant = 0; variant < plan.Results.Variants.Count; variant++)
        {
            var outcomes = fold.Results.CountOf(variant);
            variants.Add(
                new VariantProgress(
                    plan.Results.Variants[variant].Name,
                    plan.Pairs.Count - outcomes.Missing,
                    plan.Pairs.Count,
                    metric < 0
                        ? new ShownEstimate(double.NaN, double.NaN, double.NaN)
                        : EstimateOf(fold.Results, variant, metric)
                )
            );
        }

        return new Counts(variants, shown, fold.Results.CountAll());
    }

    // What a person watches is the first gate's metric; without gates, the world's score.
    private static int PrimaryOf(RunPlan plan) =>
        plan.Scenario.Gates.Count > 0
            ? plan.Results.MetricOf(plan.Scenario.Gates[0].Metric)
            : plan.Results.MetricOf("score");

    private static ShownEstimate EstimateOf(ResultSet results, int variant, int metric)
    {
        var (sum, count) = (0.0, 0);
        for (var pair = 0; pair < results.Plan.Pairs.Count; pair++)
        {
            if (
                results[variant, pair]?.Values is not { } values
                || metric >= values.Count
                || double.IsNaN(values[metric])
            )
                continue;
            sum += values[metric];
            count++;
        }

        if (count == 0)
            return new ShownEstimate(double.NaN, double.NaN, double.NaN);
        if (results.Plan.Metrics[metric].Scale != MetricScale.Binary)
            return new ShownEstimate(sum / count, double.NaN, double.NaN);
        var interval = Proportions.Wilson(sum, count, 0.05);
        return new ShownEstimate(sum / count, interval.Low, interval.High);
    }

    private sealed record Counts(IReadOnlyList<VariantProgress> Variants, ShownMetric? Primary, OutcomeCounts All);

    private sealed record Execution(
        RunPlan Plan,
        Func<long> Frames,
        Func<Action<ResultFolder>, Task> Look,
        long Started
    )
    {
        public int? FirstDone { get; set; }
    }
}
