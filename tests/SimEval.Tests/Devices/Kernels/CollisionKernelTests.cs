using FsCheck;
using FsCheck.Fluent;
using SimEval.Devices.Kernels;
using SimEval.Scenarios.Numerics;
using SimEval.Worlds.Driving.Metrics;
using Xunit;

namespace SimEval.Tests.Devices.Kernels;

/// <summary>
/// The kernels against the managed code, on every device that is here: PoCL in the test command, a GPU's driver where there
/// is one. Equal means equal: the arithmetic is the same, and the findings are whole numbers.
/// </summary>
public sealed class CollisionKernelTests
{
    private const int Rollouts = 100;
    private const int MostAgents = 12;

    [OpenClFact]
    public void OpenCL_finds_what_the_managed_code_finds()
    {
        using var kernel = OpenClCollisions.Open();
        FindsWhatTheManagedCodeFinds(kernel);
    }

    [CudaFact]
    public void Cuda_finds_what_the_managed_code_finds()
    {
        using var kernel = CudaCollisions.Open();
        FindsWhatTheManagedCodeFinds(kernel);
    }

    [OpenClFact]
    public void A_batch_of_another_size_takes_the_place_of_the_last()
    {
        using var kernel = OpenClCollisions.Open();
        foreach (var rollouts in (int[])[1, 65, 3])
        {
            var scenes = Enumerable.Range(0, rollouts).Select(Approach).ToList();
            Assert.Equal(scenes.Select(Managed), FoundBy(kernel, scenes, 2));
            Assert.True(kernel.Copy() >= 2L * 7 * 2 * rollouts * sizeof(double));
        }
    }

    private static (MovingBox Ego, MovingBox[] Agents) Approach(int metres) =>
        (Box(0, 0, 0, 10), [Box(500, 500, 0, 0), Box(6 + metres, 0, 0, 0)]);

    private static MovingBox Box(double x, double y, double heading, double speed) =>
        new(x, y, PureMath.Cos(heading), PureMath.Sin(heading), speed, 2, 1);

    private static void FindsWhatTheManagedCodeFinds(ICollisionKernel kernel)
    {
        var (touching, later) = (0, 0);
        Prop.ForAll(
                ArbMap.Default.ArbFor<ulong>(),
                seed =>
                {
                    var scenes = Enumerable.Range(0, Rollouts).Select(rollout => Scene(seed, rollout)).ToList();
                    var found = FoundBy(kernel, scenes, MostAgents);
                    Assert.Equal(scenes.Select(Managed), found);
                    touching += found.Sum(f => f.Item1);
                    later += found.Count(f => f.Item3 > 0);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
        Assert.True(touching > 1000 && later > 1000, $"{touching} touching, {later} later: the scenes are too empty");
    }

    private static List<(int, int, int, int)> FoundBy(
        ICollisionKernel kernel,
        List<(MovingBox Ego, MovingBox[] Agents)> scenes,
        int mostAgents
    )
    {
        var batch = new CollisionBatch(scenes.Count, mostAgents);
        for (var rollout = 0; rollout < scenes.Count; rollout++)
            batch.Set(rollout, scenes[rollout].Ego, scenes[rollout].Agents);
        var findings = new CollisionFindings(scenes.Count);
        kernel.Load(batch);
        kernel.Run();
        kernel.Read(findings);
        return
        [
            .. Enumerable
                .Range(0, scenes.Count)
                .Select(i => (findings.Touching(i), findings.FirstTouching(i), findings.Step(i), findings.Nearest(i))),
        ];
    }

    /// <summary>Boxes close together, at rest or moving, some of them aligned as in lanes and exactly side by side.</summary>
    private static (MovingBox Ego, MovingBox[] Agents) Scene(ulong seed, int rollout)
    {
        var random = Philox.ForStream(seed, new SimEval.Scenarios.PointKey(1), rollout, "scene");
        var draws = 0UL;
        double Draw(double least, double most) => least + ((most - least) * random.Uniform(draws++));
        MovingBox Any(double place)
        {
            var heading = Draw(0, 1) < 0.3 ? 0 : Draw(-4, 4);
            var speed = Draw(0, 1) < 0.2 ? 0 : Draw(-5, 30);
            return new MovingBox(
                Draw(-place, place),
                Draw(0, 1) < 0.3 ? 2 : Draw(-place, place),
                PureMath.Cos(heading),
                PureMath.Sin(heading),
                speed,
                Draw(0, 1) < 0.3 ? 2 : Draw(0.2, 8),
                Draw(0, 1) < 0.3 ? 1 : Draw(0.2, 1.5)
            );
        }

        var ego = Any(2);
        return (ego, [.. Enumerable.Range(0, (int)Draw(0, MostAgents + 0.99)).Select(_ => Any(60))]);
    }

    private static (int, int, int, int) Managed((MovingBox Ego, MovingBox[] Agents) scene)
    {
        var (ego, agents) = scene;
        var sample = Ego(ego);
        var (touching, first, step, nearest) = (0, -1, TimeToCollision.Steps + 1, -1);
        for (var i = 0; i < agents.Length; i++)
        {
            var agent = Agent(i, agents[i]);
            if (
                BoxOverlap.Touches(
                    agent.X - ego.X,
                    agent.Y - ego.Y,
                    ego.Cos,
                    ego.Sin,
                    ego.HalfLength,
                    ego.HalfWidth,
                    agent.Cos,
                    agent.Sin,
                    agent.HalfLength,
                    agent.HalfWidth
                )
            )
                (first, touching) = (touching == 0 ? i : first, touching + 1);
            var sooner =
                step > 1 ? TimeToCollision.FirstStep(sample, ego.HalfLength, ego.HalfWidth, agent, step - 1) : 0;
            if (sooner > 0)
                (step, nearest) = (sooner, i);
        }

        return (touching, first, nearest < 0 ? 0 : step, nearest);
    }

    private static AgentSample Agent(int id, in MovingBox box) =>
        new(id, AgentClass.Vehicle, box.X, box.Y, box.Cos, box.Sin, box.Speed, box.HalfLength, box.HalfWidth);

    private static EgoSample Ego(in MovingBox box) =>
        new()
        {
            X = box.X,
            Y = box.Y,
            Heading = 0,
            Cos = box.Cos,
            Sin = box.Sin,
            Speed = box.Speed,
            Acceleration = 0,
            LateralAcceleration = 0,
            Lane = -1,
            LaneArc = 0,
            SpeedLimit = double.NaN,
            OffRoadDistance = 0,
            InOneLane = false,
            InIntersection = false,
            RouteArc = double.NaN,
            AtGoal = false,
        };
}

/// <summary>A fact that needs an OpenCL device with double precision.</summary>
internal sealed class OpenClFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Absence = new(() => KernelDevices.WhyNot(OpenClCollisions.Open));

    public OpenClFactAttribute() => Skip = Absence.Value;
}

/// <summary>A fact that needs a CUDA device.</summary>
internal sealed class CudaFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Absence = new(() => KernelDevices.WhyNot(CudaCollisions.Open));

    public CudaFactAttribute() => Skip = Absence.Value;
}

internal static class KernelDevices
{
    /// <summary>Why a device can't be opened; null when it can.</summary>
    public static string? WhyNot(Func<ICollisionKernel> open)
    {
        try
        {
            open().Dispose();
            return null;
        }
        catch (KernelException absent)
        {
            return absent.Message;
        }
    }
}
