using SimEval.Actors.Dispatch;
using SimEval.Actors.Mailboxes;
using SimEval.Actors.Sharding;
using SimEval.Devices;
using SimEval.Devices.Processes;
using SimEval.Engine;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Executors;
using SimEval.Engine.Inference;
using SimEval.Engine.Persistence;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Scenarios.Reading;
using SimEval.Store;
using Xunit;

namespace SimEval.Tests.Engine;

/// <summary>The engine as one process has it, over a data folder of its own and the toy world.</summary>
internal sealed class ToyEngine : IAsyncDisposable
{
    private const int HashedShards = 2;
    private readonly DataFolder folder;
    private readonly ActorSystem system;

    private ToyEngine(
        DataFolder folder,
        ActorSystem system,
        ScenarioChecker checker,
        EvaluationService service,
        InferenceService inference
    )
    {
        this.folder = folder;
        this.system = system;
        Checker = checker;
        Service = service;
        Inference = inference;
    }

    public ScenarioChecker Checker { get; }

    public EvaluationService Service { get; }

    public InferenceService Inference { get; }

    public static EngineLimits Limits { get; } =
        new(
            Lanes: 2,
            CohortSize: 8,
            CohortMembers: 12,
            RolloutsInFlight: 32,
            MaximumBatch: 8,
            FlushInterval: TimeSpan.FromMilliseconds(20),
            CheckpointFrames: 10,
            AskDeadline: TimeSpan.FromSeconds(20)
        );

    public static async Task<ToyEngine> OpenAsync(
        string path,
        IModelDevice? device = null,
        EngineLimits? limits = null,
        ModelOptions? options = null,
        ProgramLimits? programs = null,
        int? inFlight = null
    )
    {
        limits ??= Limits;
        limits = limits with { RolloutsInFlight = inFlight ?? limits.RolloutsInFlight };
        var folder = DataFolder.Open(path);
        var system = new ActorSystem(TimeProvider.System, new ThreadPoolDispatcher());
        var host = new ShardHost(
            system,
            folder.Shards,
            new ShardHostOptions { Owner = "test", HashedShards = HashedShards }
        );
        var checker = new ScenarioChecker(
            new WorldCatalogue(new ToyKind()),
            new VariantPreparation(
                device is null ? DeviceCatalogue.ModelDevices() : [device],
                options ?? new ModelOptions(),
                LanePlan.Of(limits, cores: 2).UseOf(limits),
                programs
            ),
            new ScenarioLimits(),
            new DiskFiles()
        );
        var entities = new EntityHost(host, limits.AskDeadline);
        var states = new EntityStates(folder.Shards, HashedShards);
        var service = new EvaluationService(
            limits,
            TimeProvider.System,
            entities,
            states,
            folder.Blobs,
            checker,
            "test"
        );
        await service.StartAsync();
        var inference = new InferenceService(
            entities,
            folder.Blobs,
            service.Library,
            new InferenceLibrary(states, folder.Blobs),
            TimeProvider.System,
            options ?? new ModelOptions(),
            "test"
        );
        return new ToyEngine(folder, system, checker, service, inference);
    }

    /// <summary>Submits a scenario text and carries it out.</summary>
    public async Task<RunOutcome> RunAsync(string scenario, ExecutionOptions? options = null) =>
        await Service.ExecuteAsync(await SubmitAsync(scenario), options ?? new ExecutionOptions(), null, default);

    public async Task<string> SubmitAsync(string scenario)
    {
        var check = Checker.CheckText(scenario, "/toy/toy.json", new DiskFiles(), []);
        Assert.Empty(check.Errors);
        return await Service.SubmitAsync(check.Ready!, null, "test", Guid.NewGuid().ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await system.DisposeAsync();
        await folder.DisposeAsync();
    }
}

/// <summary>A folder that is gone with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("simeval-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
