using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>
/// Turns values into versioned bytes and back. Bytes of an older version are upcast step by step until no upcaster takes
/// them further, and only then decoded, so that decoding knows one version of each shape.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
public sealed class Codec<T>
{
    private readonly Func<T, Encoded> encode;
    private readonly Func<Encoded, T> decode;
    private readonly Dictionary<(string Manifest, int Version), Func<Encoded, Encoded>> upcasters = [];

    /// <summary>Creates one.</summary>
    /// <param name="encode">Writes a value in its newest version.</param>
    /// <param name="decode">Reads the newest version; throws <see cref="FormatException"/> on a manifest or version it does not know.</param>
    public Codec(Func<T, Encoded> encode, Func<Encoded, T> decode) => (this.encode, this.decode) = (encode, decode);

    /// <summary>Adds a step from one version of a shape to a later one (or to another manifest). Returns this.</summary>
    public Codec<T> Upcast(string manifest, int version, Func<Encoded, Encoded> step)
    {
        upcasters.Add((manifest, version), step);
        return this;
    }

    /// <summary>The bytes.</summary>
    public Encoded Encode(T value) => encode(value);

    /// <summary>The value; throws <see cref="FormatException"/> on a manifest or version nobody knows.</summary>
    public T Decode(Encoded bytes)
    {
        for (var steps = 0; upcasters.TryGetValue((bytes.Manifest, bytes.Version), out var step); steps++)
        {
            if (steps > upcasters.Count)
                throw new FormatException($"The upcasters of {bytes.Manifest} version {bytes.Version} go in a circle.");
            bytes = step(bytes);
        }

        return decode(bytes);
    }
}
