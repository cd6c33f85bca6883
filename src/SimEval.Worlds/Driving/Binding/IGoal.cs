using SimEval.Worlds.Driving.Ego;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>Where an episode's task ends.</summary>
internal interface IGoal
{
    /// <summary>Whether the ego, at arc length s of its route, has reached it at a frame.</summary>
    bool IsReached(in EgoState ego, double s, int frame);
}

/// <summary>A place along the route.</summary>
internal sealed record RouteGoal(double S) : IGoal
{
    /// <inheritdoc/>
    public bool IsReached(in EgoState ego, double s, int frame) => s >= S;
}
