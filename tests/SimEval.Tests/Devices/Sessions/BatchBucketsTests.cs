using FsCheck;
using FsCheck.Fluent;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Devices.Sessions;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Devices.Sessions;

public sealed class BatchBucketsTests
{
    [Theory]
    [InlineData(64, 63, new[] { 32, 16, 8, 4, 2, 1 })]
    [InlineData(64, 64, new[] { 64 })]
    [InlineData(200, 130, new[] { 64, 64, 2 })]
    [InlineData(40, 40, new[] { 32, 8 })]
    public void Slots_are_cut_into_the_largest_sizes_that_they_fill(int slots, int ready, int[] sizes) =>
        Assert.Equal(sizes, Forwards(new BatchBuckets(slots, [1, 2, 4, 8, 16, 32, 64]), ready));

    [Theory]
    [InlineData(64, 63, new[] { 64 })]
    [InlineData(64, 9, new[] { 16 })]
    [InlineData(64, 1, new[] { 1 })]
    [InlineData(200, 130, new[] { 64, 64, 16 })]
    [InlineData(40, 40, new[] { 64 })]
    [InlineData(3, 3, new[] { 16 })]
    public void Rounded_up_they_run_at_the_smallest_size_that_holds_them(int slots, int ready, int[] sizes) =>
        Assert.Equal(sizes, Forwards(new BatchBuckets(slots, [1, 16, 64], roundsUp: true), ready));

    [Fact]
    public void Every_slot_runs_once_at_a_size_that_is_allowed() =>
        Prop.ForAll(
                Gen.Choose(2, 40).ListOf().ToArbitrary(),
                Gen.Choose(1, 100).Two().ToArbitrary(),
                Gen.Elements(false, true).ToArbitrary(),
                (more, counts, roundsUp) =>
                {
                    int[] sizes = [1, .. more.Distinct().Order()];
                    var (slots, ready) = (Math.Max(counts.Item1, counts.Item2), Math.Min(counts.Item1, counts.Item2));
                    var buckets = new BatchBuckets(slots, sizes, roundsUp);
                    var forwards = Forwards(buckets, ready);
                    var filled = forwards.Sum() - ready;
                    return forwards.All(size => sizes.Contains(size) && size <= buckets.Largest)
                        && (roundsUp ? filled >= 0 && filled < forwards[^1] : filled == 0)
                        && buckets.ToWarmUp().First() == buckets.Largest
                        && buckets.ToWarmUp().Count(int.IsPow2) == buckets.Sizes.Count(int.IsPow2);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_model_runs_at_declared_sizes_with_the_bits_of_batch_one()
    {
        using var plain = new Bench(new ModelOptions(), slots: 13);
        using var declared = new Bench(new ModelOptions { Buckets = [24, 4, 100] }, slots: 13);
        Assert.Equal((true, false), (declared.Bound.Probe.RoundsUp, plain.Bound.Probe.RoundsUp));
        // A batch has at most 64 rows here.
        Assert.Equal([1, 4, 24], declared.Bound.Probe.BatchSizes);
        Assert.True(declared.Bound.Probe.BatchInvariant, declared.Bound.Probe.Finding);
        foreach (
            var slots in (int[][])
                [
                    [12],
                    [0, 1, 2],
                    [3, 9, 1],
                    [.. Enumerable.Range(0, 13)],
                    [5, 4, 3, 2, 1, 0],
                ]
        )
        {
            Assert.Equal(0, plain.Session.Run(slots));
            Assert.Equal(0, declared.Session.Run(slots));
            // States have gone one step for the slots that ran, and no step for the others.
            for (var slot = 0; slot < 13; slot++)
                Assert.Equal(plain.Session.Output(slot).ToArray(), declared.Session.Output(slot).ToArray());
        }

        declared.Session.Input(0, 2)[1] = float.NaN;
        Assert.Equal(1, declared.Session.Run([7, 8, 2]));
        Assert.NotNull(declared.Session.Fault(2));
        Assert.Null(declared.Session.Fault(7));
    }

    [Fact]
    public void A_session_that_was_warmed_up_gives_what_one_that_was_not_does()
    {
        using var cold = new Bench(new ModelOptions(), slots: 9);
        using var warm = new Bench(new ModelOptions(), slots: 9);
        warm.Session.WarmUp();
        warm.Fill();
        cold.Session.Run([3, 8]);
        warm.Session.Run([3, 8]);
        cold.Session.Run(9);
        warm.Session.Run(9);
        for (var slot = 0; slot < 9; slot++)
            Assert.Equal(cold.Session.Output(slot).ToArray(), warm.Session.Output(slot).ToArray());
    }

    private static List<int> Forwards(BatchBuckets buckets, int ready)
    {
        var sizes = new List<int>();
        for (var left = ready; left > 0; left -= Math.Min(left, sizes[^1]))
            sizes.Add(buckets.SizeFor(left));
        return sizes;
    }

    // h' = h + x W; the action is h'.
    private sealed class Bench : IDisposable
    {
        private readonly ILoadedModel model;

        public Bench(ModelOptions options, int slots)
        {
            var bytes = new OnnxBuilder("sums")
                .Input("observation", ["batch", "3"])
                .Input("h", ["batch", "2"])
                .Constant("w", [3, 2], [0.3f, -1.7f, 0.1f, 2.9f, -0.7f, 1.1f])
                .Node("MatMul", ["observation", "w"], ["seen"])
                .Node("Add", ["seen", "h"], ["next"])
                .Node("Identity", ["next"], ["action"])
                .Output("action", ["batch", "2"])
                .Output("next", ["batch", "2"])
                .ToBytes();
            model = new CpuDevice().Load(bytes, options);
            var request = new BindingRequest
            {
                Observation = [new TensorSpec("observation", [3], "")],
                Action = new TensorSpec("action", [2], ""),
                States = [new StateNames("h", "next")],
            };
            Bound = model.Bind(ModelBinder.Bind(model.Signature, request, [])!, 64);
            Session = Bound.CreateSession(slots);
            Fill();
        }

        public IBoundModel Bound { get; }

        public IModelSession Session { get; }

        public void Fill()
        {
            for (var slot = 0; slot < Session.Slots; slot++)
            for (var i = 0; i < 3; i++)
                Session.Input(0, slot)[i] = MathF.Sqrt(1 + (slot * 3) + i) - 2;
        }

        public void Dispose()
        {
            Session.Dispose();
            model.Dispose();
        }
    }
}
