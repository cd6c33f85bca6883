using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Models.Learning;
using SimEval.Worlds;

namespace SimEval.Engine.Training;

/// <summary>A network with what surrounds it: normalisation of observations and actions.</summary>
internal sealed class Planner(Mlp network, Normalisation observation, float[] actionScale, float[] actionShift)
{
    /// <summary>Normalised observations are clipped to this magnitude.</summary>
    public const float InputLimit = 8;

    /// <summary>Observations as the network takes them.</summary>
    public float[] Normalise(ReadOnlySpan<float> rows)
    {
        var inputs = new float[rows.Length];
        Normalise(rows, inputs);
        return inputs;
    }

    /// <summary>The ONNX file.</summary>
    public byte[] ToOnnx(string input, string output, IReadOnlyDictionary<string, string> metadata) =>
        MlpOnnx.Write(
            network,
            "planner",
            new MlpEnvelope(input, output, observation, InputLimit, actionScale, actionShift, metadata)
        );

    /// <summary>A driver for one thread, which computes in C#: the same bits on every machine.</summary>
    public IDriver CreateDriver() => new NetworkDriver(this);

    private void Normalise(ReadOnlySpan<float> rows, Span<float> inputs)
    {
        observation.Apply(rows, inputs);
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = Math.Clamp(inputs[i], -InputLimit, InputLimit);
    }

    private sealed class NetworkDriver(Planner planner) : IDriver
    {
        private readonly MlpWorkspace work = new(planner.Network, 1);
        private readonly float[] input = new float[planner.Network.Sizes[0]];

        public void Drive(IEpisode episode, ReadOnlySpan<float> observation, Span<float> action)
        {
            planner.Normalise(observation, input);
            var output = planner.Network.Forward(input, 1, work);
            for (var i = 0; i < action.Length; i++)
                action[i] = output[i] * planner.ActionScale[i] + planner.ActionShift[i];
        }
    }

    private Mlp Network => network;

    private float[] ActionScale => actionScale;

    private float[] ActionShift => actionShift;
}

/// <summary>A model file on a device, one row at a time.</summary>
internal sealed class ModelDriver(IModelSession session) : IDriver, IDisposable
{
    /// <summary>Fits a model to a course's layout; throws <see cref="ModelException"/> with what does not fit.</summary>
    public static IBoundModel Bind(ILoadedModel model, TrainingCourse course)
    {
        var errors = new List<BindingError>();
        var tensor = course.Sample.Observation[course.VectorTensor];
        var action = course.Sample.Action;
        var binding = ModelBinder.Bind(
            model.Signature,
            new BindingRequest
            {
                Observation = [new TensorSpec(tensor.Name, tensor.Shape, tensor.Meaning)],
                Action = new TensorSpec(action.Name, action.Shape, action.Meaning),
            },
            errors
        );
        return binding is null
            ? throw new ModelException(ModelFault.Unbindable, string.Join("; ", errors))
            : model.Bind(binding, 1);
    }

    /// <inheritdoc/>
    public void Drive(IEpisode episode, ReadOnlySpan<float> observation, Span<float> action)
    {
        observation.CopyTo(session.Input(0, 0));
        if (session.Run(1) > 0)
            throw new ModelException(ModelFault.RunFailed, session.Fault(0)!);
        session.Output(0).CopyTo(action);
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
