using System.Text;

namespace SimEval.Models.Asic.Boards;

/// <summary>The board generations: one data file each, beside this one, all found by themselves.</summary>
public static class BoardLibrary
{
    private const string Prefix = "boards/";
    private static readonly Lazy<IReadOnlyList<Board>> Loaded = new(Load);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<Board> All => Loaded.Value;

    /// <summary>The board of a name ("g2" or "asic/g2"), or null.</summary>
    public static Board? Find(string name) =>
        All.FirstOrDefault(board => board.Name == name || board.DeviceClass == name);

    /// <summary>The board of a name; throws <see cref="CompileException"/> with the nearest and all names there are.</summary>
    public static Board Get(string name) => Find(name) ?? throw new CompileException(Unknown(name));

    /// <summary>"there is no board 'g22'; did you mean 'g2'? (boards: g1, g2, g3)".</summary>
    public static string Unknown(string name)
    {
        var names = All.Select(board => board.Name).ToList();
        var near = NearestName.Of(name, names) is { } one ? $"; did you mean '{one}'?" : "";
        return $"there is no board '{name}'{near} (boards: {string.Join(", ", names)}, or a board's data file, PATH.json)";
    }

    /// <summary>
    /// A board that does not ship, from its data file; it may take the operators of those that do. Throws
    /// <see cref="BoardFormatException"/> with all that is wrong, its name among it when a board that ships has it.
    /// </summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="json">The file, UTF-8.</param>
    public static Board Read(string file, ReadOnlySpan<byte> json)
    {
        var board = BoardReader.Read(file, json, All);
        return Find(board.Name) is null
            ? board
            : throw new BoardFormatException([
                $"{file}: 'name' is '{board.Name}', which is a board that ships; artifacts say by name which board they are for, so give yours another",
            ]);
    }

    private static List<Board> Load()
    {
        var assembly = typeof(BoardLibrary).Assembly;
        var boards = new List<Board>();
        var resources = assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var resource in resources.Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var file = resource[Prefix.Length..];
            var board = BoardReader.Read(file, Encoding.UTF8.GetBytes(reader.ReadToEnd()), boards);
            boards.Add(
                file == $"{board.Name}.json"
                    ? board
                    : throw new BoardFormatException([$"{file}: 'name' is '{board.Name}', and must be the file's name"])
            );
        }

        return boards;
    }
}
