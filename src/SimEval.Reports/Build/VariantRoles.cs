using SimEval.Reports.Data;
using SimEval.Scenarios;

namespace SimEval.Reports.Build;

/// <summary>The part and the one colour that each variant has on the page.</summary>
internal static class VariantRoles
{
    private const string Grey = "#7a828e";

    // Okabe and Ito's palette without black and yellow, in the order in which two are told apart best.
    private static readonly string[] Palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];

    /// <summary>The baseline takes the first colour, a built-in reference grey, candidates the rest in declared order.</summary>
    public static IReadOnlyList<ReportVariant> Of(IReadOnlyList<Variant> variants, string? baseline)
    {
        var judged = variants.Any(v => v.Name != baseline && v.Kind != PolicyKind.BuiltIn);
        var next = baseline is not null && variants.Any(v => v.Name == baseline) ? 1 : 0;
        var result = new List<ReportVariant>();
        var greyTaken = false;
        foreach (var variant in variants)
        {
            var role =
                variant.Name == baseline ? "baseline"
                : variant.Kind == PolicyKind.BuiltIn && (judged || IsExpertAmong(variants, variant)) ? "reference"
                : "candidate";
            string colour;
            if (role == "baseline")
            {
                colour = Palette[0];
            }
            else if (role == "reference" && !greyTaken)
            {
                colour = Grey;
                greyTaken = true;
            }
            else
            {
                colour = Palette[next++ % Palette.Length];
            }

            result.Add(new ReportVariant(variant.Name, role, colour, Policy(variant)));
        }

        return result;
    }

    // Where only built-in policies drive, the others are judged beside the expert.
    private static bool IsExpertAmong(IReadOnlyList<Variant> variants, Variant variant) =>
        variant.Source == "expert" && variants.Count > 1;

    private static string Policy(Variant variant) =>
        variant.Kind switch
        {
            PolicyKind.BuiltIn => $"built-in policy {variant.Source}",
            PolicyKind.Recorded => $"recorded in {FileName(variant.Source)}",
            _ when variant.Command.Count > 0 => $"program {FileName(variant.Source)}",
            _ => $"model {FileName(variant.Source)} on {variant.Device}",
        };

    // Folders say where a file was, not what it is, and would not survive a move.
    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
