using SimEval.Worlds.Driving.Episodes;

namespace SimEval.Worlds.Driving.Policies;

/// <summary>Keeps its speed and holds the wheel straight: what every planner must beat.</summary>
internal sealed class ConstantVelocityPolicy : IPolicy
{
    /// <inheritdoc/>
    public void Act(IEpisode episode, Span<float> action) => ((DrivingEpisode)episode).Encode(0, 0, action);
}
