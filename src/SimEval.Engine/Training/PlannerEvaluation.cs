using SimEval.Devices;
using SimEval.Scenarios.Numerics;

namespace SimEval.Engine.Training;

/// <summary>Mean scores of a planner beside the expert's and the floor's, on pairs that training never saw.</summary>
public static class PlannerEvaluation
{
    /// <summary>Drives every course. Throws <see cref="ModelException"/> when the model does not fit or fails.</summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="courses">The scenarios.</param>
    /// <param name="options">Rollouts, names of policies and of the metric.</param>
    /// <param name="cancellation">Stops it.</param>
    public static IReadOnlyList<CourseScore> Run(
        ReadOnlyMemory<byte> model,
        IModelDevice device,
        IReadOnlyList<TrainingCourse> courses,
        TrainingOptions options,
        CancellationToken cancellation = default
    )
    {
        using var loaded = device.Load(model, new ModelOptions());
        return [.. courses.Select(course => Score(course, ModelDriver.Bind(loaded, course), options, cancellation))];
    }

    private static CourseScore Score(
        TrainingCourse course,
        IBoundModel planner,
        TrainingOptions options,
        CancellationToken cancellation
    )
    {
        var metric = Enumerable
            .Range(0, course.Kind.Metrics.Count)
            .FirstOrDefault(i => course.Kind.Metrics[i].Name == options.Score, -1);
        if (metric < 0)
            throw new InvalidDataException($"the world '{course.Kind.Name}' has no metric '{options.Score}'");
        var draws = new Philox(Hash64.Of(options.Seed, Hash64.OfText("evaluation")));
        var scores = new (double Floor, double Planner, double Expert)[options.EvaluationRollouts];
        Parallel.For(
            0,
            scores.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation },
            i =>
            {
                var pair = course.Pair(draws, TrainingCourse.FirstEvaluationSeed, i);
                var world = course.Worlds.Of(pair.Point);
                var reference = Measure(Rollout.Run(course, pair, PolicyDriver.Of(world, options.Expert)), course);
                using var driver = new ModelDriver(planner.CreateSession(1));
                double Scored(IDriver driver)
                {
                    var values = Measure(Rollout.Run(course, pair, driver), course);
                    course.Kind.Complete(values, reference);
                    return values[metric];
                }

                scores[i] = (
                    Scored(PolicyDriver.Of(world, options.Floor)),
                    Scored(driver),
                    Scored(PolicyDriver.Of(world, options.Expert))
                );
            }
        );
        return new CourseScore(
            course.Name,
            scores.Length,
            scores.Average(score => score.Floor),
            scores.Average(score => score.Planner),
            scores.Average(score => score.Expert)
        );
    }

    private static double[] Measure(Worlds.IEpisode episode, TrainingCourse course)
    {
        var values = new double[course.Kind.Metrics.Count];
        episode.Measure(values);
        return values;
    }
}
