using System.Globalization;

namespace SimEval.Devices.Conformance;

/// <summary>
/// One ONNX backend test: a folder with `model.onnx` and `test_data_set_*` folders, each with `input_*.pb` and `output_*.pb`
/// (one TensorProto each, numbered in the order of the model's inputs and outputs).
/// </summary>
/// <param name="Name">The folder's path below the folder that was searched.</param>
/// <param name="ModelPath">The model.</param>
/// <param name="DataSets">Folders of its data sets; never empty.</param>
public sealed record BackendTest(string Name, string ModelPath, IReadOnlyList<string> DataSets)
{
    private const string ModelName = "model.onnx";

    /// <summary>
    /// All tests below a folder, by name in ordinal order. Throws <see cref="UnauthorizedAccessException"/> or
    /// <see cref="IOException"/> where a folder cannot be read: a test that is passed over is not a test that passed.
    /// </summary>
    public static IReadOnlyList<BackendTest> Find(string folder)
    {
        var tests = new List<BackendTest>();
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MatchCasing = MatchCasing.CaseSensitive,
            IgnoreInaccessible = false,
        };
        foreach (var model in Directory.EnumerateFiles(folder, ModelName, options))
        {
            var place = Path.GetDirectoryName(model)!;
            var sets = Directory
                .GetDirectories(place, "test_data_set_*")
                .Order(StringComparer.Ordinal)
                .Where(set => FilesOf(set, "output").Count > 0)
                .ToList();
            if (sets.Count > 0)
                tests.Add(new BackendTest(NameOf(folder, place), model, sets));
        }

        return [.. tests.OrderBy(test => test.Name, StringComparer.Ordinal)];
    }

    /// <summary>The files of one kind in a data set, by number; those without a number last, by name.</summary>
    /// <param name="dataSet">The folder.</param>
    /// <param name="kind">"input" or "output".</param>
    public static IReadOnlyList<string> FilesOf(string dataSet, string kind) =>
        [
            .. Directory
                .GetFiles(dataSet, $"{kind}_*.pb")
                .OrderBy(path => NumberOf(path, kind) ?? int.MaxValue)
                .ThenBy(path => path, StringComparer.Ordinal),
        ];

    /// <summary>The number in "input_12.pb"; null where there is none.</summary>
    public static int? NumberOf(string path, string kind) =>
        int.TryParse(
            Path.GetFileNameWithoutExtension(path)[(kind.Length + 1)..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    private static string NameOf(string folder, string place)
    {
        var relative = Path.GetRelativePath(folder, place);
        return relative == "." ? Path.GetFileName(Path.GetFullPath(place)) : relative;
    }
}
