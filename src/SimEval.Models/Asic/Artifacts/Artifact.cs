using System.Collections.Immutable;
using System.Text.Json;
using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Artifacts;

/// <summary>What a board loads: a program, for one board generation, and what it was made from.</summary>
public sealed record Artifact
{
    /// <summary>The board generation: "g2".</summary>
    public required string Board { get; init; }

    /// <summary>The program.</summary>
    public required AsicProgram Program { get; init; }

    /// <summary>What it was made from and by: "model.sha256", "compiler", ...</summary>
    public ImmutableSortedDictionary<string, string> Origin { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>SHA-256 of the file it was read from; "" for one that was not.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        var (program, constants) = ProgramJson.Write(Program, Board);
        return ArtifactContainer.Write([("program", program), ("constants", constants), ("origin", OriginBytes())]);
    }

    /// <summary>
    /// Reads a file. Throws <see cref="ArtifactException"/> that names what is missing, damaged or unknown.
    /// </summary>
    public static Artifact Read(ReadOnlyMemory<byte> file)
    {
        var sections = ArtifactContainer.Read(file);
        var (program, board) = ProgramJson.Read(Section(sections, "program"), Section(sections, "constants"));
        return new Artifact
        {
            Board = board,
            Program = program,
            Origin = sections.TryGetValue("origin", out var origin)
                ? ReadOrigin(origin)
                : ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
            Hash = ArtifactContainer.HashOf(file.Span),
        };
    }

    private byte[] OriginBytes()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (key, value) in Origin)
                json.WriteString(key, value);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static ImmutableSortedDictionary<string, string> ReadOrigin(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document
                .RootElement.EnumerateObject()
                .ToImmutableSortedDictionary(
                    pair => pair.Name,
                    pair => pair.Value.GetString() ?? "",
                    StringComparer.Ordinal
                );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ArtifactException($"section 'origin' is no object of texts: {e.Message}", e);
        }
    }

    private static ReadOnlyMemory<byte> Section(
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> sections,
        string name
    ) =>
        sections.TryGetValue(name, out var bytes)
            ? bytes
            : throw new ArtifactException($"the artifact has no section '{name}'");
}
