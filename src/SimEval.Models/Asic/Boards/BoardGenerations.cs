using System.Collections.Immutable;
using System.Reflection;

namespace SimEval.Models.Asic.Boards;

/// <summary>The board generations that there are: every data file of this folder, embedded in the assembly.</summary>
public static class BoardGenerations
{
    private const string Prefix = "boards/";

    private static readonly Lazy<ImmutableArray<BoardGeneration>> Embedded = new(ReadAll);

    /// <summary>All, by name.</summary>
    public static ImmutableArray<BoardGeneration> All => Embedded.Value;

    /// <summary>The generation of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message says which there are.</exception>
    public static BoardGeneration Find(string name)
    {
        foreach (var board in All)
        {
            if (board.Name == name)
                return board;
        }
        var names = All.Select(board => board.Name).ToList();
        var near = NearestName.Of(name, names) is { } one ? $"did you mean '{one}'? " : "";
        throw new ArgumentException(
            $"there is no board generation '{name}': {near}known are {string.Join(", ", names)}"
        );
    }

    private static ImmutableArray<BoardGeneration> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => ReadOne(assembly, name)),
        ];
    }

    private static BoardGeneration ReadOne(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var file = resource[Prefix.Length..];
        var board = BoardReader.Read(file, bytes);
        return file == board.Name + ".json"
            ? board
            : throw new BoardFormatException($"{file}: 'name' is '{board.Name}', and must be the file's name");
    }
}
