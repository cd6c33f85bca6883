using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;
using SimEval.Scenarios.Replays;

namespace SimEval.Tests.Reports;

/// <summary>The replay of an invented rollout: three lanes, a car that cuts in, traffic, and an ego that brakes in time or not.</summary>
internal static class SampleScene
{
    private const double Step = 0.1,
        Lane = 3.5;

    public static Scene Of(Point point, RolloutKey key, bool crashes)
    {
        var random = new Philox(Hash64.Of(7, point.Key.Value, (ulong)key.Seed));
        var gap = point.Assignment.Where(a => a.Key == "gap").Select(a => a.Value.Number).DefaultIfEmpty(12).First();
        var speed = point
            .Assignment.Where(a => a.Key == "speed")
            .Select(a => a.Value.Number)
            .DefaultIfEmpty(29)
            .First();
        var frames = new List<IReadOnlyList<SceneActor>>();
        var events = new List<SceneEvent>();
        double x = 0,
            v = speed,
            cutX = gap + 5,
            cutV = Math.Max(12, speed - 7);
        var brakesAt = crashes ? 3.1 : 2.2;
        var others = Enumerable.Range(0, 7).Select(i => Other(random, i, speed)).ToArray();
        for (var frame = 0; frame <= 100; frame++)
        {
            var t = frame * Step;
            var side =
                t < 1.2 ? Lane
                : t < 3.2 ? Lane * (1 - Smooth((t - 1.2) / 2))
                : 0;
            var slope = t is > 1.2 and < 3.2 ? -0.1 : 0;
            var actors = new List<SceneActor>
            {
                new(0, SceneActorKind.Ego, x, 0, 0, 4.5, 1.9, v),
                new(1, SceneActorKind.Car, cutX, side, slope, 4.6, 1.85, cutV),
            };
            actors.AddRange(others.Select(o => o with { X = o.X + (o.Speed * t) }));
            frames.Add(actors);
            if (crashes && cutX - x < 4.55 && side < 1.8)
            {
                events.Add(new SceneEvent(t, "collision", "hits car 1 (at fault)", (x + cutX) / 2, 0));
                break;
            }

            var braking = t > brakesAt && v > cutV - 0.5 && cutX - x < 30 ? (crashes ? -2.4 : -6.2) : 0;
            if (braking < -4 && events.Count == 0)
                events.Add(new SceneEvent(t, "hardBraking", "brakes harder than 4 m/s\u00b2", x, 0));
            v = Math.Max(4, v + (braking * Step));
            x += v * Step;
            cutX += Math.Max(cutV, crashes || cutX - x > 6 ? cutV : v) * Step;
        }

        return new Scene(Step, Road, frames, events);
    }

    private static readonly ScenePath[] Road =
    [
        new(SceneStroke.RoadSurface, [-100, -5.25, 500, -5.25, 500, 5.25, -100, 5.25]),
        new(SceneStroke.RoadEdge, [-100, -5.25, 500, -5.25]),
        new(SceneStroke.RoadEdge, [-100, 5.25, 500, 5.25]),
        new(SceneStroke.LaneMarking, [-100, -1.75, 500, -1.75]),
        new(SceneStroke.LaneMarking, [-100, 1.75, 500, 1.75]),
    ];

    private static SceneActor Other(Philox random, int index, double speed)
    {
        var truck = index == 3;
        return new SceneActor(
            10 + index,
            truck ? SceneActorKind.Truck : SceneActorKind.Car,
            (index < 3 ? -26 : 42) + (index * 13) + (6 * random.Uniform((ulong)index)),
            index % 2 == 0 ? -Lane : Lane,
            0,
            truck ? 9.5 : 4.4,
            truck ? 2.5 : 1.8,
            speed - 1 - (4 * random.Uniform(50, (ulong)index))
        );
    }

    private static double Smooth(double share) => share * share * (3 - (2 * share));
}
