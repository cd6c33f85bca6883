using SimEval.Engine.Aggregators;
using SimEval.Engine.Scheduling;
using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Metrics.Statistics;

namespace SimEval.Node.Runs;

/// <summary>Watches a run under way and gives snapshots of it. Safe from any thread.</summary>
/// <param name="run">Run id.</param>
/// <param name="time">The clock.</param>
public sealed class RunWatch(string run, TimeProvider time) : IRunWatch
{
    // The rate is of the last seconds: a run that slows down shows it.
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(3);
    private const double Confidence95 = 0.05;

    private readonly Lock _gate = new();
    private readonly Queue<(TimeSpan At, long Frames)> _recent = new();
    private Started? _started;
    private int _doneBefore = -1;

    /// <inheritdoc/>
    void IRunWatch.Started(RunPlan plan, Func<long> frames, Func<Action<ResultFolder>, Task> look) =>
        _started = new Started(plan, frames, look, time.GetTimestamp());

    /// <summary>The run as it stands; null before stepping begins and after it has ended.</summary>
    public async Task<RunSnapshot?> LookAsync()
    {
        if (_started is not { } started)
        {
            return null;
        }
        RunSnapshot? snapshot = null;
        await started.Look(fold => snapshot = Take(started, fold)).ConfigureAwait(false);
        return snapshot;
    }

    private RunSnapshot Take(Started started, ResultFolder fold)
    {
        var scenario = started.Plan.Scenario;
        var results = fold.Results;
        var metric = PrimaryOf(started.Plan);
        var counts = results.Plan.Variants.Select((_, index) => results.CountOf(index)).ToList();
        var elapsed = time.GetElapsedTime(started.At);
        var frames = started.Frames();
        var done = counts.Sum(Ended);
        return new RunSnapshot
        {
            Run = run,
            Scenario = scenario.Name,
            Points = scenario.Points.Count,
            Seeds = scenario.Seeds,
            Seed = scenario.Seed,
            Variants =
            [
                .. results.Plan.Variants.Select(
                    (variant, index) =>
                        new VariantProgress(
                            variant.Name,
                            Ended(counts[index]),
                            results.Plan.Pairs.Count,
                            metric < 0 ? default : EstimateOf(results, index, metric)
                        )
                ),
            ],
            Primary = metric < 0 ? null : ShownMetrics.Of(results.Plan.Metrics[metric]),
            Frames = frames,
            FramesPerSecond = RateOf(elapsed, frames),
            Elapsed = elapsed,
            Remaining = RemainingOf(elapsed, done, started.Plan.CountedRollouts),
            Look = LookOf(started.Plan, results.CompletePairs),
            InfrastructureErrors = counts.Sum(c => c.InfrastructureErrors),
            ModelFailures = counts.Sum(c => c.ModelFailed),
        };
    }

    private static int Ended(OutcomeCounts counts) => counts.Counted + counts.InfrastructureErrors + counts.Cancelled;

    private static int PrimaryOf(RunPlan plan)
    {
        var gated = plan
            .Scenario.Gates.Select(gate => plan.Results.MetricOf(gate.Metric))
            .FirstOrDefault(i => i >= 0, -1);
        return gated >= 0 ? gated : plan.Results.MetricOf("score");
    }

    // A quick look, not the gates' own statistics: pairs and clusters are theirs.
    private static ShownEstimate EstimateOf(ResultSet results, int variant, int metric)
    {
        var definition = results.Plan.Metrics[metric];
        double sum = 0,
            squares = 0;
        var count = 0;
        for (var pair = 0; pair < results.Plan.Pairs.Count; pair++)
        {
            var value = results[variant, pair] switch
            {
                { Outcome: RolloutOutcome.Completed } completed => completed.Values[metric],
                { Outcome: RolloutOutcome.ModelFailed } => WorstValue.Of(definition),
                _ => double.NaN,
            };
            if (double.IsFinite(value))
            {
                sum += value;
                squares += value * value;
                count++;
            }
        }
        if (count == 0)
        {
            return new ShownEstimate(double.NaN, double.NaN, double.NaN);
        }
        var mean = sum / count;
        if (definition.Scale == MetricScale.Binary)
        {
            var interval = Proportions.Wilson(sum, count, Confidence95);
            return new ShownEstimate(mean, interval.Low, interval.High);
        }
        var error = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)) / count);
        return new ShownEstimate(mean, mean - (1.96 * error), mean + (1.96 * error));
    }

    private double RateOf(TimeSpan elapsed, long frames)
    {
        lock (_gate)
        {
            _recent.Enqueue((elapsed, frames));
            while (_recent.Count > 2 && elapsed - _recent.Peek().At > RateWindow)
            {
                _recent.Dequeue();
            }
            var (at, before) = _recent.Count > 1 ? _recent.Peek() : (TimeSpan.Zero, 0);
            var seconds = (elapsed - at).TotalSeconds;
            return seconds > 0 ? (frames - before) / seconds : 0;
        }
    }

    private TimeSpan? RemainingOf(TimeSpan elapsed, int done, int total)
    {
        if (_doneBefore < 0)
        {
            _doneBefore = done;
        }
        var here = done - _doneBefore;
        return here <= 0 || elapsed < TimeSpan.FromSeconds(1) ? null : elapsed * ((double)(total - done) / here);
    }

    private static string? LookOf(RunPlan plan, int completePairs)
    {
        if (!plan.Scenario.Stopping.Enabled)
        {
            return null;
        }
        var looks = StoppingRule.Looks(plan.Scenario.Stopping, plan.Pairs.Count);
        var passed = looks.Count(pairs => pairs <= completePairs);
        return passed == 0 ? null : $"look {passed} of {looks.Count}: not decided yet";
    }

    private sealed record Started(RunPlan Plan, Func<long> Frames, Func<Action<ResultFolder>, Task> Look, long At);
}
