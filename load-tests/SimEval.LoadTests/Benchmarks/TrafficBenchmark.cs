using System.Diagnostics;
using SimEval.LoadTests.Ladder;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Traffic;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Vehicle updates a second of the driving world's traffic over those of SUMO, which reports them itself without its start-up:
/// 200 IDM vehicles with the same habits at the same places on the same three straight lanes, steps of 0.1 s, one thread.
/// The driving world computes every pose in every step; SUMO only where a consumer asks, and here none does.
/// </summary>
public sealed class TrafficBenchmark : IBenchmark
{
    internal const int Vehicles = 200,
        Lanes = 3;
    internal const double RoadLength = 50_000,
        StepLength = 0.1,
        Spacing = 40,
        StartSpeed = 25;
    private const int StepsPerStart = 8000;

    /// <inheritdoc/>
    public string Name => "traffic.overSumo";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        foreach (var changes in (bool[])[false, true])
        {
            using var sumo = new SumoProcess(changes);
            var ratio = PairedRatio.Measure(duration => Drive(duration, changes), sumo.Run, budget);
            yield return Measurement.OfRatio(
                $"{Name}.{(changes ? "laneChanges" : "following")}",
                ratio,
                10,
                "vehicle updates/s",
                $"{Vehicles} IDM vehicles, {Lanes} lanes, {StepLength} s, one thread; {sumo.Version}"
            );
        }
    }

    /// <summary>Speed that a vehicle wants, in m/s: mixed, so that there is something to follow and to pass.</summary>
    internal static double Wants(int vehicle) => 25 + (vehicle * 7 % 11);

    /// <summary>Where a vehicle starts, m along its lane.</summary>
    internal static double StartsAt(int vehicle) => 50 + (vehicle / Lanes * Spacing);

    private static double Drive(TimeSpan duration, bool changes)
    {
        var road = RoadBuilder.Build(
            new RoadDescription { Lanes = Lanes, Segments = [new RoadSegment(RoadLength, 0)] }
        );
        var graph = new LaneGraph(road.Network);
        var lanes = Enumerable.Range(0, Lanes).Select(i => road.Find($"main.{i}")!.Lanes[0]).ToArray();
        var updates = 0L;
        var watch = Stopwatch.StartNew();
        do
        {
            var flow = new TrafficFlow(graph, Vehicles, 0, Mobil.Default);
            for (var i = 0; i < Vehicles; i++)
            {
                flow.Add(
                    new Driver
                    {
                        Idm = new Idm(Wants(i), 1.2, 2, 1.5, 2),
                        Lane = lanes[i % Lanes],
                        Along = StartsAt(i),
                        Speed = StartSpeed,
                        ChangesLanes = changes,
                    }
                );
            }

            for (var step = 0; step < StepsPerStart && watch.Elapsed < duration; step += 100)
            {
                for (var k = 0; k < 100; k++)
                    flow.Step(StepLength, []);
                updates += 100L * Vehicles;
            }
        } while (watch.Elapsed < duration);
        return updates / watch.Elapsed.TotalSeconds;
    }
}
