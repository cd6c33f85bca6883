using SimEval.Actors.Journal;

namespace SimEval.Store.Sqlite;

/// <summary>SQLite said no; the store turns it into a <see cref="StoreException"/> before anybody outside sees it.</summary>
internal sealed class SqliteFailure(int code, string message) : Exception(message)
{
    /// <summary>The extended result code.</summary>
    public int Code => code;

    /// <summary>The primary result code.</summary>
    public int Primary => code & 0xFF;

    /// <summary>What it means for whoever uses the file.</summary>
    public StoreException Explain(string path)
    {
        var (trouble, text) = Primary switch
        {
            SqliteNative.NotADatabase => (
                StoreTrouble.Damaged,
                $"{path} is not a SimEval database. Move it away, or name another data folder."
            ),
            SqliteNative.Corrupt => (
                StoreTrouble.Damaged,
                $"{path} is damaged ({Message}). Restore it from a copy, or name another data folder."
            ),
            SqliteNative.Full => (StoreTrouble.Full, NoSpace(path)),
            SqliteNative.IoError when IsFull(path) => (StoreTrouble.Full, NoSpace(path)),
            SqliteNative.IoError => (
                StoreTrouble.Failed,
                $"Reading or writing {path} failed ({Message}). Check the disk, then start again: what was acknowledged is there."
            ),
            SqliteNative.ReadOnly or SqliteNative.Perm => (
                StoreTrouble.NoPermission,
                $"{path} may not be written. Change its permissions, or name another data folder."
            ),
            SqliteNative.CantOpen => (
                StoreTrouble.NoPermission,
                $"{path} can't be opened ({Message}). Check that its folder exists and may be written, or name another data folder."
            ),
            SqliteNative.Busy or SqliteNative.Locked => (
                StoreTrouble.Taken,
                $"{path} is in use by another program. Close it, and try again."
            ),
            SqliteNative.Constraint => (
                StoreTrouble.Failed,
                $"{path}: the write contradicts what is there ({Message}); nothing was written."
            ),
            _ => (StoreTrouble.Failed, $"{path}: SQLite failed ({code}: {Message})."),
        };
        return new(trouble, text, this);
    }

    private static string NoSpace(string path) =>
        $"No space left for {path}. Free some, then go on with \"resume\": what was acknowledged is there.";

    private static bool IsFull(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace < 64 << 10;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
