using SimEval.Scenarios;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Episodes;

namespace SimEval.Worlds.Driving.Policies;

/// <summary>
/// Repeats the actions of an earlier rollout, frame by frame, whatever it meets. Past the recording's end it holds its speed
/// and steering.
/// </summary>
internal sealed class RepeatedActionsPolicy : IPolicy
{
    private readonly ActionRecording recording;

    private RepeatedActionsPolicy(ActionRecording recording) => this.recording = recording;

    /// <summary>The policy for a world; null with errors reported when the recording does not fit it.</summary>
    public static RepeatedActionsPolicy? Read(DrivingWorld world, byte[] bytes, ICollection<ScenarioError> errors)
    {
        if (ActionRecording.Read(bytes) is not { } recording)
            return Refuse("the recorded actions are damaged");
        return recording.ActionSize == world.Action.Size
            ? new RepeatedActionsPolicy(recording)
            : Refuse(
                $"the recorded rollout has actions of {recording.ActionSize} numbers, and {world.Action} takes {world.Action.Size}"
            );

        RepeatedActionsPolicy? Refuse(string message)
        {
            errors.Add(
                new ScenarioError("recording", 0, 0, "", message, "Name a rollout of a run with the same \"action\"")
            );
            return null;
        }
    }

    /// <inheritdoc/>
    public void Act(IEpisode episode, Span<float> action)
    {
        var driving = (DrivingEpisode)episode;
        if (driving.Frame < recording.Frames)
            recording.Action(driving.Frame).CopyTo(action);
        else
            driving.Encode(0, driving.Ego.Steering, action);
    }
}
