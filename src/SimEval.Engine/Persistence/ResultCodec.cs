using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;
using SimEval.Entities.Aggregates;
using SimEval.Entities.Rollouts;
using SimEval.Metrics;
using SimEval.Scenarios;

namespace SimEval.Engine.Persistence;

/// <summary>
/// Events and states that carry results, as bytes rather than JSON: every rollout writes two events, and as text they cost a
/// tenth of what it takes to run it. Specified in docs/formats/log.md.
/// </summary>
internal static class ResultCodec
{
    private const string Ended = nameof(RolloutEvent.Ended);
    private const string State = nameof(Aggregate);
    private const string Recorded = nameof(AggregateEvent.Recorded);

    private static readonly Codec<RolloutEvent> RolloutJson = JsonCodec.Of<RolloutEvent>();

    /// <summary>Events of rollouts: an end as bytes, a checkpoint as JSON.</summary>
    public static Codec<RolloutEvent> Rollouts { get; } =
        new(
            happened =>
                happened is RolloutEvent.Ended end
                    ? new Encoded(Ended, 1, Write(512, writer => WriteEnd(writer, end)))
                    : RolloutJson.Encode(happened),
            bytes => bytes is { Manifest: Ended, Version: 1 } ? Read(bytes, ReadEnd) : RolloutJson.Decode(bytes)
        );

    /// <summary>Events of aggregates.</summary>
    public static Codec<AggregateEvent> Aggregates { get; } =
        new(
            happened => new Encoded(Recorded, 1, WriteResults(((AggregateEvent.Recorded)happened).Results)),
            bytes =>
                bytes is { Manifest: Recorded, Version: 1 }
                    ? Read<AggregateEvent>(bytes, reader => new AggregateEvent.Recorded(ReadResults(reader)))
                    : throw new FormatException(
                        $"unknown event of an aggregate: {bytes.Manifest} version {bytes.Version}"
                    )
        );

    /// <summary>States of aggregates: the results, in no order that means anything.</summary>
    public static Codec<Aggregate> AggregateStates { get; } =
        new(
            state => new Encoded(State, 1, WriteResults([.. state.Results.Values])),
            bytes =>
                bytes is { Manifest: State, Version: 1 }
                    ? Read(bytes, reader => new Aggregate(ReadResults(reader).ToImmutableDictionary(r => r.Key)))
                    : throw new FormatException(
                        $"unknown state of an aggregate: {bytes.Manifest} version {bytes.Version}"
                    )
        );

    private static void WriteEnd(BinaryWriter writer, RolloutEvent.Ended end)
    {
        writer.Write(end.Segment is not null);
        if (end.Segment is { } segment)
        {
            writer.Write(segment.Blob);
            writer.Write(segment.Offset);
            writer.Write(segment.FirstFrame);
            writer.Write(segment.Frames);
        }

        WriteResult(writer, end.Result);
    }

    private static RolloutEvent ReadEnd(BinaryReader reader)
    {
        var segment = reader.ReadBoolean()
            ? new Segment(reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32())
            : null;
        return new RolloutEvent.Ended(segment, ReadResult(reader));
    }

    private static byte[] WriteResults(IReadOnlyList<RolloutResult> results)
    {
        // Room for what most results take: growing by doubling would end among the large objects.
        const int textsAndNumbers = 96;
        var each = textsAndNumbers + (results.Count > 0 ? results[0].Values.Count * sizeof(double) : 0);
        return Write(
            sizeof(int) + results.Count * each,
            writer =>
            {
                writer.Write(results.Count);
                foreach (var result in results)
                    WriteResult(writer, result);
            }
        );
    }

    private static RolloutResult[] ReadResults(BinaryReader reader)
    {
        var results = new RolloutResult[Count(reader, least: 32)];
        for (var i = 0; i < results.Length; i++)
            results[i] = ReadResult(reader);
        return results;
    }

    private static void WriteResult(BinaryWriter writer, RolloutResult result)
    {
        writer.Write(result.Key.Variant);
        writer.Write(result.Key.Point.Value);
        writer.Write(result.Key.Seed);
        writer.Write((byte)result.Outcome);
        writer.Write(result.Frames);
        writer.Write(result.Checksum);
        writer.Write(result.Ending);
        writer.Write(result.Values.Count);
        foreach (var value in result.Values)
            writer.Write(value);
        writer.Write(result.Detail is not null);
        if (result.Detail is not null)
            writer.Write(result.Detail);
    }

    private static RolloutResult ReadResult(BinaryReader reader)
    {
        var key = new RolloutKey(reader.ReadString(), new PointKey(reader.ReadUInt64()), reader.ReadInt32());
        var outcome = (RolloutOutcome)reader.ReadByte();
        if (!Enum.IsDefined(outcome))
            throw new FormatException($"no outcome has the number {(int)outcome}");
        var (frames, checksum, ending) = (reader.ReadInt32(), reader.ReadUInt64(), reader.ReadString());
        var values = new double[Count(reader, sizeof(double))];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        var detail = reader.ReadBoolean() ? reader.ReadString() : null;
        return new RolloutResult(key, outcome, frames, checksum, ending, values, detail);
    }

    // A count that the remaining bytes can hold, so that damaged bytes ask for no memory.
    private static int Count(BinaryReader reader, int least)
    {
        var count = reader.ReadInt32();
        var room = reader.BaseStream.Length - reader.BaseStream.Position;
        return count >= 0 && (long)count * least <= room
            ? count
            : throw new FormatException($"{count} elements do not fit into {room} bytes");
    }

    private static byte[] Write(int expected, Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream(expected);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static T Read<T>(Encoded bytes, Func<BinaryReader, T> read)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes.Payload.ToArray()), Encoding.UTF8);
            return read(reader);
        }
        catch (IOException error)
        {
            throw new FormatException($"{bytes.Manifest} is cut short: {error.Message}", error);
        }
    }
}
