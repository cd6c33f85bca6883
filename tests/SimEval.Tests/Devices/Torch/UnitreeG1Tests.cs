using System.Globalization;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Torch;
using Xunit;

namespace SimEval.Tests.Devices.Torch;

/// <summary>A recurrent TorchScript policy that nobody on this project made, which keeps its state in buffers of its module.</summary>
public class UnitreeG1Tests
{
    private const int Observed = 47;
    private const int Acted = 12;

    [TorchFact(sharedData: true)]
    public void The_first_actions_from_zero_observations_are_the_published_ones()
    {
        using var session = Bound().CreateSession(2);
        (float, float)[] expected = [(-0.1412843f, 0.3179260f), (-0.2964866f, -0.2269285f), (-0.4009146f, -0.3613039f)];
        foreach (var (first, second) in expected)
        {
            Assert.Equal(0, session.Run([1]));
            Assert.Equal(first, session.Output(1)[0], 1e-5f);
            Assert.Equal(second, session.Output(1)[1], 1e-5f);
        }
    }

    [TorchFact(sharedData: true)]
    public void Rollouts_that_share_the_module_each_give_the_recorded_actions()
    {
        var bound = Bound();
        using var session = bound.CreateSession(3);
        var rows = Recording();
        // Three rollouts of one module, each a few frames behind the one before.
        var lags = new[] { 0, 3, 10 };
        for (var frame = 0; frame < 400; frame++)
        {
            var ready = Enumerable.Range(0, 3).Where(slot => frame >= lags[slot]).ToArray();
            foreach (var slot in ready)
                rows[frame - lags[slot]].AsSpan(..Observed).CopyTo(session.Input(0, slot));
            Assert.Equal(0, session.Run(ready));
            foreach (var slot in ready)
                AssertClose(rows[frame - lags[slot]].AsSpan(Observed), session.Output(slot), frame);
        }
    }

    [TorchFact(sharedData: true)]
    public void A_state_that_is_saved_goes_on_in_another_session_with_the_same_bits()
    {
        var bound = Bound();
        Assert.Equal(2 * 64 * sizeof(float), bound.StateBytes);
        Assert.Equal([1], bound.Probe.BatchSizes);
        Assert.Contains("state inside the module", bound.Probe.Finding, StringComparison.Ordinal);
        var rows = Recording();
        using var first = bound.CreateSession(1);
        using var second = bound.CreateSession(2);
        var state = new byte[bound.StateBytes];
        for (var frame = 0; frame < 50; frame++)
        {
            if (frame == 20)
            {
                first.SaveState(0, state);
                second.RestoreState(1, state);
            }

            rows[frame].AsSpan(..Observed).CopyTo(first.Input(0, 0));
            rows[frame].AsSpan(..Observed).CopyTo(second.Input(0, 1));
            first.Run([0]);
            second.Run([1]);
            if (frame >= 20)
                Assert.True(first.Output(0).SequenceEqual(second.Output(1)));
        }

        first.Reset(0);
        Assert.Equal(0, first.Run([0]));
        Assert.Equal(-0.1412843f, first.Output(0)[0], 1e-5f);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> given, int frame)
    {
        for (var i = 0; i < Acted; i++)
            Assert.True(
                MathF.Abs(expected[i] - given[i]) < 2e-4f,
                $"frame {frame}, action {i}: {given[i]}, recorded {expected[i]}"
            );
    }

    private static float[][] Recording() =>
        [
            .. File.ReadLines(SharedData.PathOf("robots/unitree_g1/g1_default_20s_io.csv"))
                .Select(line =>
                    line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()
                ),
        ];

    private static IBoundModel Bound()
    {
        using var model = new TorchDevice().Load(SharedData.Read("robots/unitree_g1/motion.pt"), new ModelOptions());
        var errors = new List<BindingError>();
        var binding = ModelBinder.Bind(
            model.Signature,
            new BindingRequest
            {
                Observation = [new TensorSpec("observation", [Observed], "")],
                Action = new TensorSpec("action", [Acted], ""),
            },
            errors
        );
        Assert.Empty(errors);
        return model.Bind(binding!, 16);
    }
}
