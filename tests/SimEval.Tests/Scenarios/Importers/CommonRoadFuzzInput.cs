using System.Text;
using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Solutions;

namespace SimEval.Tests.Scenarios.Importers;

/// <summary>
/// Takes a damaged file all the way: read, converted, asked, solved. What is wrong with it must come out as errors with a
/// place; what is accepted must be usable. Throws when that does not hold.
/// </summary>
internal static class CommonRoadFuzzInput
{
    public static void Feed(string text)
    {
        // Characters beyond ASCII as single bytes are not UTF-8: half of what goes wrong with encodings.
        bool isLatin = text.Length % 2 == 0;
        byte[] bytes = isLatin ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
        var errors = new List<ScenarioError>();
        CommonRoadFile? file = CommonRoadReader.Read(bytes, "fuzz.xml", errors);
        Demand(file is null == errors.Count > 0, "neither a file nor an error");
        CheckMessages(errors);
        errors.Clear();
        CommonRoadSolution? solution = CommonRoadSolutionReader.Read(bytes, "fuzz.xml", errors);
        Demand(solution is null == errors.Count > 0, "neither a solution nor an error");
        CheckMessages(errors);
        if (file is not null)
        {
            CheckMessages(file.Notes);
            Use(CommonRoadConverter.Convert(file));
        }
        if (solution is not null)
            SolutionChecker.Check(solution, Sample);
    }

    private static RecordedScenario Sample { get; } =
        CommonRoadConverter.Convert(
            CommonRoadReader.Read(Encoding.UTF8.GetBytes(CommonRoadSamples.Scenario2020), "a.xml", [])!
        );

    private static CommonRoadSolution SampleSolution { get; } =
        CommonRoadSolutionReader.Read(Encoding.UTF8.GetBytes(CommonRoadSamples.Solution), "a.xml", [])!;

    private static void Use(RecordedScenario scenario)
    {
        RoadNetwork network = scenario.Network;
        Span<int> found = stackalloc int[8];
        foreach (PlanningTask task in scenario.Tasks)
        {
            network.LanesAt(task.Start.X, task.Start.Y, found);
            network.IsDrivable(OrientedBox.At(task.Start.X, task.Start.Y, task.Start.Heading, 4, 2));
            task.Goal.IsReached(task.Start.X, task.Start.Y, task.Start.Heading, task.Speed, task.FirstStep);
            Demand(task.Route is null || task.Route.Reference.Length > 0, "a route without length");
            if (network.Lanes.Any(lane => lane.IsRoutable))
                Demand(task.Route is not null, "no route on a network that has lanes");
        }
        foreach (RecordedObstacle obstacle in scenario.Obstacles)
        {
            for (int step = 0; step < 10; step++)
            {
                if (obstacle.TryBox(step, out OrientedBox box))
                    Demand(double.IsFinite(box.X + box.Y + box.HalfLength + box.HalfWidth), "a box that is not finite");
                obstacle.Overlaps(OrientedBox.At(0, 0, 1, 4, 2), step);
            }
        }
        foreach (TrafficLight light in network.Lights)
            light.StateAt(-7);
        SolutionChecker.Check(SampleSolution, scenario);
    }

    private static void CheckMessages(IReadOnlyList<ScenarioError> errors)
    {
        Demand(errors.Count <= CommonRoadReader.MaximumReports + 1, "more errors than the limit");
        foreach (ScenarioError error in errors)
        {
            Demand(error.Line >= 1 && error.Column >= 1, $"an error without a place: {error}");
            Demand(!error.ToString().Any(char.IsControl), $"a control character in a message at {error.Line}");
        }
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
