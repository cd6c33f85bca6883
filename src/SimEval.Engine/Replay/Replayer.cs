using SimEval.Engine.Rollouts;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;
using SimEval.Worlds;

namespace SimEval.Engine.Replay;

/// <summary>What a replay found.</summary>
/// <param name="Frames">Frames recorded.</param>
/// <param name="Matched">Frames whose checksum repeated, up to the first that did not.</param>
/// <param name="FirstMismatch">Index of the first frame that did not repeat; null: all did.</param>
/// <param name="Detail">What went wrong beyond a differing checksum; null: nothing.</param>
/// <param name="Scene">What to draw; null unless asked for.</param>
public sealed record ReplayReport(int Frames, int Matched, int? FirstMismatch, string? Detail, Scene? Scene);

/// <summary>
/// Replays a rollout: its world is stepped with the recorded actions, which needs no device, and every frame's checksum is
/// compared with the recorded one.
/// </summary>
public static class Replayer
{
    /// <summary>Replays.</summary>
    /// <param name="world">The point's world.</param>
    /// <param name="scenarioSeed">Root of all randomness.</param>
    /// <param name="pair">Point and seed.</param>
    /// <param name="recording">What was recorded.</param>
    /// <param name="draw">Whether to collect the scene.</param>
    public static ReplayReport Replay(
        IWorld world,
        ulong scenarioSeed,
        PairKey pair,
        FrameRecording recording,
        bool draw = false
    )
    {
        var episode = world.Start(scenarioSeed, pair.Point, pair.Seed);
        var frames = new List<IReadOnlyList<SceneActor>>();
        string? detail = null;
        int? mismatch = null;
        Draw();
        for (var frame = 0; frame < recording.Count && mismatch is null; frame++)
        {
            if (episode.IsOver)
            {
                detail = $"the episode ends ({episode.Ending}) before frame {frame}";
                mismatch = frame;
                break;
            }

            recording.Step(episode, frame);
            if (episode.Checksum != recording.Checksum(frame))
                mismatch = frame;
            Draw();
        }

        var scene = draw ? new Scene(world.TimeStep, world.Backdrop, frames, episode.Events) : null;
        return new ReplayReport(recording.Count, mismatch ?? recording.Count, mismatch, detail, scene);

        void Draw()
        {
            if (!draw)
                return;
            var actors = new List<SceneActor>();
            episode.Draw(actors);
            frames.Add(actors);
        }
    }
}
