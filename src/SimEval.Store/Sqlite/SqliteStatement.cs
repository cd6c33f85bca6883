using System.Text;

namespace SimEval.Store.Sqlite;

/// <summary>A prepared statement: bind, step, read, reset.</summary>
internal sealed unsafe class SqliteStatement(SqliteConnection connection, nint handle) : IDisposable
{
    private const int TypeNull = 5;
    private nint handle = handle;

    public SqliteStatement Bind(int index, long value)
    {
        connection.Check(SqliteNative.BindInt64(handle, index, value));
        return this;
    }

    public SqliteStatement BindNull(int index)
    {
        connection.Check(SqliteNative.BindNull(handle, index));
        return this;
    }

    public SqliteStatement Bind(int index, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var buffer = most <= 512 ? stackalloc byte[512] : new byte[most];
        var length = Encoding.UTF8.GetBytes(text, buffer);
        fixed (byte* bytes = buffer)
            connection.Check(SqliteNative.BindText(handle, index, bytes, length, SqliteNative.Transient));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            BindBlob(index, start, bytes.Length, SqliteNative.Transient);
        return this;
    }

    /// <summary>Binds text that stays where it is until the statement has been stepped.</summary>
    public void BindStaticText(int index, byte* text, int length) =>
        connection.Check(SqliteNative.BindText(handle, index, text, length, SqliteNative.Static));

    /// <summary>Binds bytes that stay where they are until the statement has been stepped.</summary>
    public void BindStatic(int index, byte* bytes, int length) => BindBlob(index, bytes, length, SqliteNative.Static);

    /// <summary>True: a row is there; false: done, and the statement is ready for its next use.</summary>
    public bool Step()
    {
        var code = SqliteNative.Step(handle);
        if (code == SqliteNative.Row)
            return true;
        if (code != SqliteNative.Done)
        {
            try
            {
                connection.Check(code);
            }
            finally
            {
                _ = SqliteNative.Reset(handle);
            }
        }

        _ = SqliteNative.Reset(handle);
        return false;
    }

    /// <summary>Steps a statement that gives no rows.</summary>
    public void Run()
    {
        while (Step()) { }
    }

    public void Reset() => _ = SqliteNative.Reset(handle);

    public bool IsNull(int column) => SqliteNative.ColumnType(handle, column) == TypeNull;

    public long Int64(int column) => SqliteNative.ColumnInt64(handle, column);

    public string Text(int column)
    {
        var text = SqliteNative.ColumnText(handle, column);
        return text is null ? "" : Encoding.UTF8.GetString(text, SqliteNative.ColumnBytes(handle, column));
    }

    public byte[] Blob(int column)
    {
        var bytes = SqliteNative.ColumnBlob(handle, column);
        return bytes is null ? [] : new ReadOnlySpan<byte>(bytes, SqliteNative.ColumnBytes(handle, column)).ToArray();
    }

    public void Dispose()
    {
        if (handle != 0)
            _ = SqliteNative.FinalizeStatement(handle);
        handle = 0;
    }

    private void BindBlob(int index, byte* bytes, int length, nint lifetime)
    {
        // A null pointer would bind NULL, and an empty payload is not no payload.
        byte empty = 0;
        connection.Check(
            bytes is null
                ? SqliteNative.BindBlob(handle, index, &empty, 0, SqliteNative.Transient)
                : SqliteNative.BindBlob(handle, index, bytes, length, lifetime)
        );
    }
}
