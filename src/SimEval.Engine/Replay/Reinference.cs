using SimEval.Devices;
using SimEval.Engine.Rollouts;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Replay;

/// <summary>Where another variant departs from a recorded rollout.</summary>
/// <param name="Frames">Frames inferred again.</param>
/// <param name="FirstDeparture">First frame whose action differs in any bit; null: none does.</param>
/// <param name="Recorded">The recorded action there; empty when none departs.</param>
/// <param name="Inferred">The other variant's action there.</param>
/// <param name="LargestDifference">Greatest absolute difference of any action component over all frames.</param>
/// <param name="LargestAt">The frame of that difference; null when all are zero.</param>
/// <param name="MeanDifference">Mean absolute difference over all frames and components.</param>
/// <param name="Fault">Why the other variant gave no action, and from then on; null: it always did.</param>
public sealed record DepartureReport(
    int Frames,
    int? FirstDeparture,
    IReadOnlyList<float> Recorded,
    IReadOnlyList<float> Inferred,
    double LargestDifference,
    int? LargestAt,
    double MeanDifference,
    string? Fault
);

/// <summary>
/// Re-inference: a variant sees, frame by frame, the observations of a recorded rollout, and its actions are compared with
/// the recorded ones. The world follows the recording throughout, so every frame is compared on equal terms.
/// </summary>
public static class Reinference
{
    /// <summary>Compares.</summary>
    /// <param name="world">The point's world.</param>
    /// <param name="scenarioSeed">Root of all randomness.</param>
    /// <param name="pair">Point and seed.</param>
    /// <param name="recording">The recorded rollout.</param>
    /// <param name="policy">The other variant, if it is a built-in or recorded policy.</param>
    /// <param name="session">The other variant, if it is a model: slot 0 is used.</param>
    /// <param name="inputSources">Which layout tensor fills each bound input of the model.</param>
    public static DepartureReport Against(
        IWorld world,
        ulong scenarioSeed,
        PairKey pair,
        FrameRecording recording,
        IPolicy? policy,
        IModelSession? session,
        IReadOnlyList<int> inputSources
    )
    {
        var episode = world.Start(scenarioSeed, pair.Point, pair.Seed);
        var inferred = new float[world.Action.Size];
        var difference = new Difference();
        session?.Reset(0);
        var observes = true;
        for (var frame = 0; frame < recording.Count && !episode.IsOver; frame++)
        {
            if (observes && session is null)
                policy!.Act(episode, inferred);
            else if (observes && Infer(episode, session!, inputSources, inferred) is { } fault)
                return difference.Report(frame, fault);
            // An action that took longer than its frame answers the last observation, and until it came there was no other.
            observes = recording.Arrival(frame) != FrameRecording.NoArrival;
            if (observes)
                difference.Add(frame, recording.Action(frame), inferred);
            recording.Step(episode, frame);
        }

        return difference.Report(recording.Count, null);
    }

    private static string? Infer(IEpisode episode, IModelSession session, IReadOnlyList<int> sources, float[] action)
    {
        for (var input = 0; input < sources.Count; input++)
            episode.Observe(sources[input], session.Input(input, 0));
        session.Run(1);
        if (session.Fault(0) is { } fault)
            return fault;
        session.Output(0).CopyTo(action);
        return null;
    }

    private sealed class Difference
    {
        private int? first,
            largestAt;
        private float[] recordedThere = [],
            inferredThere = [];
        private double largest,
            sum;
        private long components;

        public void Add(int frame, ReadOnlySpan<float> recorded, ReadOnlySpan<float> inferred)
        {
            for (var i = 0; i < recorded.Length; i++)
            {
                var difference = Math.Abs((double)recorded[i] - inferred[i]);
                sum += difference;
                components++;
                if (difference > largest)
                    (largest, largestAt) = (difference, frame);
            }

            if (first is not null || recorded.SequenceEqual(inferred))
                return;
            first = frame;
            recordedThere = recorded.ToArray();
            inferredThere = inferred.ToArray();
        }

        public DepartureReport Report(int frames, string? fault) =>
            new(
                frames,
                first,
                recordedThere,
                inferredThere,
                largest,
                largestAt,
                components == 0 ? 0 : sum / components,
                fault
            );
    }
}
