using System.Runtime.InteropServices;
using System.Text;

namespace SimEval.Store.Sqlite;

/// <summary>One connection, for one thread at a time.</summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private readonly List<SqliteStatement> statements = [];
    private nint handle;

    static SqliteConnection() => SqliteNative.Resolve();

    public SqliteConnection(string path, int flags)
    {
        var code = SqliteNative.Open(path, out handle, flags | SqliteNative.OpenNoMutex, 0);
        try
        {
            Check(code);
            _ = SqliteNative.ExtendedResultCodes(handle, 1);
            _ = SqliteNative.BusyTimeout(handle, 5000);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => SqliteNative.AutoCommit(handle) == 0;

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        const uint persistent = 1;
        fixed (byte* text = bytes)
        {
            Check(SqliteNative.Prepare(handle, text, bytes.Length, persistent, out var statement, 0));
            var prepared = new SqliteStatement(this, statement);
            statements.Add(prepared);
            return prepared;
        }
    }

    /// <summary>Runs one statement, whatever rows it gives.</summary>
    public void Execute(string sql)
    {
        var statement = Prepare(sql);
        try
        {
            while (statement.Step()) { }
        }
        finally
        {
            statements.Remove(statement);
            statement.Dispose();
        }
    }

    /// <summary>The first column of the first row; 0 when there is none.</summary>
    public long Int64(string sql)
    {
        var statement = Prepare(sql);
        try
        {
            return statement.Step() ? statement.Int64(0) : 0;
        }
        finally
        {
            statements.Remove(statement);
            statement.Dispose();
        }
    }

    public void Check(int code)
    {
        if (code is SqliteNative.Ok or SqliteNative.Row or SqliteNative.Done)
            return;
        var message = handle == 0 ? null : Marshal.PtrToStringUTF8((nint)SqliteNative.ErrorMessage(handle));
        throw new SqliteFailure(code, message ?? "out of memory");
    }

    public void Dispose()
    {
        foreach (var statement in statements)
            statement.Dispose();
        statements.Clear();
        if (handle != 0)
            _ = SqliteNative.Close(handle);
        handle = 0;
    }
}
