using System.Globalization;
using SimEval.Actors.Journal;
using SimEval.Devices.Npz;
using SimEval.Devices.Tensors;
using SimEval.Entities.Rollouts;
using SimEval.Metrics.OpenLoop;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Engine.Inference;

/// <summary>
/// Writes what a batch inference gave: one NPZ, all units joined along the first axis; or, where the output is not named
/// *.npz, a folder with one NPZ a unit ("00000.npz", ...). A function of the durable units alone, so that it can be written
/// again.
/// </summary>
/// <param name="blobs">Where units are kept.</param>
public sealed class InferenceOutput(IBlobStore blobs)
{
    private const string Suffix = ".npz";

    /// <summary>Whether an output path names a folder.</summary>
    public static bool IsFolder(string path) => !path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the output, whole or not at all, and tells what is in it.</summary>
    /// <param name="units">The durable units, in order.</param>
    /// <param name="path">Full path.</param>
    /// <param name="action">The output that holds the action; null: no recorded actions to compare with.</param>
    /// <param name="pointUnit">See <see cref="OpenLoopFold"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public async Task<InferenceReport> WriteAsync(
        IReadOnlyList<Segment> units,
        string path,
        string? action,
        double? pointUnit,
        CancellationToken cancel
    )
    {
        var parts = new Dictionary<string, List<Tensor>>(StringComparer.Ordinal);
        var order = new List<string>();
        var metrics = new OpenLoopFold(pointUnit);
        foreach (var unit in units)
        {
            var bytes = await BytesAsync(unit, cancel).ConfigureAwait(false);
            if (IsFolder(path))
                WriteFile(Path.Combine(path, Name(unit)), stream => stream.Write(bytes));
            var arrays = NpzArchive.Read(bytes, int.MaxValue);
            if (action is not null && arrays.Count > 0)
                Fold(metrics, arrays, action);
            foreach (var (name, tensor) in arrays)
            {
                if (!parts.TryGetValue(name, out var list))
                {
                    parts[name] = list = [];
                    order.Add(name);
                }

                list.Add(tensor);
            }
        }

        var joined = order.ConvertAll(name => KeyValuePair.Create(name, TensorStack.Join(name, parts[name])));
        if (!IsFolder(path))
            WriteFile(path, stream => NpzArchive.Write(stream, joined));
        return new InferenceReport(
            joined.Count == 0 ? 0 : joined[0].Value.Dims.FirstOrDefault(1),
            [.. joined.Select(pair => new InferredArray(pair.Key, pair.Value.Type.Name(), pair.Value.Dims))],
            action is null ? null : metrics.Finish()
        );
    }

    private static void Fold(OpenLoopFold metrics, IReadOnlyDictionary<string, Tensor> arrays, string action)
    {
        var recorded = TensorNumbers.Read(arrays[RolloutUnits.ActionArray]);
        var inferred = TensorNumbers.Read(arrays[action]);
        var frames = (int)arrays[RolloutUnits.ActionArray].Dims[0];
        var size = recorded.Length / frames;
        for (var frame = 0; frame < frames; frame++)
            metrics.Add(recorded.AsSpan(frame * size, size), inferred.AsSpan(frame * size, size));
    }

    private async Task<byte[]> BytesAsync(Segment unit, CancellationToken cancel) =>
        await blobs.GetAsync(new BlobId(unit.Blob), cancel).ConfigureAwait(false)
        ?? throw new InvalidDataException($"blob {unit.Blob} of unit {unit.FirstFrame} is gone");

    private static string Name(Segment unit) => unit.FirstFrame.ToString("D5", CultureInfo.InvariantCulture) + Suffix;

    private static void WriteFile(string path, Action<Stream> write)
    {
        var folder = Path.GetDirectoryName(path)!;
        var unfinished = Path.Combine(folder, $".{Path.GetFileName(path)}.unfinished");
        try
        {
            Directory.CreateDirectory(folder);
            using (var stream = File.Create(unfinished))
                write(stream);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be written: {e.Message.Split('\n')[0]}", e);
        }
    }
}
