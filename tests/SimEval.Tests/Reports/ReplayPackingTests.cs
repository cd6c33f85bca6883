using FsCheck;
using FsCheck.Fluent;
using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Reports.Build;
using SimEval.Reports.Data;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;
using Xunit;

namespace SimEval.Tests.Reports;

/// <summary>Motion that was packed for the page reads back to the centimetre.</summary>
public sealed class ReplayPackingTests
{
    [Fact]
    public void Any_motion_reads_back_to_half_a_centimetre()
    {
        var positions = Gen.Choose(-40_000_000, 40_000_000).Select(v => v / 317.0);
        var columns = Gen.ArrayOf(Gen.Zip(positions, positions)).Where(a => a.Length > 0);

        Prop.ForAll(Arb.From(columns), Holds).QuickCheckThrowOnFailure();

        static bool Holds((double X, double Y)[] path)
        {
            var frames = path.Select(p =>
                    (IReadOnlyList<SceneActor>)
                        [new SceneActor(0, SceneActorKind.Ego, p.X, p.Y, p.X / 1e5, 4.5, 1.9, p.Y / 1e4)]
                )
                .ToArray();
            var clip = Pack(new Scene(0.1, [], frames, []));
            var motion = Unpack(clip).Single();
            return path.Select(
                    (p, i) =>
                        Math.Abs(p.X - motion.X[i]) <= 0.00501
                        && Math.Abs(p.Y - motion.Y[i]) <= 0.00501
                        && Math.Abs((p.X / 1e5) - motion.Heading[i]) <= 0.000501
                        && Math.Abs((p.Y / 1e4) - motion.Speed[i]) <= 0.00501
                )
                .All(ok => ok);
        }
    }

    [Fact]
    public void An_actor_that_leaves_and_returns_is_two_tracks()
    {
        SceneActor At(double x) => new(7, SceneActorKind.Car, x, 0, 0, 4, 2, 1);
        var clip = Pack(
            new Scene(
                0.1,
                [],
                [
                    [At(0)],
                    [At(1)],
                    [],
                    [At(3)],
                ],
                []
            )
        );

        Assert.Equal([(0, 2), (3, 1)], clip.Tracks.Select(t => (t.First, t.Count)));
    }

    [Fact]
    public void Steady_motion_costs_about_a_byte_a_number()
    {
        var frames = Enumerable
            .Range(0, 500)
            .Select(i =>
                (IReadOnlyList<SceneActor>)[new SceneActor(1, SceneActorKind.Car, i * 2.53, 3.5, 0, 4, 2, 25.3)]
            )
            .ToArray();

        var clip = Pack(new Scene(0.1, [], frames, []));

        Assert.InRange(Convert.FromBase64String(clip.Motion).Length, 2_000, 2_040);
    }

    [Fact]
    public void A_backdrop_reads_back_to_the_centimetre_and_is_carried_once()
    {
        var data = ReportBuilder.Build(SampleRun.Input(seeds: 2));

        var edge = Assert.Single(data.Replays.Backdrops)[1];

        Assert.Equal("roadEdge", edge.Stroke);
        Assert.Equal([-10_000, -525, 60_000, 0], edge.Points);
    }

    private static ReportClip Pack(Scene scene)
    {
        var sample = SampleRun.Input(seeds: 1, withReplays: false, withGates: false, swept: false);
        var result = sample.Results.Counted().First(r => r.Key.Variant == "int8");
        var page = ReplayPageBuilder.Build(
            new ReplayInput
            {
                Run = "run-1",
                Scenario = sample.Scenario,
                Plan = sample.Results.Plan,
                Rollouts = [new ReplayedRollout(result, scene)],
                Frames = scene.Frames.Count - 1,
                Matched = scene.Frames.Count - 1,
            }
        );
        return Assert.Single(page.Replays.Clips);
    }

    private static IEnumerable<(double[] X, double[] Y, double[] Heading, double[] Speed)> Unpack(ReportClip clip)
    {
        var bytes = Convert.FromBase64String(clip.Motion);
        var at = 0;
        foreach (var track in clip.Tracks)
            yield return (
                Column(track.Count, 100),
                Column(track.Count, 100),
                Column(track.Count, 1000),
                Column(track.Count, 100)
            );

        double[] Column(int count, double unit)
        {
            var values = new double[count];
            long value = 0,
                step = 0;
            for (var i = 0; i < count; i++)
            {
                var next = Next();
                step = i == 0 ? 0 : step + next;
                value = i == 0 ? next : value + step;
                values[i] = value / unit;
            }

            return values;
        }

        long Next()
        {
            ulong value = 0;
            var shift = 0;
            byte current;
            do
            {
                current = bytes[at++];
                value |= (ulong)(current & 127) << shift;
                shift += 7;
            } while (current >= 128);
            return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }
}
