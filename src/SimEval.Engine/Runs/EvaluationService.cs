using System.Text;
using SimEval.Actors.Journal;
using SimEval.Engine.Aggregators;
using SimEval.Engine.Boards;
using SimEval.Engine.Executors;
using SimEval.Engine.Persistence;
using SimEval.Engine.Scheduling;
using SimEval.Entities.Runs;
using SimEval.Entities.Scenarios;
using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Engine.Runs;

/// <summary>A run after this process has worked on it.</summary>
/// <param name="Run">The run, as it is now kept.</param>
/// <param name="End">How its execution ended.</param>
/// <param name="Assessment">How it was judged; null when it was interrupted or the store failed.</param>
public sealed record RunOutcome(StoredRun Run, ExecutionEnd End, RunAssessment? Assessment);

/// <summary>A run cannot be started as asked; the message is for people.</summary>
/// <param name="message">Why, and what would be right.</param>
public sealed class RunRefusedException(string message) : Exception(message);

/// <summary>Submits runs and carries them out: the writing side of the engine, one a data folder.</summary>
public sealed class EvaluationService : IAsyncDisposable
{
    private readonly EngineLimits limits;
    private readonly TimeProvider time;
    private readonly EntityHost entities;
    private readonly EntityStates reader;
    private readonly IBlobStore blobs;
    private readonly ScenarioChecker checker;
    private readonly LocalBoard board;
    private readonly string version;

    /// <summary>A service; <see cref="StartAsync"/> comes next.</summary>
    /// <param name="limits">Limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="entities">The process's entities; disposed with this.</param>
    /// <param name="reader">Reads states.</param>
    /// <param name="blobs">Bulk.</param>
    /// <param name="checker">Reads scenarios.</param>
    /// <param name="version">The program's version, for provenance.</param>
    public EvaluationService(
        EngineLimits limits,
        TimeProvider time,
        EntityHost entities,
        EntityStates reader,
        IBlobStore blobs,
        ScenarioChecker checker,
        string version
    )
    {
        this.limits = limits;
        this.time = time;
        this.entities = entities;
        this.reader = reader;
        this.blobs = blobs;
        this.checker = checker;
        this.version = version;
        Library = new RunLibrary(reader, blobs, checker);
        board = new LocalBoard(entities);
    }

    /// <summary>Reads what runs have left.</summary>
    public RunLibrary Library { get; }

    /// <summary>Claims the log, and makes this machine's processor known as a board.</summary>
    public async Task StartAsync()
    {
        await entities.StartAsync().ConfigureAwait(false);
        await board.EnrollAsync().ConfigureAwait(false);
    }

    /// <summary>Submits a run: everything it needs is durable when its id comes back.</summary>
    /// <param name="ready">The checked scenario.</param>
    /// <param name="baselineRun">The run to compare with; null: as the file or the accepted baseline says.</param>
    /// <param name="command">The command line that reproduces it.</param>
    /// <param name="token">Names this request: the same again gives the same number.</param>
    /// <exception cref="RunRefusedException">A gate needs a baseline and there is none; or the baseline is no finished run.</exception>
    public async Task<string> SubmitAsync(ReadyScenario ready, string? baselineRun, string command, string token)
    {
        var scenario = ready.Scenario;
        var baseline = await ResolveBaselineAsync(scenario, baselineRun).ConfigureAwait(false);
        var source = Path.GetFullPath(scenario.SourceName);
        var files = new List<CapturedFile>();
        var paths = scenario.Files.Concat(ready.Variants.Values.SelectMany(variant => variant.Files));
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            var bytes = ready.Files.Read(path) ?? throw new RunRefusedException($"{path} has gone while it was read");
            var id = await blobs.PutAsync(bytes).ConfigureAwait(false);
            files.Add(new CapturedFile(path, id.Hex, bytes.Length));
        }

        var text = await blobs.PutAsync(Encoding.UTF8.GetBytes(scenario.Text)).ConfigureAwait(false);
        var number = await entities.Scenario(scenario.Name, new ScenarioCommand.NumberRun(token)).ConfigureAwait(false);
        var run = $"{scenario.Name}-{number}";
        var submission = new Submission(
            run,
            scenario.Name,
            scenario.Hash,
            text.Hex,
            source,
            files,
            baseline,
            time.GetUtcNow(),
            version,
            ready.Variants.Values.ToDictionary(v => v.Variant.Name, v => v.Numerics),
            limits.CohortMembers,
            command
        );
        await entities.Run(run, new RunCommand.Submit(submission)).ConfigureAwait(false);
        return run;
    }

    /// <summary>Carries out a submitted or interrupted run to its end, or to where it is interrupted.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="options">How this execution differs.</param>
    /// <param name="watch">Shows progress.</param>
    /// <param name="cancel">Interrupts it in good order.</param>
    /// <exception cref="RunRefusedException">It does not exist, has ended, or can't go on on this machine.</exception>
    public async Task<RunOutcome> ExecuteAsync(
        string run,
        ExecutionOptions options,
        IRunWatch? watch,
        CancellationToken cancel
    )
    {
        var stored =
            await Library.OpenAsync(run, prepare: true, CancellationToken.None).ConfigureAwait(false)
            ?? throw new RunRefusedException($"there is no run {run}");
        if (stored.Conclusion is not null)
            throw new RunRefusedException($"run {run} has ended: {stored.Conclusion.Verdict}");
        var variants = WithReference(stored);
        RequireSameNumerics(stored, variants);
        var fresh =
            await reader
                .ReadShardAsync(EntityTypes.Aggregate, RunAddresses.AggregateShard(run), CancellationToken.None)
                .ConfigureAwait(false) is
            { Count: 0 };
        if (!fresh)
            await entities.Run(run, new RunCommand.Resume(time.GetUtcNow())).ConfigureAwait(false);
        var lease = await board.LeaseAsync(run).ConfigureAwait(false);
        try
        {
            return await CarryOutAsync(stored, variants, options, watch, cancel).ConfigureAwait(false);
        }
        finally
        {
            await board.ReleaseAsync(lease).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a finished run its scenario's baseline.</summary>
    /// <exception cref="RunRefusedException">It does not exist or has not ended with results.</exception>
    public async Task AcceptAsync(string run)
    {
        var state = await Library.StateAsync(run).ConfigureAwait(false);
        if (state is not RunState.Finished finished)
            throw new RunRefusedException(
                state is RunState.Active ? $"run {run} has not ended; resume it first" : $"there is no run {run}"
            );
        if (finished.Submission.Inference is not null)
            throw new RunRefusedException($"run {run} is a batch inference, which no gate can compare with");
        await entities
            .Scenario(finished.Submission.Scenario, new ScenarioCommand.AcceptBaseline(run, time.GetUtcNow()))
            .ConfigureAwait(false);
    }

    /// <summary>Deletes a run and everything that only it uses.</summary>
    /// <returns>Blobs removed and their bytes.</returns>
    /// <exception cref="RunRefusedException">It does not exist, or another run's gates compare with it.</exception>
    public async Task<BlobsCollected> DeleteAsync(string run)
    {
        var state = await Library.StateAsync(run).ConfigureAwait(false);
        if (state is RunState.None)
            throw new RunRefusedException($"there is no run {run}");
        await entities.Run(run, new RunCommand.Delete(time.GetUtcNow())).ConfigureAwait(false);
        return await new RunDeletion(reader, entities, blobs, Library)
            .DeleteAsync(run, time.GetUtcNow())
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => entities.DisposeAsync();

    private async Task<RunOutcome> CarryOutAsync(
        StoredRun stored,
        Dictionary<string, PreparedVariant> variants,
        ExecutionOptions options,
        IRunWatch? watch,
        CancellationToken cancel
    )
    {
        var (run, plan, scenario) = (stored.Id, stored.Plan, stored.Ready.Scenario);
        var baseline = await Library
            .BaselineAsync(scenario, stored.Submission.BaselineRun, CancellationToken.None)
            .ConfigureAwait(false);
        var stopping = RunJudge.StoppingOf(scenario, plan.Pairs.Count, baseline);
        var driver = new RunDriver(limits, time, entities, reader, blobs);
        var outcome = await driver
            .ExecuteAsync(
                run,
                plan,
                checker.Catalogue.Kind(scenario.WorldKind),
                stored.Ready.Worlds,
                variants,
                stopping,
                options,
                watch,
                cancel
            )
            .ConfigureAwait(false);
        if (outcome.End.Kind is ExecutionEndKind.Interrupted or ExecutionEndKind.Failed)
            return new RunOutcome(stored, outcome.End, null);
        var assessment = Assess(stored, variants, outcome, stopping, baseline, out var counted);
        var blob = await blobs.PutAsync(JsonCodec.Write(assessment), CancellationToken.None).ConfigureAwait(false);
        if (outcome.End.Kind != ExecutionEndKind.Complete)
            await entities.Run(run, new RunCommand.Stop(outcome.End.Pairs, outcome.End.Reason)).ConfigureAwait(false);
        var conclusion = new Conclusion(
            assessment.Verdict.ToString(),
            ResultsHash.Of(counted),
            outcome.End.Reason,
            blob.Hex,
            time.GetUtcNow()
        );
        await entities.Run(run, new RunCommand.Conclude(conclusion)).ConfigureAwait(false);
        var state = await entities.ReadRun(run).ConfigureAwait(false);
        return new RunOutcome(stored with { State = state }, outcome.End, assessment);
    }

    private static RunAssessment Assess(
        StoredRun stored,
        Dictionary<string, PreparedVariant> variants,
        ExecutionOutcome outcome,
        Stopping stopping,
        BaselineSource baseline,
        out ResultSet counted
    )
    {
        var all = outcome.Fold.Results;
        counted = outcome.End.Kind == ExecutionEndKind.Complete ? all : all.Prefix(outcome.End.Pairs);
        var gates = RunJudge.Judge(stored.Plan, counted, baseline, outcome.End.Kind);
        var verdict = Verdicts.Overall(gates.Select(gate => gate.Verdict));
        if (outcome.End.Kind == ExecutionEndKind.WallTime && verdict is Verdict.Pass or Verdict.None)
            verdict = Verdict.Inconclusive;
        if (gates.Count == 0 && counted.CountAll() is { Counted: 0, InfrastructureErrors: > 0 })
            verdict = Verdict.Error;
        return new RunAssessment(
            verdict,
            gates,
            outcome.End.Pairs,
            outcome.End.Kind == ExecutionEndKind.StoppedAtLook
                ? stopping.Looks.ToList().IndexOf(outcome.End.Pairs) + 1
                : 0,
            stopping.Looks.Count + 1,
            outcome.End.Kind == ExecutionEndKind.WallTime,
            all.Count - counted.Count,
            outcome.Elapsed.TotalSeconds,
            outcome.SteppedFrames,
            [
                .. outcome
                    .Latency.OrderBy(l => l.Key, StringComparer.Ordinal)
                    .SelectMany(l => l.Value.Stages.Select(stage => LatencyOf(l.Key, l.Value.MeanBatch, stage))),
            ],
            [
                .. stored
                    .Ready.Scenario.Variants.Select(v => variants[v.Name])
                    .Select(v => new VariantProvenance(v.Variant.Name, v.ModelHash, v.Numerics, v.Finding)
                    {
                        BoardHash = v.BoardHash,
                        ModelledMicroseconds = v.Model?.ModelledLatency?.TotalMicroseconds,
                    }),
            ],
            LocalBoard.Description
        );
    }

    private static VariantLatency LatencyOf(
        string variant,
        double meanBatch,
        (string Name, LatencyHistogram Times) stage
    ) =>
        new(
            variant,
            stage.Name,
            stage.Times.Count,
            meanBatch,
            stage.Times.Mean,
            stage.Times.Microseconds(0.5),
            stage.Times.Microseconds(0.9),
            stage.Times.Microseconds(0.99),
            stage.Times.Microseconds(1)
        );

    private static Dictionary<string, PreparedVariant> WithReference(StoredRun stored)
    {
        var variants = new Dictionary<string, PreparedVariant>(stored.Ready.Variants);
        if (stored.Plan.Variants.FirstOrDefault(v => !v.Counted) is { } added)
            variants[added.Variant.Name] = VariantPreparation.BuiltIn(added.Variant);
        return variants;
    }

    // Inference's bits hold within a numerics class: going on in another would mix two kinds of results in one run.
    private static void RequireSameNumerics(StoredRun stored, Dictionary<string, PreparedVariant> variants)
    {
        foreach (var (variant, numerics) in stored.Submission.Numerics)
            if (variants.TryGetValue(variant, out var prepared) && prepared.Numerics != numerics)
                throw new RunRefusedException(
                    $"run {stored.Id} was begun with {variant} in numerics class {numerics}; here it is {prepared.Numerics}. "
                        + "Resume it on a machine of the first class, or submit it anew"
                );
    }

    private async Task<string?> ResolveBaselineAsync(Scenario scenario, string? asked)
    {
        if (asked is not null)
        {
            if (await Library.StateAsync(asked).ConfigureAwait(false) is not RunState.Finished)
                throw new RunRefusedException($"the baseline {asked} is no finished run in this data folder");
            return asked;
        }

        if (scenario.Baseline is not null || !scenario.Gates.Any(gate => gate.Kind == GateKind.NoWorseBy))
            return null;
        var history = await Library.HistoryAsync(scenario.Name).ConfigureAwait(false);
        return history.Baseline
            ?? throw new RunRefusedException(
                $"a gate of {scenario.Name} compares with a baseline, and there is none: name a variant as \"baseline\" in the "
                    + "file, give --baseline RUN, or accept a run of this scenario"
            );
    }
}
