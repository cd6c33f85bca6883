namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>
/// A CommonRoad scenario as written: metres, radians, m/s, and time as integer steps of <see cref="TimeStep"/> seconds.
/// Positions are in the file's own frame (often UTM). Lists keep the file's order.
/// </summary>
public sealed record CommonRoadFile
{
    /// <summary>"2018b" or "2020a".</summary>
    public required string Version { get; init; }

    /// <summary>As the file says, which is not always its file name; "" when it says nothing.</summary>
    public required string BenchmarkId { get; init; }

    /// <summary>Seconds a step, above 0.</summary>
    public required double TimeStep { get; init; }

    /// <summary>Who made it.</summary>
    public string Author { get; init; } = "";

    /// <summary>Where they work.</summary>
    public string Affiliation { get; init; } = "";

    /// <summary>Where the data is from.</summary>
    public string Source { get; init; } = "";

    /// <summary>Date as written.</summary>
    public string Date { get; init; } = "";

    /// <summary>Tags, in the file's order.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where on Earth, or null.</summary>
    public CommonRoadLocation? Location { get; init; }

    /// <summary>Lanelets, ids distinct.</summary>
    public required IReadOnlyList<CommonRoadLanelet> Lanelets { get; init; }

    /// <summary>Traffic signs.</summary>
    public required IReadOnlyList<CommonRoadSign> Signs { get; init; }

    /// <summary>Traffic lights.</summary>
    public required IReadOnlyList<CommonRoadLight> Lights { get; init; }

    /// <summary>Intersections.</summary>
    public required IReadOnlyList<CommonRoadIntersection> Intersections { get; init; }

    /// <summary>Obstacles of every role.</summary>
    public required IReadOnlyList<CommonRoadObstacle> Obstacles { get; init; }

    /// <summary>Planning problems, ids distinct; may be empty.</summary>
    public required IReadOnlyList<CommonRoadPlanningProblem> PlanningProblems { get; init; }

    /// <summary>
    /// What is odd but readable: references to lanelets that are cut off, ids used twice for different kinds, elements that
    /// this reader does not know. At most <see cref="CommonRoadReader.MaximumReports"/>.
    /// </summary>
    public required IReadOnlyList<ScenarioError> Notes { get; init; }
}

/// <summary>Where a scenario lies on Earth.</summary>
/// <param name="GeoNameId">Number in the GeoNames database; -999 where unknown.</param>
/// <param name="Latitude">Degrees; 999 where unknown.</param>
/// <param name="Longitude">Degrees; 999 where unknown.</param>
/// <param name="GeoReference">Projection as a proj string, or "".</param>
public sealed record CommonRoadLocation(long GeoNameId, double Latitude, double Longitude, string GeoReference);
