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

    /// <summary>The board of a name; throws <see cref="CompileException"/> with the names there are.</summary>
    public static Board Get(string name) =>
        Find(name)
        ?? throw new CompileException(
            $"there is no board '{name}' (boards: {string.Join(", ", All.Select(board => board.Name))})"
        );

    /// <summary>Reads a data file. Throws <see cref="CompileException"/> with the file, the key and what would be right.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <param name="other">The board that it takes its operators of.</param>
    public static Board Parse(string file, string text, Func<string, Board?> other) =>
        BoardReader.Read(file, text, other);

    private static List<Board> Load()
    {
        var assembly = typeof(BoardLibrary).Assembly;
        var boards = new List<Board>();
        var names = assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            boards.Add(
                Parse(name[Prefix.Length..], reader.ReadToEnd(), known => boards.Find(board => board.Name == known))
            );
        }

        return boards;
    }
}
