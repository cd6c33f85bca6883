namespace SimEval.Scenarios.Reading;

/// <summary>
/// The place of an error that is told by its path alone (by a world, or by what prepares a variant): "--set KEY" where an
/// override set the value that is wrong, which no line of the file has.
/// </summary>
public static class OverridePlaces
{
    /// <summary>The error, at its override if there is one: the deepest key that its path lies in.</summary>
    /// <param name="error">The error.</param>
    /// <param name="keys">Keys that were set, in order; of two that are the same, the last counts.</param>
    public static ScenarioError At(ScenarioError error, IEnumerable<string> keys)
    {
        if (error.Path.Length == 0)
            return error;
        var key = keys.Where(key => Holds(key, error.Path)).MaxBy(key => key.Length);
        return key is null ? error : error with { File = $"--set {Wording.Clean(key)}", Line = 0, Column = 0 };
    }

    // What is told of a variant as a whole is said of the file or policy that it runs.
    private static bool Holds(string key, string path) =>
        path.StartsWith(key, StringComparison.Ordinal) && (path.Length == key.Length || path[key.Length] is '.' or '[')
        || key.StartsWith(path + ".", StringComparison.Ordinal)
            && path.StartsWith("variants.", StringComparison.Ordinal)
            && VariantReader.Sources.Contains(key[(path.Length + 1)..]);
}
