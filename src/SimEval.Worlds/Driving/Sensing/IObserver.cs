using SimEval.Scenarios.Layouts;
using SimEval.Worlds.Driving.Episodes;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>Writes an observation. Holds no state of an episode: what has to be remembered is in the episode's memory.</summary>
internal interface IObserver
{
    /// <summary>Its tensors.</summary>
    IReadOnlyList<TensorLayout> Layouts { get; }

    /// <summary>How many frames of the others it looks back on, the present one included; 0: none.</summary>
    int History { get; }

    /// <summary>Writes one tensor of an episode's frame.</summary>
    void Write(DrivingEpisode episode, int tensor, Span<float> row);
}

/// <summary>The flat observation; see <see cref="FlatObservation"/>.</summary>
internal sealed class FlatObserver : IObserver
{
    /// <inheritdoc/>
    public IReadOnlyList<TensorLayout> Layouts { get; } = [FlatObservation.Layout];

    /// <inheritdoc/>
    public int History => 0;

    /// <inheritdoc/>
    public void Write(DrivingEpisode episode, int tensor, Span<float> row) =>
        FlatObservation.Write(episode.Perceive(), row);
}
