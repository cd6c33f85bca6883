using SimEval.Models.Asic.Boards;

namespace SimEval.Devices.Asic;

/// <summary>Boards that do not ship, by the path of their data file: "PATH.json", or "asic/PATH.json" as a device class.</summary>
public static class BoardFiles
{
    // No board is larger; what is, is another file.
    private const long MostBytes = 1 << 20;
    private const string Class = "asic/";

    /// <summary>
    /// A name that holds wherever it is read: the path of a data file made absolute, any other as it is.
    /// </summary>
    /// <param name="name">"asic/boards/mine.json", "asic/g2", "cpu".</param>
    public static string Lasting(string name) =>
        PathOf(name) is { } path
            ? (name.StartsWith(Class, StringComparison.Ordinal) ? Class : "") + Path.GetFullPath(path)
            : name;

    private static string? PathOf(string name) =>
        !name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? null
        : name.StartsWith(Class, StringComparison.Ordinal) ? name[Class.Length..]
        : name;

    /// <summary>
    /// The board of a name or a file; null when it is no file's path and no board has the name. Throws
    /// <see cref="ModelException"/> when the file cannot be read or is wrong.
    /// </summary>
    /// <param name="name">"g2", "asic/g2", "boards/mine.json", "asic/boards/mine.json".</param>
    public static Board? Find(string name)
    {
        if (BoardLibrary.Find(name) is { } known)
            return known;
        return DataFile(name) is { } file ? Read(file.Path, file.Bytes.ToArray()) : null;
    }

    /// <summary>
    /// The data file that a name is the path of; null when it is none's. Throws <see cref="ModelException"/> when the file
    /// cannot be read.
    /// </summary>
    /// <param name="name">"g2", "asic/g2", "boards/mine.json", "asic/boards/mine.json", "cpu".</param>
    public static ModelFile? DataFile(string name)
    {
        if (PathOf(name) is not { } path)
            return null;
        try
        {
            RequireSize(path, new FileInfo(path).Length);
            return new ModelFile(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelFault.UnknownDevice, $"the board's data file cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The board of a data file that was read. Throws <see cref="ModelException"/> with all that is wrong in it.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="json">Its content.</param>
    public static Board Read(string path, byte[] json)
    {
        RequireSize(path, json.Length);
        try
        {
            return BoardLibrary.Read(path, json);
        }
        catch (BoardFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    private static void RequireSize(string path, long length)
    {
        if (length > MostBytes)
            throw new ModelException(
                ModelFault.Unreadable,
                $"{path} has {length:N0} bytes, and a board's data file at most {MostBytes:N0}"
            );
    }
}
