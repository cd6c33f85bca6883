namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>What a solution gives for a planning problem.</summary>
public enum CommonRoadSolutionKind
{
    /// <summary>States x, y, steering angle, velocity, orientation.</summary>
    KsTrajectory,

    /// <summary>States x, y, velocity along x, velocity along y.</summary>
    PmTrajectory,

    /// <summary>Inputs steering rate, acceleration.</summary>
    InputVector,

    /// <summary>Inputs acceleration along x, acceleration along y.</summary>
    PmInputVector,

    /// <summary>States of a model that is not known here; their values are not read.</summary>
    Other,
}

/// <summary>A state or input at a step.</summary>
/// <param name="Time">Step.</param>
/// <param name="Values">In the order that <see cref="CommonRoadSolutionKind"/> names, SI units.</param>
public sealed record CommonRoadSolutionRow(int Time, IReadOnlyList<double> Values);

/// <summary>The solution of one planning problem.</summary>
/// <param name="PlanningProblem">Its id.</param>
/// <param name="Model">Vehicle model: "KS", "PM", "ST", "MB", ...</param>
/// <param name="Vehicle">Number of the vehicle parameter set.</param>
/// <param name="CostFunction">"SM1", "WX1", ...</param>
/// <param name="Kind">What the rows are.</param>
/// <param name="Element">Name of the element: "ksTrajectory", ...</param>
/// <param name="Rows">By ascending step, as written; empty for <see cref="CommonRoadSolutionKind.Other"/>.</param>
public sealed record CommonRoadProblemSolution(
    long PlanningProblem,
    string Model,
    int Vehicle,
    string CostFunction,
    CommonRoadSolutionKind Kind,
    string Element,
    IReadOnlyList<CommonRoadSolutionRow> Rows
);

/// <summary>A CommonRoad solution file.</summary>
/// <param name="BenchmarkId">"KS2:SM1:DEU_Lohmar-32_1_T-1:2020a"; cooperative ones list vehicles and costs in brackets.</param>
/// <param name="Scenario">The scenario's name: the third part of the benchmark id.</param>
/// <param name="Version">The format's version: the fourth part.</param>
/// <param name="Problems">At least one, in the file's order.</param>
public sealed record CommonRoadSolution(
    string BenchmarkId,
    string Scenario,
    string Version,
    IReadOnlyList<CommonRoadProblemSolution> Problems
)
{
    /// <summary>
    /// The file that holds the solution's scenario: by file name, since some files carry another scenario's benchmark id.
    /// Null when there is none.
    /// </summary>
    /// <param name="paths">Candidates; of several that fit, the first wins.</param>
    public string? FindScenario(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            string name = Path.GetFileName(path);
            if (name == Scenario + ".xml" || name == Scenario + ".cr.xml")
                return path;
        }
        return null;
    }
}
