using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Binding;
using SimEval.Models;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Graphs;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

public class AsicSessionTests
{
    private static readonly Philox Draws = new(4);

    [Fact]
    public void A_slot_gives_the_same_bits_in_any_batch_order_and_place()
    {
        var bound = Bound(Network(), "g1", []);
        Assert.True(bound.Probe.BatchInvariant, bound.Probe.Finding);
        Assert.Contains("by construction", bound.Probe.Finding, StringComparison.Ordinal);
        Assert.Equal("any", bound.Probe.Numerics.InstructionSet);
        using var session = bound.CreateSession(21);
        for (var slot = 0; slot < 21; slot++)
            Fill(session.Input(0, slot), slot);
        var alone = new float[21][];
        for (var slot = 0; slot < 21; slot++)
        {
            session.Run([slot]);
            alone[slot] = session.Output(slot).ToArray();
        }

        Assert.Equal(0, session.Run(21));
        Assert.All(Enumerable.Range(0, 21), slot => Assert.Equal(alone[slot], session.Output(slot).ToArray()));
        session.Run([9, 2, 17, 5, 20]);
        Assert.All(Enumerable.Range(0, 21), slot => Assert.Equal(alone[slot], session.Output(slot).ToArray()));
    }

    [Fact]
    public void Declared_sizes_are_rounded_up_to_with_the_same_bits()
    {
        var declared = Bound(Network(), "g1", [], options: new ModelOptions { Buckets = [12, 5, 40] });
        Assert.True(declared.Probe.RoundsUp);
        Assert.Equal([1, 5, 12], declared.Probe.BatchSizes);
        using var cut = Bound(Network(), "g1", []).CreateSession(21);
        using var rounded = declared.CreateSession(21);
        rounded.WarmUp();
        for (var slot = 0; slot < 21; slot++)
        {
            Fill(cut.Input(0, slot), slot);
            Fill(rounded.Input(0, slot), slot);
        }

        foreach (
            var slots in (int[][])
                [
                    [3],
                    [7, 2, 19],
                    [20, 0, 1, 4, 5, 6, 8],
                    [.. Enumerable.Range(0, 21)],
                ]
        )
        {
            Assert.Equal(0, cut.Run(slots));
            Assert.Equal(0, rounded.Run(slots));
            Assert.All(
                Enumerable.Range(0, 21),
                slot => Assert.Equal(cut.Output(slot).ToArray(), rounded.Output(slot).ToArray())
            );
        }
    }

    [Fact]
    public void The_modelled_latency_is_the_schedule_s_and_shorter_on_a_larger_board()
    {
        var small = Bound(Network(), "g1", []).ModelledLatency!.Value;
        var large = Bound(Network(), "g2", []).ModelledLatency!.Value;
        Assert.True(TimeSpan.Zero < large && large < small, $"{large} is not below {small}");
        Assert.Equal(small, Bound(Network(), "g1", []).ModelledLatency);
    }

    // A key-value cache of three places: the oldest leaves, the newest comes.
    [Fact]
    public void A_cache_of_8_bit_values_is_kept_in_its_slot()
    {
        var model = new QdqBuilder(2);
        var x = model.Input("x", -1, 1, 4);
        var past = model.Input("past", -1, 3, 4);
        var joined = model.Node("Concat", [past, x], "joined", ("axis", new AttributeValue.Int(1)));
        var cut = model.Node(
            "Slice",
            [joined, model.Integers("from", 1), model.Integers("to", 4), model.Integers("axes", 1)],
            "present"
        );
        var mean = model.Node(
            "ReduceMean",
            [cut],
            "mean",
            ("axes", new AttributeValue.Ints([1])),
            ("keepdims", new AttributeValue.Int(0))
        );
        model.Output(mean).Output("present");
        var bound = Bound(model.Bytes(), "g2", [new StateNames("past", "present")], 4, 4, "mean");
        Assert.Equal(3 * 4 * sizeof(float), bound.StateBytes);
        using var session = bound.CreateSession(2);
        session.Reset(0);
        session.Reset(1);
        for (var step = 1; step <= 4; step++)
        {
            session.Input(0, 0).Fill(step);
            session.Input(0, 1).Fill(-step);
            session.Run(2);
        }

        Assert.Equal([3f, 3, 3, 3], session.Output(0).ToArray());
        Assert.Equal([-3f, -3, -3, -3], session.Output(1).ToArray());
        var state = new byte[bound.StateBytes];
        session.SaveState(0, state);
        session.Reset(0);
        session.RestoreState(0, state);
        session.Input(0, 0).Fill(5);
        session.Run([0]);
        Assert.Equal(4f, session.Output(0)[0]);
    }

    [Fact]
    public void A_row_that_is_not_finite_is_that_slot_s_fault()
    {
        var model = new QdqBuilder(2);
        var x = model.Input("x", -1, 4);
        model.Output(model.Node("Add", [x, x], "y"));
        using var session = Bound(model.Bytes(), "g2", [], 4, 4).CreateSession(3);
        for (var slot = 0; slot < 3; slot++)
            session.Input(0, slot).Fill(slot == 1 ? float.NaN : slot);
        Assert.Equal(1, session.Run(3));
        Assert.NotNull(session.Fault(1));
        Assert.Null(session.Fault(2));
        Assert.Equal(4f, session.Output(2)[0]);
    }

    [Fact]
    public void A_model_that_fails_on_every_row_is_refused_before_a_rollout_begins()
    {
        var model = new QdqBuilder(2);
        var far = model.Node("Add", [model.Input("x", -1), model.Constant("far", [], 1000)], "far_x");
        var index = model.Node("Cast", [far], "index", ("to", new AttributeValue.Int((long)ElementType.Int64)));
        model.Output(model.Node("Gather", [model.Floats("rows", [5, 2], 1), index], "y"));
        var refused = Assert.Throws<ModelException>(() => Bound(model.Bytes(), "g3", [], 1, 2));
        Assert.Equal(ModelFault.RunFailed, refused.Fault);
        Assert.Contains("fails on observations", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_are_none_or_do_not_fit_are_refused_in_words()
    {
        var device = new AsicDevice(BoardLibrary.Get("g1"));
        Assert.Equal(ModelFault.Unreadable, Refused([1, 2, 3]).Fault);
        Assert.Equal(ModelFault.TooLarge, Refused(Network(), new ModelOptions(MaximumBytes: 100)).Fault);
        var model = new QdqBuilder(2);
        model.Output(model.Node("Tanh", [model.Input("x", -1, 4)], "y"));
        var refused = Refused(model.Bytes());
        Assert.Equal(ModelFault.Unsupported, refused.Fault);
        Assert.Contains("Tanh", refused.Message, StringComparison.Ordinal);

        ModelException Refused(byte[] bytes, ModelOptions? options = null) =>
            Assert.Throws<ModelException>(() => device.Load(bytes, options ?? new ModelOptions()));
    }

    private static byte[] Network()
    {
        var model = new QdqBuilder(7);
        var x = model.Quantized(model.Input("x", -1, 12), 0.03f, 120);
        var w = model.Weights("w", [12, 30], 1, 0.01f);
        var h = model.Quantized(model.Node("Relu", [model.Node("MatMul", [x, w], "y")], "r"), 0.05f, 0);
        var v = model.Weights("v", [30, 3], 1, 0.01f);
        return model.Output(model.Quantized(model.Node("MatMul", [h, v], "z"), 0.1f, 120)).Bytes();
    }

    private static IBoundModel Bound(
        byte[] bytes,
        string board,
        IReadOnlyList<StateNames> states,
        int inputs = 12,
        int outputs = 3,
        string? output = null,
        ModelOptions? options = null
    )
    {
        var model = new AsicDevice(BoardLibrary.Get(board)).Load(bytes, options ?? new ModelOptions());
        var errors = new List<BindingError>();
        var request = new BindingRequest
        {
            Observation = [new TensorSpec("x", [inputs], "")],
            Action = new TensorSpec("action", [outputs], ""),
            States = states,
            Output = output,
        };
        var binding = ModelBinder.Bind(model.Signature, request, errors);
        Assert.True(binding is not null, string.Join("; ", errors));
        return model.Bind(binding, 16);
    }

    private static void Fill(Span<float> row, int slot)
    {
        for (var i = 0; i < row.Length; i++)
            row[i] = 2 * (float)Draws.Normal((ulong)(slot * 1000 + i));
    }
}
