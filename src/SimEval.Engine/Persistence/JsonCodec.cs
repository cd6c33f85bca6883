using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;
using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;
using SimEval.Scenarios;

namespace SimEval.Engine.Persistence;

/// <summary>
/// Entities' events, commands and states as JSON: the manifest is the case's name, the version that of the shape. Numbers
/// are written so that they read back bit for bit.
/// </summary>
public static class JsonCodec
{
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(
        new JsonSerializerSettings
        {
            ContractResolver = new CamelCasePropertyNamesContractResolver(),
            NullValueHandling = NullValueHandling.Ignore,
            FloatFormatHandling = FloatFormatHandling.Symbol,
            DateParseHandling = DateParseHandling.DateTimeOffset,
            Converters = { new PointKeyConverter() },
            MaxDepth = 64,
        }
    );

    /// <summary>
    /// The codec of a closed hierarchy (its nested cases), or of one plain type. All shapes are at version 1; older ones get
    /// an upcaster when there is a version 2.
    /// </summary>
    public static Codec<T> Of<T>()
        where T : notnull
    {
        var cases = typeof(T)
            .GetNestedTypes()
            .Where(type => type.IsSubclassOf(typeof(T)))
            .Append(typeof(T))
            .Where(type => !type.IsAbstract)
            .ToDictionary(type => type.Name, StringComparer.Ordinal);
        return new Codec<T>(
            value => new Encoded(value.GetType().Name, 1, Write(value)),
            bytes =>
                cases.TryGetValue(bytes.Manifest, out var type) && bytes.Version == 1
                    ? (T)Read(bytes.Payload, type)
                    : throw new FormatException($"unknown {typeof(T).Name}: {bytes.Manifest} version {bytes.Version}")
        );
    }

    /// <summary>A value as UTF-8 JSON.</summary>
    public static byte[] Write(object value)
    {
        using var stream = new MemoryStream();
        using (var text = new StreamWriter(stream, new UTF8Encoding(false), 1024, leaveOpen: true))
        using (var json = new JsonTextWriter(text))
            Serializer.Serialize(json, value);
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; throws <see cref="FormatException"/> on anything else.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes) => (T)Read(bytes, typeof(T));

    private static object Read(ReadOnlyMemory<byte> bytes, Type type)
    {
        try
        {
            using var json = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(bytes.Span)));
            return Serializer.Deserialize(json, type) ?? throw new FormatException($"no {type.Name} in it");
        }
        catch (JsonException error)
        {
            throw new FormatException($"not a {type.Name}: {error.Message}", error);
        }
    }

    private sealed class PointKeyConverter : JsonConverter<PointKey>
    {
        public override void WriteJson(JsonWriter writer, PointKey value, JsonSerializer serializer) =>
            writer.WriteValue(value.ToString());

        public override PointKey ReadJson(
            JsonReader reader,
            Type objectType,
            PointKey existingValue,
            bool hasExistingValue,
            JsonSerializer serializer
        ) => PointKey.TryParse((string)reader.Value!, out var key) ? key : throw new JsonException("not a point key");
    }
}
