using System.Globalization;

namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>Reads CommonRoad solution XML.</summary>
public static class CommonRoadSolutionReader
{
    /// <summary>Most states or inputs of one planning problem.</summary>
    public const int MaximumRows = 100_000;

    private static readonly string[] KsFields = ["x", "y", "steeringAngle", "velocity", "orientation"];
    private static readonly string[] PmFields = ["x", "y", "xVelocity", "yVelocity"];
    private static readonly string[] InputFields = ["steeringAngleSpeed", "acceleration"];
    private static readonly string[] PmInputFields = ["xAcceleration", "yAcceleration"];

    /// <summary>The solution, or null with every error reported: line, column, XML path, what was wrong. Never throws on content.</summary>
    public static CommonRoadSolution? Read(byte[] bytes, string fileName, ICollection<ScenarioError> errors)
    {
        var report = new XmlReport(fileName, errors);
        var values = new XmlValues(report);
        string benchmark = "";
        string[] parts = [];
        XmlTree? top = null;
        var trajectories =
            new List<(long Problem, CommonRoadSolutionKind Kind, string Element, List<CommonRoadSolutionRow> Rows)>();
        bool isWhole = XmlScan.Read(
            bytes,
            report,
            root =>
            {
                top = root;
                if (root.Name != "CommonRoadSolution")
                {
                    string found = XmlTree.Shorten(root.Name);
                    report.Error(root, $"the root is <{found}>", "A solution starts with <CommonRoadSolution>");
                    return false;
                }
                benchmark = root.Attribute("benchmark_id") ?? "";
                parts = benchmark.Split(':');
                if (parts.Length == 4)
                    return true;
                report.Error(
                    root,
                    $"benchmark_id '{XmlTree.Shorten(benchmark)}' has not four parts",
                    "It is MODEL:COST:SCENARIO:VERSION, as in KS2:SM1:DEU_Lohmar-32_1_T-1:2020a"
                );
                return false;
            },
            at => trajectories.Add((Problem(at, report), KindOf(at.Name), at.Name, Rows(at, values)))
        );
        if (!isWhole || report.ErrorCount > 0)
            return null;
        if (trajectories.Count == 0)
            report.Error(top!, "there is no trajectory in the solution");
        List<(string Model, int Number)> vehicles = [.. Items(parts[0]).Select(Vehicle)];
        List<string> costs = [.. Items(parts[1])];
        if (vehicles.Count != 1 && vehicles.Count != trajectories.Count)
            report.Error(top!, $"benchmark_id names {vehicles.Count} vehicles for {trajectories.Count} trajectories");
        if (report.ErrorCount > 0)
            return null;
        var problems = new List<CommonRoadProblemSolution>();
        for (int i = 0; i < trajectories.Count; i++)
        {
            (string model, int number) = vehicles[vehicles.Count == 1 ? 0 : i];
            string cost = costs.Count == trajectories.Count ? costs[i] : costs.FirstOrDefault("");
            (long problem, CommonRoadSolutionKind kind, string element, List<CommonRoadSolutionRow> rows) =
                trajectories[i];
            problems.Add(new CommonRoadProblemSolution(problem, model, number, cost, kind, element, rows));
        }
        return new CommonRoadSolution(benchmark, parts[2], parts[3], problems);
    }

    private static CommonRoadSolutionKind KindOf(string element) =>
        element switch
        {
            "ksTrajectory" => CommonRoadSolutionKind.KsTrajectory,
            "pmTrajectory" => CommonRoadSolutionKind.PmTrajectory,
            "inputVector" => CommonRoadSolutionKind.InputVector,
            "pmInputVector" => CommonRoadSolutionKind.PmInputVector,
            _ => CommonRoadSolutionKind.Other,
        };

    private static string[] FieldsOf(CommonRoadSolutionKind kind) =>
        kind switch
        {
            CommonRoadSolutionKind.KsTrajectory => KsFields,
            CommonRoadSolutionKind.PmTrajectory => PmFields,
            CommonRoadSolutionKind.InputVector => InputFields,
            CommonRoadSolutionKind.PmInputVector => PmInputFields,
            _ => [],
        };

    private static long Problem(XmlTree at, XmlReport report)
    {
        string text = at.Attribute("planningProblem") ?? "";
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long id))
            return id;
        report.Error(at, $"planningProblem is a whole number, not '{XmlTree.Shorten(text)}'");
        return 0;
    }

    private static List<CommonRoadSolutionRow> Rows(XmlTree at, XmlValues values)
    {
        var rows = new List<CommonRoadSolutionRow>();
        CommonRoadSolutionKind kind = KindOf(at.Name);
        if (kind == CommonRoadSolutionKind.Other)
            return rows;
        string[] fields = FieldsOf(kind);
        if (at.Children.Count is 0 or > MaximumRows)
        {
            values.Report.Error(at, $"<{at.Name}> has 1 to {MaximumRows} rows, not {at.Children.Count}");
            return rows;
        }
        foreach (XmlTree row in at.Children)
        {
            var numbers = new double[fields.Length];
            for (int i = 0; i < fields.Length; i++)
                numbers[i] = values.Number(row, fields[i]);
            int time = values.Required(row, "time") is { } step ? values.Step(step) : 0;
            rows.Add(new CommonRoadSolutionRow(time, numbers));
        }
        return rows;
    }

    /// <summary>"KS2" is one, "[KS2,PM1]" are two.</summary>
    private static IEnumerable<string> Items(string list) =>
        list.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>"KS2" is model KS with vehicle 2.</summary>
    private static (string Model, int Number) Vehicle(string id)
    {
        string model = id.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return int.TryParse(id.AsSpan(model.Length), CultureInfo.InvariantCulture, out int number)
            ? (model, number)
            : (id, 0);
    }
}
