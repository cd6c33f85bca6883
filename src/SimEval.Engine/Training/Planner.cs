using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Models.Learning;
using SimEval.Worlds;

namespace SimEval.Engine.Training;

/// <summary>
/// A linear map of the normalised observation, plus a network for what is not linear. The map takes what the expert reads
/// off the observation (its steering, say) to more digits than gradients would.
/// </summary>
internal sealed class Planner
{
    /// <summary>Normalised observations are clipped to this magnitude.</summary>
    private const float InputLimit = 8;

    /// <summary>Deviation below which an element counts as constant; observations are scaled to about 1.</summary>
    private const double LeastDeviation = 0.02;

    /// <summary>A remainder smaller than this share of the actions' deviation is not worth a network's output.</summary>
    private const double LeastRemainder = 1e-4;

    private const double Ridge = 1e-7;

    private readonly Normalisation observation;
    private readonly LinearMap linear;
    private readonly Mlp network;
    private readonly float[] scale;

    /// <summary>Fits normalisation and linear map; the network is untrained.</summary>
    public Planner(LabelledRows rows, IReadOnlyList<int> hidden, Func<int, double> normal)
    {
        observation = Normalisation.Of(rows.Observations, rows.Inputs, LeastDeviation);
        network = new Mlp([rows.Inputs, .. hidden, rows.Outputs], Activation.Relu, normal);
        Inputs = new float[rows.Observations.Length];
        Normalise(rows.Observations, Inputs);
        linear = LinearMap.Fit(Inputs, rows.Labels, rows.Inputs, rows.Outputs, Ridge);
        Targets = new float[rows.Labels.Length];
        linear.Apply(Inputs, Targets);
        for (var i = 0; i < Targets.Length; i++)
            Targets[i] = rows.Labels[i] - Targets[i];
        var remainder = Deviations(Targets, rows.Outputs);
        var whole = Deviations(rows.Labels, rows.Outputs);
        scale = [.. remainder.Select((part, i) => part > LeastRemainder * whole[i] ? part : 0)];
        for (var i = 0; i < Targets.Length; i++)
            Targets[i] = scale[i % scale.Length] > 0 ? Targets[i] / scale[i % scale.Length] : 0;
    }

    /// <summary>The network, to be trained on <see cref="Inputs"/> and <see cref="Targets"/>.</summary>
    public Mlp Network => network;

    /// <summary>All rows' observations, normalised.</summary>
    public float[] Inputs { get; }

    /// <summary>All rows' labels, less the linear part, over their deviation.</summary>
    public float[] Targets { get; }

    /// <summary>The ONNX file.</summary>
    public byte[] ToOnnx(string input, string output, IReadOnlyDictionary<string, string> metadata) =>
        MlpOnnx.Write(
            network,
            "planner",
            new MlpEnvelope(input, output, observation, InputLimit, scale, linear, metadata)
        );

    /// <summary>A driver for one thread, which computes in C#: the same bits on every machine.</summary>
    public IDriver CreateDriver() => new NetworkDriver(this);

    private void Normalise(ReadOnlySpan<float> rows, Span<float> inputs)
    {
        observation.Apply(rows, inputs);
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = Math.Clamp(inputs[i], -InputLimit, InputLimit);
    }

    private static float[] Deviations(ReadOnlySpan<float> rows, int size) =>
        [.. Normalisation.Of(rows, size, 1e-12).Scale.Select(scale => 1 / scale)];

    private sealed class NetworkDriver(Planner planner) : IDriver
    {
        private readonly MlpWorkspace work = new(planner.network, 1);
        private readonly float[] input = new float[planner.network.Sizes[0]];

        public void Drive(IEpisode episode, ReadOnlySpan<float> observation, Span<float> action)
        {
            planner.Normalise(observation, input);
            planner.linear.Apply(input, action);
            var output = planner.network.Forward(input, 1, work);
            for (var i = 0; i < action.Length; i++)
                action[i] += output[i] * planner.scale[i];
        }
    }
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
