using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>What a compressed model's file says of its making, in its metadata.</summary>
public static class Lineage
{
    /// <summary>SHA-256 of the file that it was made from.</summary>
    public const string Parent = "simeval.parent";

    /// <summary>SHA-256 of the inputs that it was calibrated with.</summary>
    public const string Calibration = "simeval.calibration";

    /// <summary>How it was made, in words.</summary>
    public const string Recipe = "simeval.recipe";

    /// <summary>The model with its lineage; what its own parent said of itself under the same names is replaced.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parent">SHA-256 of its parent.</param>
    /// <param name="recipe">How it was made.</param>
    /// <param name="calibration">SHA-256 of what it was calibrated with; null: with nothing.</param>
    public static OnnxModel Stamp(OnnxModel model, string parent, string recipe, string? calibration = null)
    {
        var metadata = model.Metadata.SetItem(Parent, parent).SetItem(Recipe, recipe);
        return model with
        {
            Metadata = calibration is null ? metadata.Remove(Calibration) : metadata.SetItem(Calibration, calibration),
        };
    }
}
