using SimEval.Scenarios.Layouts;
using SimEval.Worlds.Driving.Episodes;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>Writes an observation. Holds no state of an episode.</summary>
internal interface IObserver
{
    /// <summary>Its tensors.</summary>
    IReadOnlyList<TensorLayout> Layouts { get; }

    /// <summary>Writes one tensor of an episode's frame.</summary>
    void Write(DrivingEpisode episode, int tensor, Span<float> row);
}

/// <summary>The flat observation; see <see cref="FlatObservation"/>.</summary>
internal sealed class FlatObserver : IObserver
{
    /// <inheritdoc/>
    public IReadOnlyList<TensorLayout> Layouts { get; } = [FlatObservation.Layout];

    /// <inheritdoc/>
    public void Write(DrivingEpisode episode, int tensor, Span<float> row) =>
        FlatObservation.Write(episode.Perceive(), row);
}
