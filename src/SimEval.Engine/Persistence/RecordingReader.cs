using SimEval.Actors.Journal;
using SimEval.Engine.Rollouts;
using SimEval.Entities.Rollouts;

namespace SimEval.Engine.Persistence;

/// <summary>Puts a rollout's recording together from its segments.</summary>
public sealed class RecordingReader
{
    private readonly IBlobStore blobs;
    private (string Id, byte[] Bytes) last = ("", []);

    /// <summary>A reader over the blobs. Keeps the last blob: rollouts of a cohort share it.</summary>
    public RecordingReader(IBlobStore blobs) => this.blobs = blobs;

    /// <summary>All durable frames of a rollout.</summary>
    /// <param name="rollout">Its state.</param>
    /// <param name="actionSize">Numbers per action.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidDataException">A blob is gone or damaged.</exception>
    public async Task<FrameRecording> ReadAsync(Rollout rollout, int actionSize, CancellationToken cancel = default)
    {
        var recording = new FrameRecording(actionSize, Math.Max(1, rollout.DurableFrames));
        foreach (var segment in rollout.Segments)
        {
            if (last.Id != segment.Blob)
            {
                var bytes = await blobs.GetAsync(new BlobId(segment.Blob), cancel).ConfigureAwait(false);
                last = (segment.Blob, bytes ?? throw new InvalidDataException($"segment blob {segment.Blob} is gone"));
            }

            SegmentFormat.Read(last.Bytes, segment.Offset, recording);
            if (recording.Count != segment.FirstFrame + segment.Frames)
                throw new InvalidDataException($"segment blob {segment.Blob} holds other frames than the log says");
        }

        return recording;
    }
}
