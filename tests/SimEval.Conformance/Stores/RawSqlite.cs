using System.Runtime.InteropServices;

namespace SimEval.Conformance.Stores;

/// <summary>Changes a database behind the store's back.</summary>
internal static partial class RawSqlite
{
    private const string Library = "libsqlite3.so.0";

    public static void Execute(string path, string sql)
    {
        try
        {
            Check(Open(path, out var database));
            Check(Exec(database, sql, 0, 0, 0));
            Check(Close(database));
        }
        catch (DllNotFoundException e)
        {
            throw new InvalidOperationException("These tests need libsqlite3-0.", e);
        }
    }

    private static void Check(int code)
    {
        if (code != 0)
            throw new InvalidOperationException($"SQLite: {code}");
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, out nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Exec(nint database, string sql, nint callback, nint argument, nint message);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    private static partial int Close(nint database);
}
