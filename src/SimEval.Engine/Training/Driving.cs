using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Training;

/// <summary>Gives the action for what is observed; one for each thread.</summary>
internal interface IDriver
{
    /// <summary>Writes the action.</summary>
    void Drive(IEpisode episode, ReadOnlySpan<float> observation, Span<float> action);
}

/// <summary>A policy of the world's own.</summary>
internal sealed class PolicyDriver(IPolicy policy) : IDriver
{
    /// <summary>The policy of this name in this world.</summary>
    public static PolicyDriver Of(IWorld world, string name)
    {
        var errors = new List<ScenarioError>();
        var policy = world.CreatePolicy(name, null, errors);
        return policy is null
            ? throw new InvalidDataException(
                errors.Count > 0 ? string.Join("; ", errors) : $"there is no policy '{name}'"
            )
            : new PolicyDriver(policy);
    }

    /// <inheritdoc/>
    public void Drive(IEpisode episode, ReadOnlySpan<float> observation, Span<float> action) =>
        policy.Act(episode, action);
}

/// <summary>Drives one pair from start to end.</summary>
internal static class Rollout
{
    /// <summary>
    /// Drives with <paramref name="driver"/>. Where <paramref name="rows"/> is given, every frame is kept with what
    /// <paramref name="teacher"/> would have done.
    /// </summary>
    public static IEpisode Run(
        TrainingCourse course,
        PairKey pair,
        IDriver driver,
        IDriver? teacher = null,
        LabelledRows? rows = null
    )
    {
        var world = course.Worlds.Of(pair.Point);
        var episode = world.Start(course.ScenarioSeed, pair.Point, pair.Seed);
        var tensor = course.VectorTensor;
        var observation = new float[world.Observation[tensor].Size];
        var action = new float[world.Action.Size];
        while (!episode.IsOver)
        {
            episode.Observe(tensor, observation);
            if (rows is not null && teacher is not null)
            {
                rows.Append(out var row, out var label);
                observation.CopyTo(row);
                teacher.Drive(episode, observation, label);
            }

            driver.Drive(episode, observation, action);
            episode.Step(action);
        }

        return episode;
    }
}
