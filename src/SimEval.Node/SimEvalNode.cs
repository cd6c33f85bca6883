using System.Globalization;
using System.Reflection;
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
using SimEval.Node.Configuration;
using SimEval.Scenarios.Reading;
using SimEval.Store;
using SimEval.Store.Sqlite;
using SimEval.Worlds;
using SimEval.Worlds.Driving;

namespace SimEval.Node;

/// <summary>
/// One process on one data folder, put together from its configuration: the embedded default. Either it writes (one at a
/// time) or it reads, beside a writer too.
/// </summary>
public sealed class SimEvalNode : IAsyncDisposable
{
    private readonly DataFolder folder;
    private readonly ActorSystem? system;
    private readonly EvaluationService? service;
    private readonly InferenceService? inference;

    private SimEvalNode(
        DataFolder folder,
        NodeSettings settings,
        ScenarioChecker checker,
        RunLibrary library,
        InferenceLibrary inferences,
        ActorSystem? system,
        EvaluationService? service,
        InferenceService? inference
    )
    {
        this.folder = folder;
        this.system = system;
        this.service = service;
        this.inference = inference;
        Inferences = inferences;
        Settings = settings;
        Checker = checker;
        Library = library;
    }

    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(SimEvalNode)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";

    /// <summary>Number of hashed shards of the embedded default; fixed when a data folder is made.</summary>
    private const int HashedShards = 4;

    /// <summary>Whether a folder holds anything to read.</summary>
    public static bool HasData(string dataFolder) => DataFolder.Exists(dataFolder);

    /// <summary>Its configuration.</summary>
    public NodeSettings Settings { get; }

    /// <summary>Reads and checks scenarios.</summary>
    public ScenarioChecker Checker { get; }

    /// <summary>Reads runs.</summary>
    public RunLibrary Library { get; }

    /// <summary>Reads batch inferences.</summary>
    public InferenceLibrary Inferences { get; }

    /// <summary>Full path of the data folder.</summary>
    public string DataPath => folder.Path;

    /// <summary>Whether the folder is open for writing.</summary>
    public bool IsWriter => service is not null;

    /// <summary>Carries out runs; throws <see cref="InvalidOperationException"/> on a node that only reads.</summary>
    public EvaluationService Service =>
        service ?? throw new InvalidOperationException("this node was opened for reading only");

    /// <summary>Carries out batch inferences; throws as <see cref="Service"/> does.</summary>
    public InferenceService Inference =>
        inference ?? throw new InvalidOperationException("this node was opened for reading only");

    /// <summary>Opens a data folder for writing, creating it if need be.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="settings">The configuration.</param>
    /// <exception cref="Actors.Journal.StoreException">Another process writes to it, or it can't be opened.</exception>
    public static async Task<SimEvalNode> OpenAsync(string dataFolder, NodeSettings settings)
    {
        var folder = DataFolder.Open(
            dataFolder,
            new SqliteStoreOptions { MaxGroup = settings.Store.TransactionAppends, WalPages = settings.Store.WalPages }
        );
        var system = new ActorSystem(TimeProvider.System, new ThreadPoolDispatcher());
        try
        {
            var host = new ShardHost(
                system,
                folder.Shards,
                new ShardHostOptions
                {
                    Owner = string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId}"),
                    HashedShards = HashedShards,
                    ClaimAtStart = shard => !RunAddresses.IsBulk(shard.Name),
                    MaxBatchTurns = settings.Store.GroupCommitMax,
                    MaxBatchBytes = (int)settings.Store.BatchBytes.Bytes,
                    ShardCapacity = settings.Actors.ShardCapacity,
                    PassivateAfter = settings.Actors.PassivateAfter,
                    MaxLoadedEntities = settings.Actors.LoadedEntities,
                    WriteRetries = settings.Store.WriteRetries,
                    RetryPause = settings.Store.RetryPause,
                }
            );
            var limits = LimitsOf(settings);
            var checker = CreateChecker(settings, dataFolder);
            var reader = new EntityStates(folder.Shards, HashedShards);
            var entities = new EntityHost(host, settings.Actors.AskTimeout);
            var service = new EvaluationService(
                limits,
                TimeProvider.System,
                entities,
                reader,
                folder.Blobs,
                checker,
                Version
            );
            await service.StartAsync().ConfigureAwait(false);
            var inferences = new InferenceLibrary(reader, folder.Blobs);
            var inference = new InferenceService(
                entities,
                folder.Blobs,
                service.Library,
                inferences,
                TimeProvider.System,
                settings.ToModelOptions(),
                Version
            );
            return new SimEvalNode(folder, settings, checker, service.Library, inferences, system, service, inference);
        }
        catch
        {
            await system.DisposeAsync().ConfigureAwait(false);
            await folder.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a data folder for reading, beside a writer if there is one.</summary>
    /// <exception cref="Actors.Journal.StoreException">There is nothing to read.</exception>
    public static SimEvalNode OpenReadOnly(string dataFolder, NodeSettings settings)
    {
        var folder = DataFolder.OpenReadOnly(dataFolder);
        var checker = CreateChecker(settings, dataFolder);
        var reader = new EntityStates(folder.Shards, HashedShards);
        return new SimEvalNode(
            folder,
            settings,
            checker,
            new RunLibrary(reader, folder.Blobs, checker),
            new InferenceLibrary(reader, folder.Blobs),
            system: null,
            service: null,
            inference: null
        );
    }

    /// <summary>A checker, for verbs that only look at files too.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="dataFolder">Where rollouts that a scenario follows are read; null or absent: there are none.</param>
    public static ScenarioChecker CreateChecker(NodeSettings settings, string? dataFolder = null) =>
        new(
            CreateCatalogue(),
            new VariantPreparation(
                DeviceCatalogue.ModelDevices(),
                settings.ToModelOptions(),
                UseOf(LimitsOf(settings)),
                settings.Executor.Process.ToLimits()
            ),
            settings.Scenarios.ToLimits(),
            new RolloutFiles(new DiskFiles(), name => ReadRollout(settings, dataFolder, name))
        );

    /// <summary>The worlds there are.</summary>
    public static WorldCatalogue CreateCatalogue() => new((IEnumerable<IWorldKind>)[new DrivingWorldKind()]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (service is not null)
            await service.DisposeAsync().ConfigureAwait(false);
        if (system is not null)
            await system.DisposeAsync().ConfigureAwait(false);
        await folder.DisposeAsync().ConfigureAwait(false);
    }

    private static byte[]? ReadRollout(NodeSettings settings, string? dataFolder, string name)
    {
        if (dataFolder is null || !HasData(dataFolder))
            return null;
        return Task.Run(async () =>
            {
                await using var node = OpenReadOnly(dataFolder, settings);
                return await RolloutFiles.ReadAsync(node.Library, name).ConfigureAwait(false);
            })
            .GetAwaiter()
            .GetResult();
    }

    private static ModelUse UseOf(EngineLimits limits) => LanePlan.Of(limits, Environment.ProcessorCount).UseOf(limits);

    private static EngineLimits LimitsOf(NodeSettings settings) =>
        new(
            settings.Engine.Lanes,
            settings.Engine.CohortSize,
            settings.Engine.CohortMembers,
            settings.Engine.RolloutsInFlight,
            settings.Executor.MaxBatch,
            settings.Executor.MaxWait,
            settings.Executor.FrameDeadline,
            settings.Engine.FlushInterval,
            settings.Engine.CheckpointFrames,
            settings.Actors.MailboxCapacity,
            settings.Actors.AskTimeout,
            settings.Models.MaxBytes.Bytes
        );
}
