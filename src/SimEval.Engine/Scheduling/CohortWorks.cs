using SimEval.Engine.Catalogue;
using SimEval.Engine.Executors;
using SimEval.Engine.Persistence;
using SimEval.Engine.Rollouts;
using SimEval.Entities.Rollouts;
using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;

namespace SimEval.Engine.Scheduling;

/// <summary>What is left of a run's cohorts, given what is durable.</summary>
public sealed class CohortWorks
{
    private readonly RunPlan plan;
    private readonly WorldLibrary worlds;
    private readonly IReadOnlyDictionary<string, PreparedVariant> variants;
    private readonly EntityStates entities;
    private readonly RecordingReader recordings;
    private readonly double frameDeadline;

    /// <summary>For a run.</summary>
    public CohortWorks(
        RunPlan plan,
        WorldLibrary worlds,
        IReadOnlyDictionary<string, PreparedVariant> variants,
        EntityStates entities,
        RecordingReader recordings,
        double frameDeadline
    )
    {
        this.plan = plan;
        this.worlds = worlds;
        this.variants = variants;
        this.entities = entities;
        this.recordings = recordings;
        this.frameDeadline = frameDeadline;
    }

    /// <summary>
    /// Reads what each cohort has made durable: the works that are left, in order, and the results of rollouts that have ended.
    /// </summary>
    public async Task<(List<(CohortWork Work, string Variant)> Left, List<RolloutResult> Ended)> ReadAsync(string run)
    {
        var left = new List<(CohortWork, string)>();
        var ended = new List<RolloutResult>();
        foreach (var cohort in plan.Cohorts)
        {
            var states = await entities
                .ReadShardAsync(EntityTypes.Rollout, RunAddresses.CohortShard(run, cohort.Index))
                .ConfigureAwait(false);
            var members = new List<Member>();
            foreach (var key in plan.MembersOf(cohort))
            {
                var state = states.GetValueOrDefault(key.ToString(), Rollout.Initial);
                if (state.Result is { } result)
                    ended.Add(result);
                else
                    members.Add(new Member(key, await DurableAsync(key, state).ConfigureAwait(false)));
            }

            if (members.Count > 0)
                left.Add((WorkOf(cohort, members), cohort.Variant.Variant.Name));
        }

        return (left, ended);
    }

    /// <summary>The works with cohorts and members in another order, which must change no result.</summary>
    public static List<(CohortWork Work, string Variant)> Shuffled(
        IEnumerable<(CohortWork Work, string Variant)> works,
        ulong seed
    ) =>
        [
            .. works
                .OrderBy(w => Hash64.Of(seed, (ulong)w.Work.Cohort))
                .Select(w =>
                    (
                        w.Work with
                        {
                            Members = new MemberQueue([
                                .. w.Work.Members.All.OrderBy(m => Hash64.Of(seed, m.Key.Pair.Order)),
                            ]),
                        },
                        w.Variant
                    )
                ),
        ];

    private async Task<FrameRecording?> DurableAsync(RolloutKey key, Rollout state) =>
        state.DurableFrames == 0
            ? null
            : await recordings.ReadAsync(state, worlds.Of(key.Point).Action.Size).ConfigureAwait(false);

    private CohortWork WorkOf(Cohort cohort, IReadOnlyList<Member> members)
    {
        var prepared = variants[cohort.Variant.Variant.Name];
        return new CohortWork(
            cohort.Index,
            new MemberQueue(members),
            worlds.Of,
            plan.Scenario.Seed,
            prepared.Policy,
            prepared.InputSources,
            prepared.IsRecurrent,
            plan.Results.Metrics.Count,
            prepared.DelayUnder(plan.Scenario.Latency)
        )
        {
            FrameDeadline = frameDeadline,
        };
    }
}
