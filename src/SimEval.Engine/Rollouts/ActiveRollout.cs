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
    private readonly uint frameTime;
    private readonly bool repeats;

    private ActiveRollout(
        Member member,
        IEpisode episode,
        IPolicy? policy,
        int slot,
        FrameRecording frames,
        FrameRecording? check,
        double timeStep,
        bool repeats
    )
    {
        frameTime = checked((uint)Math.Round(timeStep * 1e9));
        this.repeats = repeats;
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

    /// <summary>How long after its observation a frame's forward begins at the latest.</summary>
    public required TimeSpan FrameDeadline { get; init; }

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
            rerun ? member.Durable : null,
            world.TimeStep,
            repeats: work.Delay is null
        )
        {
            FrameDeadline = TimeSpan.FromSeconds(world.TimeStep * work.FrameDeadline),
        };
        if (member.Durable is { } durable && !rerun)
            for (var frame = 0; frame < durable.Count; frame++)
            {
                policy?.Act(episode, rollout.action);
                rollout.Repeat(durable, frame);
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

    /// <summary>
    /// Applies an action that took some time: the one before stays in effect until it arrives, frames over if need be. Returns
    /// the frames stepped.
    /// </summary>
    /// <param name="chosen">The action.</param>
    /// <param name="delay">How long after the observation it arrives.</param>
    public int Apply(ReadOnlySpan<float> chosen, TimeSpan delay)
    {
        var before = Recording.Count;
        if (repeats && check is not null && before < check.Count)
            return RepeatOne(check);
        var left = delay.Ticks * 100;
        for (; left > frameTime && !Episode.IsOver; left -= frameTime)
            Hold();
        if (Episode.IsOver)
            return Recording.Count - before;
        if (left <= 0)
        {
            Apply(chosen);
        }
        else
        {
            Span<float> held = stackalloc float[chosen.Length];
            InEffect(held);
            Episode.Step(held, left * 1e-9, chosen);
            Record(chosen, (uint)left);
        }

        return Recording.Count - before;
    }

    /// <summary>Applies an action at once and records the frame.</summary>
    public void Apply(ReadOnlySpan<float> chosen)
    {
        Episode.Step(chosen);
        Record(chosen, 0);
    }

    private void Hold()
    {
        Span<float> held = stackalloc float[Recording.ActionSize];
        InEffect(held);
        Episode.Step(held);
        Record(held, FrameRecording.NoArrival);
    }

    private void InEffect(Span<float> held)
    {
        if (Recording.Count > 0)
            Recording.Action(Recording.Count - 1).CopyTo(held);
        else
            Episode.Hold(held);
    }

    // Delays that were measured do not come again: what is durable is taken on, up to the next arrival.
    private int RepeatOne(FrameRecording durable)
    {
        var before = Recording.Count;
        do Repeat(durable, Recording.Count);
        while (Recording.Count < durable.Count && durable.Arrival(Recording.Count - 1) == FrameRecording.NoArrival);
        return Recording.Count - before;
    }

    private void Repeat(FrameRecording durable, int frame)
    {
        durable.Step(Episode, frame);
        Record(durable.Action(frame), durable.Arrival(frame));
    }

    private void Record(ReadOnlySpan<float> chosen, uint arrival)
    {
        Recording.Add(chosen, Episode.Checksum, arrival);
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
