using System.Globalization;
using System.Runtime.Intrinsics.X86;
using SimEval.Engine.Persistence;
using SimEval.Entities.Boards;

namespace SimEval.Engine.Boards;

/// <summary>This machine's processor as a board: enrolled, checked, leased by the run that uses it.</summary>
public sealed class LocalBoard
{
    private readonly EntityHost entities;

    /// <summary>The board, in the entities of this process.</summary>
    public LocalBoard(EntityHost entities) => this.entities = entities;

    /// <summary>Its serial in a data folder of one process.</summary>
    public const string Serial = "cpu-0";

    /// <summary>"linux x64, 2 cores, AVX-512".</summary>
    public static string Description { get; } =
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(OperatingSystem.IsLinux() ? "linux" : "other")} {System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} cores, {InstructionSet}"
        );

    private static string InstructionSet =>
        Avx512BW.IsSupported ? "AVX-512"
        : Avx2.IsSupported ? "AVX2"
        : "no AVX2";

    /// <summary>
    /// Makes it known and checks it. A lease that a process before this one left is ended first: the data folder has one
    /// writer, so that process is gone.
    /// </summary>
    public async Task EnrollAsync()
    {
        var state = await entities.ReadBoard(Serial).ConfigureAwait(false);
        if (state.Lease is { } left)
            await entities
                .Board(Serial, new BoardCommand.Release(left.Epoch, "its holder's process has ended"))
                .ConfigureAwait(false);
        if (state.Description != Description)
            await entities.Board(Serial, new BoardCommand.Enroll(Serial, "cpu", Description)).ConfigureAwait(false);
        if (state.Lifecycle == BoardLifecycle.Ready && state.Description == Description)
            return;
        var finding = SelfTest.Run();
        await entities
            .Board(Serial, new BoardCommand.NoteCheck(finding is null, finding ?? "ok"))
            .ConfigureAwait(false);
    }

    /// <summary>Leases it; the epoch fences whoever held it before.</summary>
    /// <exception cref="CommandRejectedException">It is not Ready, or is leased.</exception>
    public Task<long> LeaseAsync(string run) => entities.Board(Serial, new BoardCommand.Lease(run));

    /// <summary>Gives it back.</summary>
    public Task ReleaseAsync(long epoch) =>
        entities.Board(Serial, new BoardCommand.Release(epoch, "the run is done with it"));
}
