using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Torch;
using SimEval.Engine.Comparison;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Torch;

public class TorchScriptTests
{
    private static readonly StateNames Memory = new("h", "output1");

    [TorchFact]
    public void A_module_runs_all_slots_in_one_batch()
    {
        using var bench = new TorchBench(
            ScriptArchive.Of("def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(x, 3)"),
            [2],
            2,
            slots: 4
        );
        Assert.True(bench.Bound.Probe.BatchInvariant, bench.Bound.Probe.Finding);
        for (var slot = 0; slot < 4; slot++)
            bench.Session.Input(0, slot).Fill(slot);
        Assert.Equal(0, bench.Session.Run([3, 1]));
        Assert.Equal([9f, 9], bench.Session.Output(3).ToArray());
        Assert.Equal([3f, 3], bench.Session.Output(1).ToArray());
        Assert.Equal(0, bench.Session.Output(2)[0]);
    }

    // Networks are modules in modules: freezing took the methods of the inner ones away and left the calls.
    [TorchFact]
    public void A_module_of_modules_runs()
    {
        using var bench = new TorchBench(
            ScriptArchive.Nested("def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(x, 3)"),
            [2],
            2,
            slots: 2
        );
        bench.Session.Input(0, 1).Fill(2);
        Assert.Equal(0, bench.Session.Run([1]));
        Assert.Equal([6f, 6], bench.Session.Output(1).ToArray());
    }

    [TorchFact]
    public void An_observation_is_flattened_for_a_module_that_takes_it_so()
    {
        using var bench = new TorchBench(
            ScriptArchive.Of(
                """
                def forward(self, x: Tensor) -> Tensor:
                  if torch.ne(torch.dim(x), 2):
                    ops.prim.RaiseException("two axes are wanted")
                  return torch.sum(x, [1], True)
                """
            ),
            [2, 3],
            1,
            slots: 2
        );
        bench.Session.Input(0, 1).Fill(2);
        Assert.Equal(0, bench.Session.Run([1]));
        Assert.Equal(12, bench.Session.Output(1)[0]);
    }

    [TorchFact]
    public void A_states_shape_is_found_and_each_slot_keeps_its_own()
    {
        using var bench = new TorchBench(
            ScriptArchive.Of(
                """
                def forward(self, x: Tensor, h: Tensor) -> Tuple[Tensor, Tensor]:
                  h0 = torch.add(h, torch.unsqueeze(x, 0))
                  return (torch.select(h0, 0, 0), h0)
                """
            ),
            [3],
            3,
            slots: 3,
            states: [Memory],
            output: "output0"
        );
        Assert.Equal([1, 3], bench.Bound.Binding.States[0].Row);
        Assert.Equal(1, bench.Bound.Binding.States[0].BatchAxis);
        for (var slot = 0; slot < 3; slot++)
            bench.Session.Input(0, slot).Fill(slot + 1);
        bench.Session.Run(3);
        bench.Session.Run([2, 0]);
        Assert.Equal([2f, 2, 6], Enumerable.Range(0, 3).Select(slot => bench.Session.Output(slot)[2]));
        bench.Session.Reset(2);
        bench.Session.Input(0, 2).Fill(1);
        bench.Session.Run([2]);
        Assert.Equal(1, bench.Session.Output(2)[0]);
    }

    [TorchFact]
    public void State_that_grows_in_mid_rollout_fails_that_rollout_and_no_other()
    {
        using var bench = new TorchBench(
            ScriptArchive.Holding(
                """
                def forward(self, x: Tensor) -> Tensor:
                  past = unchecked_cast(Tensor, self.past)
                  steps = self.steps
                  self.steps = torch.add(steps, 1)
                  if torch.gt(self.steps, 4):
                    self.past = torch.cat([past, past], 0)
                  else:
                    self.past = torch.add(past, 1)
                  return torch.add(x, self.steps)
                def reset_memory(self) -> NoneType:
                  self.steps = 0
                  self.past = torch.zeros([2])
                  return None
                """,
                "past",
                "Tensor",
                "steps"
            ),
            [2],
            2,
            slots: 2
        );
        for (var step = 1; step <= 4; step++)
            Assert.Equal(0, bench.Session.Run([0]));
        Assert.Equal(1, bench.Session.Run([0]));
        Assert.Contains("'past'", bench.Session.Fault(0), StringComparison.Ordinal);
        Assert.Equal(0, bench.Session.Run([1]));
        Assert.Equal(1, bench.Session.Output(1)[0]);
    }

    [TorchFact]
    public void State_in_a_tuple_is_refused_by_its_name()
    {
        var refused = Assert.Throws<ModelException>(() =>
            new TorchBench(
                ScriptArchive.Holding(
                    """
                    def forward(self, x: Tensor) -> Tensor:
                      h, c = unchecked_cast(Tuple[Tensor, Tensor], self.hidden)
                      self.hidden = (torch.add(h, x), c)
                      return torch.add(h, c)
                    def reset_memory(self) -> NoneType:
                      self.hidden = (torch.zeros([1, 2]), torch.ones([1, 2]))
                      return None
                    """,
                    "hidden",
                    "Tuple[Tensor, Tensor]",
                    "unused"
                ),
                [2],
                2,
                slots: 2
            ).Dispose()
        );
        Assert.Contains("'hidden'", refused.Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void A_counter_inside_a_module_is_each_rollouts_own_and_begins_as_the_module_resets_it()
    {
        using var bench = new TorchBench(
            ScriptArchive.Of(
                """
                def forward(self, x: Tensor) -> Tensor:
                  steps = self.steps
                  self.steps = torch.add(steps, 1)
                  return torch.add(x, self.steps)
                def reset_memory(self) -> NoneType:
                  self.steps = 10
                  return None
                """,
                ("steps", 3)
            ),
            [1],
            1,
            slots: 2
        );
        Assert.Equal(sizeof(long), bench.Bound.StateBytes);
        for (var step = 0; step < 3; step++)
            bench.Session.Run([0]);
        bench.Session.Run([1]);
        Assert.Equal(13, bench.Session.Output(0)[0]);
        Assert.Equal(11, bench.Session.Output(1)[0]);
    }

    [TorchFact]
    public void As_a_function_of_tensors_a_module_begins_each_run_anew()
    {
        var bytes = ScriptArchive.Of(
            """
            def forward(self, x: Tensor) -> Tensor:
              steps = self.steps
              self.steps = torch.add(steps, 1)
              return torch.add(x, self.steps)
            """,
            ("steps", 3)
        );
        using var model = new TorchDevice().Open(new ModelFile("", bytes), new ModelOptions());
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Of([1], [0.5f]) };
        for (var run = 0; run < 3; run++)
            Assert.Equal(4.5f, model.Run(inputs)["output"].Span<float>()[0]);
        Assert.True(model.KeepsState);
        // A comparison says so: it samples frames, and cannot carry what is inside.
        using var comparison = ModelComparison.Open(
            (new ModelFile("", bytes), new TorchDevice()),
            (new ModelFile("", bytes), new TorchDevice()),
            new ModelOptions()
        );
        comparison.Add(inputs);
        Assert.True(comparison.BeginsAnew);
    }

    [TorchFact]
    public void A_forward_allocates_nothing_on_the_managed_side()
    {
        using var bench = new TorchBench(
            ScriptArchive.Of("def forward(self, x: Tensor) -> Tensor:\n  return torch.relu(x)"),
            [8],
            8,
            slots: 8
        );
        int[] slots = [5, 2, 7];
        bench.Session.Run(slots);
        bench.Session.Run(8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            bench.Session.Run(slots);
            bench.Session.Run(8);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [TorchTheory]
    [InlineData("def step(self, x: Tensor) -> Tensor:\n  return x", "no method 'forward'")]
    [InlineData("def forward(self, x: Dict[str, Tensor]) -> Tensor:\n  return x[\"a\"]", "argument 'x' is a Dict")]
    public void A_module_that_cannot_be_run_says_why(string source, string message)
    {
        var fault = Assert.Throws<ModelException>(() =>
            new TorchDevice().Load(ScriptArchive.Of(source), new ModelOptions())
        );
        Assert.Equal(ModelFault.Unsupported, fault.Fault);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void Damaged_bytes_are_no_model()
    {
        var whole = ScriptArchive.Of("def forward(self, x: Tensor) -> Tensor:\n  return x");
        var unparsed = ScriptArchive.Of("def forward(self, x: Tensor) -> Tensor:\n  return x]");
        foreach (var bytes in new[] { whole[..(whole.Length / 2)], [.. "PK\u0003\u0004"u8], [1, 2, 3], [], unparsed })
        {
            var fault = Assert.Throws<ModelException>(() => new TorchDevice().Load(bytes, new ModelOptions()));
            Assert.Equal(ModelFault.Unreadable, fault.Fault);
            Assert.DoesNotContain('\n', fault.Message);
        }
    }

    [TorchFact]
    public void A_module_with_changed_bytes_is_loaded_or_refused()
    {
        var whole = ScriptArchive.Of("def forward(self, x: Tensor) -> Tensor:\n  return torch.add(x, x)", ("n", 3));
        var random = new Random(6);
        for (var round = 0; round < 80; round++)
        {
            // Most of it is source, which libtorch's parser must not see once it has changed.
            var bytes = whole.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                new TorchDevice().Load(bytes, new ModelOptions()).Dispose();
            }
            catch (ModelException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [TorchFact]
    public void A_forward_that_fails_says_what_libtorch_said()
    {
        var fault = Assert.Throws<ModelException>(() =>
            new TorchBench(
                ScriptArchive.Of("def forward(self, x: Tensor) -> Tensor:\n  return torch.mm(x, x)"),
                [3],
                3,
                slots: 2
            )
        );
        Assert.Equal(ModelFault.RunFailed, fault.Fault);
        Assert.Contains("cannot be multiplied", fault.Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void A_model_that_does_not_end_in_time_is_refused()
    {
        // It does end, some seconds later: a thread that never does would stay with the tests that follow.
        var source = """
            def forward(self, x: Tensor) -> Tensor:
              total = 0
              for i in range(30000000):
                total = torch.add(total, i)
              return torch.add(x, total)
            """;
        var fault = Assert.Throws<ModelException>(() =>
            new TorchBench(
                ScriptArchive.Of(source),
                [1],
                1,
                slots: 1,
                options: new ModelOptions { TrialTime = TimeSpan.FromMilliseconds(100) }
            )
        );
        Assert.Contains("had not ended its trial", fault.Message, StringComparison.Ordinal);
    }
}
