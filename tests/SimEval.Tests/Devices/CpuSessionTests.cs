using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Models.Learning;
using SimEval.Models.Onnx;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Devices;

public class CpuSessionTests
{
    private static readonly Philox Draws = new(11);

    [Fact]
    public void A_network_runs_as_its_own_forward_says()
    {
        var network = new Mlp([7, 33, 2], Activation.Tanh, index => Draws.Normal((ulong)index));
        var normalisation = Normalisation.Of(Rows(70), 7, 0.01);
        var linear = LinearMap.Fit(Rows(70, 1), Rows(20, 2), 7, 2, 0.1);
        var bytes = MlpOnnx.Write(
            network,
            "planner",
            new MlpEnvelope(
                "observation",
                "action",
                normalisation,
                10,
                [2f, 3],
                linear,
                new Dictionary<string, string>()
            )
        );
        using var bench = new Bench(bytes, 7, 2, slots: 5);
        var row = Rows(7);
        row.CopyTo(bench.Session.Input(0, 3));
        Assert.Equal(0, bench.Session.Run([3]));
        var scaled = new float[7];
        normalisation.Apply(row, scaled);
        var expected = network.Forward(scaled, 1, new MlpWorkspace(network, 1));
        var straight = new float[2];
        linear.Apply(scaled, straight);
        Assert.Equal(expected[0] * 2 + straight[0], bench.Session.Output(3)[0], 1e-4f);
        Assert.Equal(expected[1] * 3 + straight[1], bench.Session.Output(3)[1], 1e-4f);
    }

    [Fact]
    public void A_slot_gives_the_same_bits_in_any_batch_order_and_place()
    {
        using var bench = new Bench(Network(12, 64, 3), 12, 3, slots: 40);
        Assert.True(bench.Bound.Probe.BatchInvariant, bench.Bound.Probe.Finding);
        for (var slot = 0; slot < 40; slot++)
            Rows(12, slot).CopyTo(bench.Session.Input(0, slot));
        var alone = new float[40][];
        for (var slot = 0; slot < 40; slot++)
        {
            bench.Session.Run([slot]);
            alone[slot] = bench.Session.Output(slot).ToArray();
        }

        bench.Session.Run(40);
        Assert.All(Enumerable.Range(0, 40), slot => Assert.Equal(alone[slot], bench.Session.Output(slot).ToArray()));
        bench.Session.Run(Enumerable.Range(0, 40).Reverse().ToArray());
        Assert.All(Enumerable.Range(0, 40), slot => Assert.Equal(alone[slot], bench.Session.Output(slot).ToArray()));
        bench.Session.Run([9, 2, 31, 17, 5]);
        Assert.All(Enumerable.Range(0, 40), slot => Assert.Equal(alone[slot], bench.Session.Output(slot).ToArray()));
    }

    [Fact]
    public void More_slots_than_the_batch_run_in_several_forwards()
    {
        using var bench = new Bench(Network(4, 8, 2), 4, 2, slots: 23, maximumBatch: 8);
        for (var slot = 0; slot < 23; slot++)
            Rows(4, slot).CopyTo(bench.Session.Input(0, slot));
        Assert.Equal(0, bench.Session.Run(23));
        var all = Enumerable.Range(0, 23).Select(slot => bench.Session.Output(slot).ToArray()).ToList();
        for (var slot = 0; slot < 23; slot++)
        {
            bench.Session.Run([slot]);
            Assert.Equal(all[slot], bench.Session.Output(slot).ToArray());
        }
    }

    [Fact]
    public void A_row_that_is_not_finite_fails_its_slot_and_no_other()
    {
        using var bench = new Bench(Network(4, 8, 2), 4, 2, slots: 6);
        for (var slot = 0; slot < 6; slot++)
            Rows(4, slot).CopyTo(bench.Session.Input(0, slot));
        bench.Session.Run(6);
        var good = bench.Session.Output(1).ToArray();
        bench.Session.Input(0, 4)[2] = float.NaN;
        Assert.Equal(1, bench.Session.Run(6));
        Assert.Contains("NaN", bench.Session.Fault(4), StringComparison.Ordinal);
        Assert.Null(bench.Session.Fault(1));
        Assert.Equal(good, bench.Session.Output(1).ToArray());
        bench.Session.Reset(4);
        Assert.Null(bench.Session.Fault(4));
        Assert.Equal(0, bench.Session.Run(6));
    }

    [Fact]
    public void A_row_that_makes_the_runtime_fail_fails_its_slot_and_no_other()
    {
        // Gather refuses an index out of range with an error for the whole batch.
        var bytes = new OnnxBuilder("lookup")
            .Input("index", ["batch"], 7)
            .Output("action", ["batch", "2"])
            .Constant("rows", [5, 2], [0f, 1, 2, 3, 4, 5, 6, 7, 8, 9])
            .Node("Gather", ["rows", "index"], ["action"])
            .ToBytes();
        using var bench = new Bench(bytes, 1, 2, slots: 4, input: "index", shape: []);
        for (var slot = 0; slot < 4; slot++)
            bench.Session.Input(0, slot)[0] = slot == 2 ? 50 : slot;
        Assert.Equal(1, bench.Session.Run(4));
        Assert.Contains("the model failed", bench.Session.Fault(2), StringComparison.Ordinal);
        Assert.Equal([6f, 7], bench.Session.Output(3).ToArray());
    }

    [Fact]
    public void Recurrent_state_stays_with_its_slot_until_reset()
    {
        using var bench = new Bench(Counter(), 1, 1, slots: 3, states: [new StateNames("h", "hNext")]);
        for (var slot = 0; slot < 3; slot++)
            bench.Session.Input(0, slot)[0] = slot + 1;
        bench.Session.Run(3);
        bench.Session.Run([2, 0]);
        bench.Session.Run([2]);
        Assert.Equal([2f, 2, 9], Enumerable.Range(0, 3).Select(slot => bench.Session.Output(slot)[0]));
        bench.Session.Reset(2);
        bench.Session.Input(0, 2)[0] = 5;
        bench.Session.Run(3);
        Assert.Equal([3f, 4, 5], Enumerable.Range(0, 3).Select(slot => bench.Session.Output(slot)[0]));
    }

    [Fact]
    public void A_saved_state_continues_in_another_slot()
    {
        using var bench = new Bench(Counter(), 1, 1, slots: 2, states: [new StateNames("h", "hNext")]);
        bench.Session.Input(0, 0)[0] = 4;
        bench.Session.Input(0, 1)[0] = 4;
        bench.Session.Run([0]);
        bench.Session.Run([0]);
        var state = new byte[bench.Bound.StateBytes];
        bench.Session.SaveState(0, state);
        bench.Session.RestoreState(1, state);
        bench.Session.Run([1]);
        Assert.Equal(12f, bench.Session.Output(1)[0]);
    }

    [Fact]
    public void A_state_whose_batch_axis_is_not_the_first_is_gathered_by_slot()
    {
        // h is (2, batch, 3); each run adds the input to all of it, and the action is one of its elements.
        var bytes = new OnnxBuilder("stacked")
            .Input("observation", ["batch", "3"])
            .Input("h", ["2", "batch", "3"])
            .Output("action", ["batch", "3"])
            .Output("hNext", ["2", "batch", "3"])
            .Constant("one", [], [1L])
            .Node("Add", ["h", "observation"], ["hNext"])
            .Node("Gather", ["hNext", "one"], ["action"], ("axis", 0L))
            .ToBytes();
        using var bench = new Bench(bytes, 3, 3, slots: 4, states: [new StateNames("h", "hNext")]);
        for (var slot = 0; slot < 4; slot++)
            bench.Session.Input(0, slot).Fill(slot + 1);
        bench.Session.Run(4);
        bench.Session.Run([3, 1]);
        Assert.Equal([1f, 4, 3, 8], Enumerable.Range(0, 4).Select(slot => bench.Session.Output(slot)[2]));
    }

    [Fact]
    public void A_fixed_batch_of_one_runs_row_by_row()
    {
        var bytes = new OnnxBuilder("fixed")
            .Input("observation", ["1", "2"])
            .Output("action", ["1", "2"])
            .Node("Neg", ["observation"], ["action"])
            .ToBytes();
        using var bench = new Bench(bytes, 2, 2, slots: 3);
        Assert.Equal([1], bench.Bound.Probe.BatchSizes);
        Assert.Contains("fixed batch", bench.Bound.Probe.Finding, StringComparison.Ordinal);
        for (var slot = 0; slot < 3; slot++)
            bench.Session.Input(0, slot).Fill(slot);
        bench.Session.Run(3);
        Assert.Equal([0f, -1, -2], Enumerable.Range(0, 3).Select(slot => bench.Session.Output(slot)[1]));
    }

    [Fact]
    public void A_free_axis_that_the_graph_does_not_honour_runs_row_by_row()
    {
        var bytes = new OnnxBuilder("reshaped")
            .Input("observation", ["batch", "4"])
            .Output("action", ["batch", "4"])
            .Constant("shape", [2], [1L, 4])
            .Node("Reshape", ["observation", "shape"], ["action"])
            .ToBytes();
        using var bench = new Bench(bytes, 4, 4, slots: 2);
        Assert.Equal([1], bench.Bound.Probe.BatchSizes);
        bench.Session.Input(0, 1).Fill(3);
        Assert.Equal(0, bench.Session.Run(2));
        Assert.Equal(3, bench.Session.Output(1)[0]);
    }

    [Fact]
    public void A_model_whose_bits_depend_on_the_batch_gives_the_bits_of_batch_one()
    {
        // Normalising over the batch: every row depends on the others.
        var bytes = new OnnxBuilder("mixed")
            .Input("observation", ["batch", "4"])
            .Output("action", ["batch", "4"])
            .Node("ReduceMean", ["observation"], ["mean"], ("axes", new[] { 0L }), ("keepdims", 1L))
            .Node("Mul", ["observation", "mean"], ["action"])
            .ToBytes();
        using var bench = new Bench(bytes, 4, 4, slots: 7);
        Assert.False(bench.Bound.Probe.BatchInvariant);
        Assert.Equal([1], bench.Bound.Probe.BatchSizes);
        Assert.Contains("batch 1", bench.Bound.Probe.Finding, StringComparison.Ordinal);
        for (var slot = 0; slot < 7; slot++)
            bench.Session.Input(0, slot).Fill(slot);
        bench.Session.Run(7);
        Assert.All(Enumerable.Range(0, 7), slot => Assert.Equal(slot * slot, bench.Session.Output(slot)[3]));
    }

    [Fact]
    public void A_model_that_draws_random_numbers_is_refused()
    {
        var bytes = new OnnxBuilder("random")
            .Input("observation", ["batch", "4"])
            .Output("action", ["batch", "4"])
            .Node("RandomUniformLike", ["observation"], ["noise"])
            .Node("Add", ["observation", "noise"], ["action"])
            .ToBytes();
        var refused = Assert.Throws<ModelException>(() => new Bench(bytes, 4, 4, slots: 2));
        Assert.Contains("different outputs for the same input", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_of_other_types_and_shapes_are_converted()
    {
        var bytes = new OnnxBuilder("typed")
            .Input("observation", ["batch", "2", "3"], 11)
            .Output("action", ["batch", "2", "3"], 10)
            .Node("Cast", ["observation"], ["action"], ("to", 10L))
            .ToBytes();
        using var bench = new Bench(bytes, 6, 6, slots: 2);
        bench.Session.Input(0, 1).Fill(1.5f);
        bench.Session.Run([1]);
        Assert.All(bench.Session.Output(1).ToArray(), value => Assert.Equal(1.5f, value));
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var bench = new Bench(Network(8, 16, 2), 8, 2, slots: 16);
        int[] some = [3, 1, 7];
        for (var i = 0; i < 20; i++)
        {
            bench.Session.Run(16);
            bench.Session.Run(some);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            bench.Session.Run(16);
            bench.Session.Run(some);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Lanes_with_sessions_of_their_own_share_a_model()
    {
        using var bench = new Bench(Network(16, 32, 2), 16, 2, slots: 8);
        for (var slot = 0; slot < 8; slot++)
            Rows(16, slot).CopyTo(bench.Session.Input(0, slot));
        bench.Session.Run(8);
        var expected = Enumerable.Range(0, 8).Select(slot => bench.Session.Output(slot).ToArray()).ToList();
        Parallel.For(
            0,
            4,
            _ =>
            {
                using var lane = bench.Bound.CreateSession(8);
                for (var slot = 0; slot < 8; slot++)
                    Rows(16, slot).CopyTo(lane.Input(0, slot));
                for (var i = 0; i < 20; i++)
                    lane.Run(8);
                for (var slot = 0; slot < 8; slot++)
                    Assert.Equal(expected[slot], lane.Output(slot).ToArray());
            }
        );
    }

    private static byte[] Network(params int[] sizes)
    {
        var network = new Mlp(sizes, Activation.Relu, index => Draws.Normal((ulong)index));
        var ones = Enumerable.Repeat(1f, sizes[^1]).ToArray();
        var envelope = new MlpEnvelope(
            "observation",
            "action",
            Normalisation.Of(Rows(sizes[0] * 50), sizes[0], 0.01),
            10,
            ones,
            LinearMap.Fit(Rows(sizes[0] * 50), Rows(sizes[^1] * 50), sizes[0], sizes[^1], 0.1),
            new Dictionary<string, string>()
        );
        return MlpOnnx.Write(network, "network", envelope);
    }

    /// <summary>Adds its input to its state, and gives the sum.</summary>
    private static byte[] Counter() =>
        new OnnxBuilder("counter")
            .Input("observation", ["batch", "1"])
            .Input("h", ["batch", "1"])
            .Output("action", ["batch", "1"])
            .Output("hNext", ["batch", "1"])
            .Node("Add", ["observation", "h"], ["hNext"])
            .Node("Identity", ["hNext"], ["action"])
            .ToBytes();

    private static float[] Rows(int count, int stream = 0) =>
        [.. Enumerable.Range(0, count).Select(i => (float)Draws.Normal((ulong)i, (ulong)stream + 1000))];

    /// <summary>A model, bound, with one session.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly ILoadedModel model;

        public Bench(
            byte[] bytes,
            int observed,
            int acted,
            int slots,
            int maximumBatch = 64,
            StateNames[]? states = null,
            string input = "observation",
            int[]? shape = null
        )
        {
            model = new CpuDevice().Load(bytes, new ModelOptions());
            var errors = new List<BindingError>();
            var request = new BindingRequest
            {
                Observation = [new TensorSpec(input, shape ?? [observed], "")],
                Action = new TensorSpec("action", [acted], ""),
                States = states ?? [],
            };
            var binding = ModelBinder.Bind(model.Signature, request, errors);
            Assert.Empty(errors);
            Bound = model.Bind(binding!, maximumBatch);
            Session = Bound.CreateSession(slots);
        }

        public IBoundModel Bound { get; }

        public IModelSession Session { get; }

        public void Dispose()
        {
            Session.Dispose();
            model.Dispose();
        }
    }
}
