using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Torch;
using Xunit;

namespace SimEval.Tests.Devices.Torch;

/// <summary>A model on device class "torch", bound to one observation, with a session.</summary>
internal sealed class TorchBench : IDisposable
{
    private readonly ILoadedModel model;

    /// <summary>Loads and binds.</summary>
    public TorchBench(
        byte[] bytes,
        IReadOnlyList<int> observation,
        int action,
        int slots,
        IReadOnlyList<StateNames>? states = null,
        ModelOptions? options = null,
        string? output = null
    )
    {
        model = new TorchDevice().Load(bytes, options ?? new ModelOptions());
        var errors = new List<BindingError>();
        var binding = ModelBinder.Bind(
            model.Signature,
            new BindingRequest
            {
                Observation = [new TensorSpec("observation", observation, "")],
                Action = new TensorSpec("action", [action], ""),
                States = states ?? [],
                Output = output,
            },
            errors
        );
        Assert.Empty(errors);
        Bound = model.Bind(binding!, slots);
        Session = Bound.CreateSession(slots);
    }

    /// <summary>The bound model.</summary>
    public IBoundModel Bound { get; }

    /// <summary>The session.</summary>
    public IModelSession Session { get; }

    /// <inheritdoc/>
    public void Dispose() => Dispose(sessionToo: true);

    /// <summary>Disposes of the model, and of the session where asked to.</summary>
    public void Dispose(bool sessionToo)
    {
        if (sessionToo)
            Session.Dispose();
        model.Dispose();
    }
}
