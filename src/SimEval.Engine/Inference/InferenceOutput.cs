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
        var joined = new Dictionary<string, JoinedArray>(StringComparer.Ordinal);
        var metrics = new OpenLoopFold(pointUnit);
        foreach (var unit in units)
        {
            var bytes = await BytesAsync(unit, cancel).ConfigureAwait(false);
            if (IsFolder(path))
                await WriteFileAsync(
                        Path.Combine(path, Name(unit)),
                        stream => stream.WriteAsync(bytes, cancel).AsTask()
                    )
                    .ConfigureAwait(false);
            var arrays = NpzArchive.Read(bytes, int.MaxValue);
            if (action is not null && arrays.Count > 0)
                Fold(metrics, arrays, action);
            foreach (var (name, tensor) in arrays)
            {
                if (!joined.TryGetValue(name, out var array))
                    joined[name] = array = new JoinedArray(name);
                array.Add(tensor);
            }
        }

        if (!IsFolder(path))
            await WriteFileAsync(path, stream => JoinAsync(units, joined.Values, stream, cancel)).ConfigureAwait(false);
        return new InferenceReport(
            joined.Count == 0 ? 0 : joined.Values.First().Dims.FirstOrDefault(1),
            [.. joined.Values.Select(array => new InferredArray(array.Name, array.Type.Name(), array.Dims))],
            action is null ? null : metrics.Finish()
        );
    }

    // Unit by unit for each array: together they may be larger than memory.
    private async Task JoinAsync(
        IReadOnlyList<Segment> units,
        IReadOnlyCollection<JoinedArray> joined,
        Stream stream,
        CancellationToken cancel
    )
    {
        using var writer = new NpzWriter(stream);
        foreach (var array in joined)
        {
            if (array.Type == ElementType.Text)
            {
                writer.Add(array.Name, TensorStack.Join(array.Name, array.Texts));
                continue;
            }

            var target = writer.Begin(array.Name, array.Type, array.Dims);
            await using (target.ConfigureAwait(false))
                foreach (var unit in units)
                {
                    var bytes = await BytesAsync(unit, cancel).ConfigureAwait(false);
                    if (NpzArchive.Read(bytes, int.MaxValue).TryGetValue(array.Name, out var part))
                        await target.WriteAsync(part.Data, cancel).ConfigureAwait(false);
                }
        }
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

    private static async Task WriteFileAsync(string path, Func<Stream, Task> write)
    {
        var folder = Path.GetDirectoryName(path)!;
        var unfinished = Path.Combine(folder, $".{Path.GetFileName(path)}.unfinished");
        try
        {
            Directory.CreateDirectory(folder);
            var stream = File.Create(unfinished);
            await using (stream.ConfigureAwait(false))
                await write(stream).ConfigureAwait(false);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be written: {e.Message.Split('\n')[0]}", e);
        }
        finally
        {
            // Moved, it is no longer there; a folder that cannot be written has none.
            if (File.Exists(unfinished))
                File.Delete(unfinished);
        }
    }

    /// <summary>One array of the output: what its parts have in common, and how many rows they are together.</summary>
    private sealed class JoinedArray(string name)
    {
        private Tensor? first;
        private long rows;

        public string Name => name;

        public ElementType Type => first!.Type;

        // A lone part may be a scalar.
        public IReadOnlyList<long> Dims => first!.Dims.Count == 0 ? [] : [rows, .. first.Dims.Skip(1)];

        /// <summary>The parts of an array of texts, whose width no header tells before the last is known.</summary>
        public List<Tensor> Texts { get; } = [];

        public void Add(Tensor part)
        {
            first ??= part;
            TensorStack.RequireAlike(name, first, part);
            rows += part.Dims.FirstOrDefault(1);
            if (part.Type == ElementType.Text)
                Texts.Add(part);
        }
    }
}
