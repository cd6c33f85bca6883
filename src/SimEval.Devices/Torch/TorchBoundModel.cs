using SimEval.Devices.Binding;
using SimEval.Devices.Probing;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Torch;

/// <summary>A model with its layout: what each of forward's arguments is fed from, shared by all sessions.</summary>
internal sealed class TorchBoundModel : IBoundModel
{
    private readonly List<AlignedMemory> constants = [];

    /// <summary>Binds.</summary>
    /// <param name="module">The model; a module with state of its own is only copied, never run.</param>
    /// <param name="signature">What it takes and gives, in order.</param>
    /// <param name="binding">What is bound to what, with all shapes known.</param>
    /// <param name="action">The action's shape, as a trial gave it.</param>
    /// <param name="moduleState">The state inside the module at the beginning; empty: none.</param>
    public TorchBoundModel(
        TorchModule module,
        ModelSignature signature,
        ModelBinding binding,
        TensorShape action,
        byte[] moduleState
    )
    {
        (Module, Binding, HasModuleState) = (module, binding, moduleState.Length > 0);
        Shapes = SessionShapes.Of(binding, action);
        if (HasModuleState)
            Shapes = Shapes with
            {
                States = [.. Shapes.States, new TensorShape(Models.ElementType.UInt8, [moduleState.Length], -1)],
                InitialStates = [.. Shapes.InitialStates, moduleState],
            };
        Arguments = [.. signature.Inputs.Select(Argument)];
        Results =
        [
            IndexOf(signature.Outputs, binding.Action.Name),
            .. binding.States.Select(state => IndexOf(signature.Outputs, state.Output.Name)),
        ];
    }

    /// <summary>The model.</summary>
    public TorchModule Module { get; }

    /// <inheritdoc/>
    public ModelBinding Binding { get; }

    /// <inheritdoc/>
    public ProbeReport Probe { get; set; } = null!;

    /// <inheritdoc/>
    public int StateBytes => Shapes.StateBytes;

    /// <summary>Its tensors; the state inside the module, where there is one, is the last of the states.</summary>
    public SessionShapes Shapes { get; }

    /// <summary>Whether forward changes what the module holds, so that each session needs a copy of it.</summary>
    public bool HasModuleState { get; }

    /// <summary>What each argument of forward is fed from.</summary>
    public IReadOnlyList<BoundArgument> Arguments { get; }

    /// <summary>Places of the action, then of the states, among forward's results.</summary>
    public int[] Results { get; }

    /// <inheritdoc/>
    public IModelSession CreateSession(int slots) => new TorchSession(this, slots, Probe.BucketsFor(slots));

    private BoundArgument Argument(ModelTensor tensor)
    {
        var input = Binding.Inputs.ToList().FindIndex(bound => bound.Tensor.Name == tensor.Name);
        if (input >= 0)
            return new BoundArgument(Shapes.Inputs[input], input, -1, 0);
        var state = Binding.States.ToList().FindIndex(bound => bound.Input.Name == tensor.Name);
        if (state >= 0)
            return new BoundArgument(Shapes.States[state], -1, state, 0);
        var memory = AlignedMemory.Of(
            Binding.Constants.First(bound => bound.Tensor.Name == tensor.Name).Value.Data.Span
        );
        constants.Add(memory);
        return new BoundArgument(new TensorShape(tensor.Type, tensor.Dims, -1), -1, -1, memory.Address);
    }

    private static int IndexOf(IReadOnlyList<ModelTensor> outputs, string name) =>
        outputs.ToList().FindIndex(output => output.Name == name);
}

/// <summary>What an argument of forward is fed from: an input, a state, or memory with a constant.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Input">Place of the bound input, or -1.</param>
/// <param name="State">Place of the bound state, or -1.</param>
/// <param name="Constant">Memory of a constant, or 0.</param>
internal sealed record BoundArgument(TensorShape Shape, int Input, int State, nint Constant);
