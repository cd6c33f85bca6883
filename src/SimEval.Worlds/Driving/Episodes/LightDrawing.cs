using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Episodes;

/// <summary>Traffic lights as actors of a scene: one at each stop line that obeys it.</summary>
internal static class LightDrawing
{
    public static void Draw(
        RoadNetwork network,
        ReadOnlySpan<LightState> lights,
        int firstId,
        ICollection<SceneActor> actors
    )
    {
        if (lights.IsEmpty)
            return;
        foreach (var lane in network.Lanes)
        {
            if (lane.Lights.IsEmpty)
                continue;
            var state = lights[lane.Lights[0]];
            if (state == LightState.Inactive)
                continue;
            var at = lane.Center.At(double.IsNaN(lane.StopLine) ? lane.Length : lane.StopLine);
            var color =
                state == LightState.Green ? 2
                : state == LightState.Yellow ? 1
                : 0;
            actors.Add(
                new SceneActor(
                    firstId + lane.Index,
                    SceneActorKind.TrafficLight,
                    at.X + network.Origin.X,
                    at.Y + network.Origin.Y,
                    at.Heading,
                    0.6,
                    lane.Width * 0.8,
                    color
                )
            );
        }
    }
}
