namespace SimEval.LoadTests.Fuzz;

/// <summary>A reader of foreign bytes, under fuzz: whatever it is given, it answers, within bounds.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Make">The input of (seed, index), always the same one.</param>
/// <param name="Feed">Reads the input. An exception is a failure, as is an answer that is none.</param>
internal sealed record FuzzTarget(string Name, Func<ulong, ulong, string> Make, Action<string> Feed);
