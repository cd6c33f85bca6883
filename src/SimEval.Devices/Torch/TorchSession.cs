using SimEval.Devices.Sessions;

namespace SimEval.Devices.Torch;

/// <summary>
/// Slots of a model in libtorch. The forward over the tables' memory is prepared once for each batch size (on a GPU: captured
/// as a graph); a step is then one native call. State that a module keeps inside is put into it before each forward and taken
/// out after it, so that rollouts share the module without seeing each other.
/// </summary>
internal sealed class TorchSession : SlotSession
{
    private readonly TorchBoundModel model;
    private readonly TorchModule module;
    private readonly nint[] plans;

    /// <summary>Makes the tables.</summary>
    /// <param name="model">What runs.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="buckets">How slots are cut into batches.</param>
    public TorchSession(TorchBoundModel model, int slots, BatchBuckets buckets)
        : base(model.Shapes, slots, buckets)
    {
        this.model = model;
        module = model.HasModuleState ? model.Module.Copy() : model.Module.Share();
        plans = new nint[2 * (MaximumBatch + 1)];
    }

    /// <summary>Runs the forward over slots 0 to <paramref name="count"/> - 1 so many times in a native loop: what a
    /// benchmark compares this session with. The slots' states stay as they are.</summary>
    public void Repeat(int count, long times) => module.Api.RepeatPlan(Plan(count, inPlace: true), times);

    /// <inheritdoc/>
    protected override void Execute(int batch, bool inPlace) => module.Api.RunPlan(Plan(batch, inPlace));

    /// <inheritdoc/>
    protected override void Free()
    {
        foreach (var plan in plans)
        {
            if (plan != 0)
                module.Api.ReleasePlan(plan);
        }

        module.Release();
    }

    private nint Plan(int batch, bool inPlace)
    {
        ref var plan = ref plans[2 * batch + (inPlace ? 1 : 0)];
        if (plan == 0)
            plan = Create(batch, inPlace);
        return plan;
    }

    private nint Create(int batch, bool inPlace)
    {
        using var inputs = new TensorArguments();
        foreach (var argument in model.Arguments)
        {
            var address =
                argument.Input >= 0 ? Inputs[argument.Input].Address(inPlace)
                : argument.State >= 0 ? StatesIn[argument.State].Address(inPlace)
                : argument.Constant;
            inputs.Add(argument.Shape.Type, argument.Shape.Dims(batch), address);
        }

        using var outputs = new TensorArguments();
        outputs.Add(Action.Shape.Type, Action.Shape.Dims(batch), Action.Address(inPlace));
        for (var i = 0; i < model.Binding.States.Count; i++)
            outputs.Add(StatesOut[i].Shape.Type, StatesOut[i].Shape.Dims(batch), StatesOut[i].Address(inPlace: false));
        return module.Api.CreatePlan(
            module.Handle,
            inputs.Tensors,
            outputs.Tensors,
            model.Results,
            model.HasModuleState ? StatesIn[^1].Address(inPlace) : 0,
            model.HasModuleState ? StatesOut[^1].Address(inPlace: false) : 0
        );
    }
}
