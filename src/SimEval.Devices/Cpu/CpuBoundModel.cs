using SimEval.Devices.Binding;
using SimEval.Devices.Probing;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Cpu;

/// <summary>A model with its layout: names, shapes and constants, shared by all sessions.</summary>
internal sealed unsafe class CpuBoundModel : IBoundModel
{
    private readonly List<AlignedMemory> constantData = [];

    /// <summary>Binds; <paramref name="action"/> is what a trial run gave.</summary>
    public CpuBoundModel(CpuModel model, ModelBinding binding, TensorShape action)
    {
        (Model, Binding) = (model, binding);
        Shapes = SessionShapes.Of(binding, action);
        InputNames = new NativeNames([
            .. binding.Inputs.Select(input => input.Tensor.Name),
            .. binding.States.Select(state => state.Input.Name),
            .. binding.Constants.Select(constant => constant.Tensor.Name),
        ]);
        OutputNames = new NativeNames([binding.Action.Name, .. binding.States.Select(state => state.Output.Name)]);
        ConstantValues = [.. binding.Constants.Select(Constant)];
    }

    /// <summary>The model.</summary>
    public CpuModel Model { get; }

    /// <inheritdoc/>
    public ModelBinding Binding { get; }

    /// <inheritdoc/>
    public ProbeReport Probe { get; set; } = null!;

    /// <inheritdoc/>
    public int StateBytes => Shapes.StateBytes;

    /// <summary>Its tensors.</summary>
    public SessionShapes Shapes { get; }

    /// <summary>Tensors of the constants.</summary>
    public IReadOnlyList<nint> ConstantValues { get; }

    /// <summary>Inputs, then states, then constants.</summary>
    public NativeNames InputNames { get; }

    /// <summary>The action, then states.</summary>
    public NativeNames OutputNames { get; }

    /// <inheritdoc/>
    public IModelSession CreateSession(int slots) => new CpuSession(this, slots, Probe.BucketsFor(slots));

    /// <summary>Frees what belongs to no session.</summary>
    public void Free()
    {
        foreach (var value in ConstantValues)
            Model.Api.ReleaseValue(value);
        foreach (var memory in constantData)
            memory.Dispose();
        InputNames.Dispose();
        OutputNames.Dispose();
    }

    private nint Constant(BoundConstant constant)
    {
        var value = constant.Value;
        var memory = AlignedMemory.Of(value.Data.Span);
        constantData.Add(memory);
        return Model.Api.CreateTensor(memory.Address, value.Data.Length, [.. value.Dims], value.Type);
    }
}
