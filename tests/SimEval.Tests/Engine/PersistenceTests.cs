using SimEval.Engine.Persistence;
using SimEval.Engine.Rollouts;
using SimEval.Entities.Aggregates;
using SimEval.Entities.Rollouts;
using SimEval.Metrics;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Engine;

public sealed class PersistenceTests
{
    [Fact]
    public void A_result_reads_back_bit_for_bit()
    {
        double[] values = [0.1, -0.0, double.NaN, double.PositiveInfinity, 1e-310, Math.PI, 3];
        var result = new RolloutResult(
            new RolloutKey("int8", new PointKey(0xFEDC_BA98_7654_3210), 7),
            RolloutOutcome.ModelFailed,
            12,
            ulong.MaxValue,
            "error",
            values,
            "NaN in \"action\""
        );
        var codec = EntityTypes.Rollout.Events;
        var ended = Assert.IsType<RolloutEvent.Ended>(
            codec.Decode(codec.Encode(new RolloutEvent.Ended(new Segment(new string('a', 64), 8, 0, 12), result)))
        );
        Assert.Equal(result.Key, ended.Result.Key);
        Assert.Equal(ulong.MaxValue, ended.Result.Checksum);
        Assert.Equal(result.Detail, ended.Result.Detail);
        Assert.Equal(
            values.Select(BitConverter.DoubleToInt64Bits),
            ended.Result.Values.Select(BitConverter.DoubleToInt64Bits)
        );
    }

    [Fact]
    public void An_aggregate_survives_its_snapshot()
    {
        var result = new RolloutResult(
            new RolloutKey("v", new PointKey(5), 0),
            RolloutOutcome.Completed,
            3,
            4,
            "goal",
            [1.5]
        );
        var state = Aggregate.Evolve(Aggregate.Initial, new AggregateEvent.Recorded([result]));
        var codec = EntityTypes.Aggregate.States;
        var read = codec.Decode(codec.Encode(state));
        Assert.Equal(result.Key, Assert.Single(read.Results).Key);
        Assert.Equal([1.5], read.Results[result.Key].Values);
    }

    [Fact]
    public void An_unknown_event_is_a_format_error()
    {
        var codec = EntityTypes.Run.Events;
        Assert.Throws<FormatException>(() => codec.Decode(new("Exploded", 1, "{}"u8.ToArray())));
        Assert.Throws<FormatException>(() => codec.Decode(new("Resumed", 1, "{"u8.ToArray())));
    }

    [Fact]
    public void A_recording_reads_back_from_its_stretches()
    {
        var recording = Recorded(5);
        var blob = new byte[SegmentFormat.BlobHeader + recording.SizeOf(5)];
        SegmentFormat.WriteHeader(blob);
        Assert.Equal(recording.SizeOf(5), recording.Write(0, blob.AsSpan(SegmentFormat.BlobHeader)));
        var read = new FrameRecording(2);
        SegmentFormat.Read(blob, SegmentFormat.BlobHeader, read);
        for (var frame = 0; frame < 5; frame++)
        {
            Assert.Equal(recording.Action(frame).ToArray(), read.Action(frame).ToArray());
            Assert.Equal(recording.Checksum(frame), read.Checksum(frame));
        }
    }

    [Fact]
    public void A_damaged_segment_blob_is_refused_whatever_byte_is_wrong()
    {
        var recording = Recorded(3);
        var blob = new byte[SegmentFormat.BlobHeader + recording.SizeOf(3)];
        SegmentFormat.WriteHeader(blob);
        recording.Write(0, blob.AsSpan(SegmentFormat.BlobHeader));
        for (var at = 0; at < SegmentFormat.BlobHeader + SegmentFormat.StretchHeader; at++)
        {
            var damaged = (byte[])blob.Clone();
            damaged[at] ^= 0x81;
            Assert.Throws<InvalidDataException>(() =>
                SegmentFormat.Read(damaged, SegmentFormat.BlobHeader, new FrameRecording(2))
            );
        }

        Assert.Throws<InvalidDataException>(() => SegmentFormat.Read(blob, blob.Length, new FrameRecording(2)));
    }

    private static FrameRecording Recorded(int frames)
    {
        var recording = new FrameRecording(2, 1);
        for (var frame = 0; frame < frames; frame++)
            recording.Add([frame, -frame / 3f], (ulong)frame * 0x9E37_79B9_7F4A_7C15);
        return recording;
    }
}
