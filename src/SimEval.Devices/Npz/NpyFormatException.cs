namespace SimEval.Devices.Npz;

/// <summary>Bytes that are no NPY or NPZ file, or one that is not read; the message says what was wrong.</summary>
public sealed class NpyFormatException(string message, Exception? inner = null) : Exception(message, inner);
