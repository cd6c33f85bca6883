using System.Globalization;
using SimEval.Models;

namespace SimEval.Devices.Torch;

/// <summary>What a TorchScript module tells of itself. It declares names, but no shapes.</summary>
/// <param name="Model">Inputs and outputs, without sizes.</param>
/// <param name="Extents">Distinct extents of its weights, ascending: a recurrent state's width is among them.</param>
internal sealed record ScriptSignature(ModelSignature Model, IReadOnlyList<int> Extents)
{
    /// <summary>Reads the lines of simeval_script_signature.</summary>
    public static ScriptSignature Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        List<string[]> Of(string word) => lines.FindAll(line => line[0] == word);
        var element = (ElementType)int.Parse(Of("element")[0][1], CultureInfo.InvariantCulture);
        return new ScriptSignature(
            new ModelSignature(
                Of("in").ConvertAll(line => new ModelTensor(line[1], TypeOf(line[2], element), [])),
                Of("out").ConvertAll(line => new ModelTensor(line[1], element, []))
            )
            {
                OpenShapes = true,
            },
            Of("size").ConvertAll(line => int.Parse(line[1], CultureInfo.InvariantCulture))
        );
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
