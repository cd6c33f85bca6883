using System.Globalization;
using SimEval.Models;

namespace SimEval.Devices.Torch;

/// <summary>What a TorchScript module tells of itself: it declares names, but no shapes.</summary>
internal static class ScriptSignature
{
    /// <summary>Reads the lines of simeval_script_signature.</summary>
    public static ModelSignature Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        List<string[]> Of(string word) => lines.FindAll(line => line[0] == word);
        var element = (ElementType)int.Parse(Of("element")[0][1], CultureInfo.InvariantCulture);
        return new ModelSignature(
            Of("in").ConvertAll(line => new ModelTensor(line[1], TypeOf(line[2], element), [])),
            Of("out").ConvertAll(line => new ModelTensor(line[1], element, []))
        )
        {
            OpenShapes = true,
            Extents = Of("size").ConvertAll(line => int.Parse(line[1], CultureInfo.InvariantCulture)),
        };
    }

    private static ElementType TypeOf(string kind, ElementType element) =>
        kind switch
        {
            "int" => ElementType.Int64,
            "float" => ElementType.Float64,
            "bool" => ElementType.Bool,
            _ => element,
        };
}
