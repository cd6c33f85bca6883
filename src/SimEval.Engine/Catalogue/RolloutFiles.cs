using SimEval.Engine.Runs;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;

namespace SimEval.Engine.Catalogue;

/// <summary>
/// Files, and beside them rollouts of earlier runs: "rollout:RUN/VARIANT/POINT/SEED" reads as the actions of that rollout
/// (<see cref="ActionRecording"/>), so that a scenario names both in the same way and a run captures both.
/// </summary>
public sealed class RolloutFiles : ISourceFiles
{
    private readonly ISourceFiles files;
    private readonly Func<string, byte[]?> readRollout;

    /// <summary>Files with rollouts beside them.</summary>
    /// <param name="files">The files.</param>
    /// <param name="readRollout">
    /// The bytes of "RUN/VARIANT/POINT/SEED", or null when there is no such run; throws <see cref="IOException"/> with a plain
    /// message when the run has no such rollout.
    /// </param>
    public RolloutFiles(ISourceFiles files, Func<string, byte[]?> readRollout)
    {
        this.files = files;
        this.readRollout = readRollout;
    }

    /// <inheritdoc/>
    public byte[]? Read(string path) =>
        path.StartsWith(Variant.RolloutPrefix, StringComparison.Ordinal)
            ? readRollout(path[Variant.RolloutPrefix.Length..])
            : files.Read(path);

    /// <inheritdoc/>
    public long? Size(string path) =>
        path.StartsWith(Variant.RolloutPrefix, StringComparison.Ordinal) ? Read(path)?.Length : files.Size(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> Glob(string pattern) => files.Glob(pattern);

    /// <inheritdoc/>
    public string Resolve(string basePath, string path) => files.Resolve(basePath, path);

    /// <summary>The recorded actions of "RUN/VARIANT/POINT/SEED" in a library; null when there is no such run.</summary>
    /// <exception cref="IOException">The run has no such rollout, or nothing of it is durable.</exception>
    public static async Task<byte[]?> ReadAsync(RunLibrary library, string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || await library.OpenAsync(name[..slash]).ConfigureAwait(false) is not { } run)
            return null;
        var key = RolloutNames.Find(run, name[(slash + 1)..], out var problem) ?? throw new IOException(problem);
        var rollout =
            await library.RolloutAsync(run, key).ConfigureAwait(false)
            ?? throw new IOException($"nothing of rollout {name} has been recorded");
        var recording = rollout.Recording;
        var actions = new float[recording.Count * recording.ActionSize];
        for (var frame = 0; frame < recording.Count; frame++)
            recording.Action(frame).CopyTo(actions.AsSpan(frame * recording.ActionSize));
        return new ActionRecording(recording.ActionSize, actions).Write();
    }
}
