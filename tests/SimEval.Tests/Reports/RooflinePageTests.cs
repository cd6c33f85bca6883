using System.Globalization;
using System.Text.RegularExpressions;
using SimEval.Metrics.Rooflines;
using SimEval.Reports.Page;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Reports;

/// <summary>The page of a roofline.</summary>
public sealed class RooflinePageTests
{
    private const double Digit = 7;
    private const double Line = 11;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(12, 2)]
    [InlineData(40, 3)]
    [InlineData(200, 4)]
    public void No_number_covers_another_and_all_stand_inside(int layers, ulong seed)
    {
        var labels = Labels(RooflinePage.Render(Roofline(layers, seed), "model", [Other]));
        Assert.NotEmpty(labels);
        Assert.All(labels, label => Assert.True(label is { X: > 80 and < 920, Y: > 10 and < 460 }));
        for (var i = 0; i < labels.Count; i++)
        {
            for (var j = i + 1; j < labels.Count; j++)
            {
                var apart = Math.Abs(labels[i].X - labels[j].X) >= Digit * (labels[i].Length + labels[j].Length) / 2.0;
                Assert.True(apart || Math.Abs(labels[i].Y - labels[j].Y) >= Line, $"{labels[i]} covers {labels[j]}");
            }
        }
    }

    [Fact]
    public void Few_layers_all_have_their_numbers_and_a_row_each()
    {
        var page = RooflinePage.Render(Roofline(12, 7), "model", []);
        Assert.Equal(12, Labels(page).Count);
        Assert.Equal(12, Regex.Count(page, "<tr><td>[0-9]+</td>"));
    }

    [Fact]
    public void The_roofs_of_other_boards_stand_behind_and_names_are_text()
    {
        var page = RooflinePage.Render(Roofline(3, 7), "<model>", [Other with { Device = "<board>" }]);
        Assert.Contains("class=\"other-roof\"", page, StringComparison.Ordinal);
        Assert.Contains("&lt;board&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<model>", page, StringComparison.Ordinal);
        Assert.Contains("color-scheme: light dark", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_multiplies_nothing_has_its_roof_all_the_same()
    {
        var idle = new Roofline("asic/g1", 1, 256e9, 1.6e9, [new("a", "Relu", 0, 64, 1e-6, RooflineBound.Vector)]);
        Assert.Contains("class=\"roof\"", RooflinePage.Render(idle, "model", []), StringComparison.Ordinal);
    }

    [Fact]
    public void What_moves_no_byte_is_on_the_chip()
    {
        var layer = new RooflineLayer("a", "asic.MatMul", 4096, 0, 1e-6, RooflineBound.Compute);
        var page = RooflinePage.Render(new Roofline("asic/g1", 1, 256e9, 1.6e9, [layer]), "model", []);
        Assert.Contains("<td>on chip</td>", page, StringComparison.Ordinal);
    }

    private static Roofline Other { get; } = new("asic/g9", 1, 6e12, 25e9, []);

    // Layers close to each other, as a network of equal blocks has them; every third all on the chip.
    private static Roofline Roofline(int layers, ulong seed)
    {
        var random = new Philox(seed);
        return new Roofline(
            "asic/g1",
            1,
            256e9,
            1.6e9,
            [
                .. Enumerable
                    .Range(0, layers)
                    .Select(i => new RooflineLayer(
                        $"layer{i}",
                        "MatMul",
                        1_000_000 + (long)random.Below(3, 0, (ulong)i) * 1000,
                        i % 3 == 0 ? 0 : 20_000 + (long)random.Below(5, 1, (ulong)i) * 1000,
                        1e-5 * (1 + random.Below(4, 2, (ulong)i)),
                        RooflineBound.Compute
                    )),
            ]
        );
    }

    private static List<(double X, double Y, int Length)> Labels(string page) =>
        [
            .. Regex
                .Matches(page, "<text x=\"([0-9.]+)\" y=\"([0-9.]+)\" text-anchor=\"middle\">([0-9]+)</text></g>")
                .Select(match => (Number(match, 1), Number(match, 2), match.Groups[3].Length)),
        ];

    private static double Number(Match match, int group) =>
        double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
}
