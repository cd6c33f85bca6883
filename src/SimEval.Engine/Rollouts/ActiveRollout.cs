using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Rollouts;

/// <summary>One rollout while it runs on its lane.</summary>
internal sealed class ActiveRollout
{
    private readonly float[] action;
    private readonly IPolicy? policy;
    private readonly FrameRecording? check;

    private ActiveRollout(
        Member member,
        IEpisode episode,
        IPolicy? policy,
        int slot,
        FrameRecording frames,
        FrameRecording? check
    )
    {
        Key = member.Key;
        Episode = episode;
        this.policy = policy;
        this.check = check;
        Slot = slot;
        Recording = frames;
        DurableFrames = member.Durable?.Count ?? 0;
        action = new float[frames.ActionSize];
    }

    public RolloutKey Key { get; }

    public IEpisode Episode { get; }

    /// <summary>The executor's slot; -1 for a built-in policy.</summary>
    public int Slot { get; }

    public FrameRecording Recording { get; }

    /// <summary>Frames that a checkpoint has made durable.</summary>
    public int DurableFrames { get; set; }

    /// <summary>Whether an observation is with the executor.</summary>
    public bool InFlight { get; set; }

    /// <summary>
    /// Starts a rollout. One with durable frames steps through their actions again, which gives the state they left: an
    /// episode is a function of its actions. A recurrent model's own state is not a function of them, so such a rollout
    /// runs again from its first frame, checked against what is durable.
    /// </summary>
    public static ActiveRollout Start(CohortWork work, Member member, int slot)
    {
        var world = work.Worlds(member.Key.Point);
        var episode = world.Start(work.ScenarioSeed, member.Key.Point, member.Key.Seed);
        var policy = work.Policy?.Invoke(world);
        var rerun = work.Recurrent && member.Durable is not null;
        var rollout = new ActiveRollout(
            member,
            episode,
            policy,
            slot,
            new FrameRecording(world.Action.Size, Math.Min(world.Horizon, 256)),
            rerun ? member.Durable : null
        );
        if (member.Durable is { } durable && !rerun)
            for (var frame = 0; frame < durable.Count; frame++)
            {
                policy?.Act(episode, rollout.action);
                rollout.Apply(durable.Action(frame));
                if (rollout.Recording.Checksum(frame) != durable.Checksum(frame))
                    throw new InvalidDataException(
                        $"frame {frame} does not repeat: the checksum differs from the durable one"
                    );
            }

        return rollout;
    }

    /// <summary>Lets the built-in policy act once.</summary>
    public void ActAndStep()
    {
        policy!.Act(Episode, action);
        Apply(action);
    }

    /// <summary>Applies an action and records the frame.</summary>
    public void Apply(ReadOnlySpan<float> chosen)
    {
        Episode.Step(chosen);
        Recording.Add(chosen, Episode.Checksum);
        var frame = Recording.Count - 1;
        if (check is not null && frame < check.Count && check.Checksum(frame) != Episode.Checksum)
            throw new InvalidDataException($"frame {frame} does not repeat: the checksum differs from the durable one");
    }

    /// <summary>The result of a rollout that ends now.</summary>
    public EndedRollout End(RolloutOutcome outcome, int metricCount, string? detail)
    {
        var values = new double[metricCount];
        if (outcome == RolloutOutcome.Completed)
            Episode.Measure(values);
        else
            Array.Fill(values, double.NaN);
        var ending = outcome == RolloutOutcome.Completed ? Episode.Ending : "error";
        var result = new RolloutResult(Key, outcome, Recording.Count, Episode.Checksum, ending, values, detail);
        return new EndedRollout(result, Recording, DurableFrames);
    }
}
