using SimEval.Devices.Binding;
using SimEval.Devices.Probing;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Torch;

/// <summary>A model in libtorch. A TorchScript module stays as it was loaded: what is tried and bound are copies of it.</summary>
/// <param name="module">The model.</param>
/// <param name="signature">What it takes and gives; of open shapes for a TorchScript module.</param>
/// <param name="options">Limits.</param>
/// <param name="deviceClass">"torch" or "cuda".</param>
internal sealed class TorchModel(TorchModule module, ModelSignature signature, ModelOptions options, string deviceClass)
    : ILoadedModel
{
    /// <inheritdoc/>
    public ModelSignature Signature => signature;

    /// <inheritdoc/>
    public IBoundModel Bind(ModelBinding binding, int maximumBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBatch, 1);
        return WithinTime(() => BindNow(binding, maximumBatch));
    }

    /// <inheritdoc/>
    public void Dispose() => module.Dispose();

    /// <summary>
    /// libtorch has no way to end a forward: a model that has not ended its trial in time is refused, and its thread goes on
    /// alone until the process ends.
    /// </summary>
    private TorchBoundModel WithinTime(Func<TorchBoundModel> bind)
    {
        var result = new TaskCompletionSource<TorchBoundModel>();
        // Whoever lets go of the model in the meantime does not take it from under the trial.
        module.Share();
        var thread = new Thread(() =>
        {
            try
            {
                result.SetResult(bind());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
            finally
            {
                module.Release();
            }
        })
        {
            IsBackground = true,
            Name = "torch trial",
        };
        thread.Start();
        if (!thread.Join(options.TrialTime))
            throw new ModelException(
                ModelFault.RunFailed,
                $"the model had not ended its trial after {options.TrialTime.TotalSeconds:0.#} s"
            );
        return result.Task.GetAwaiter().GetResult();
    }

    private TorchBoundModel BindNow(ModelBinding binding, int maximumBatch)
    {
        using var tried = signature.OpenShapes ? module.Copy() : null;
        var trial = new TorchTrial(tried ?? module, signature);
        var resolved = trial.Resolve(binding, Explain);
        var action = ActionTrial.Run(resolved, maximumBatch, batch => trial.ActionOf(resolved, batch), Explain);
        var bound = signature.OpenShapes ? module.Copy() : module;
        var state = signature.OpenShapes ? StateInside(bound, resolved) : [];
        if (state.Length > 0)
        {
            var (type, sizes) = trial.ActionOf(resolved, 1);
            action = new ActionTrial(new TensorShape(type, sizes, -1), false, "it keeps its state inside the module");
        }

        var model = new TorchBoundModel(bound, signature, resolved, action.Action, state);
        model.Probe = ProbeOf(model, action, maximumBatch);
        return model;
    }

    private byte[] StateInside(TorchModule bound, ModelBinding binding)
    {
        // Unlike values, so that whatever a forward changes is seen to change.
        using var arguments = new TrialArguments(signature, binding, 1, i => (i * 37 % 64) / 16f - 2f);
        try
        {
            return bound.Api.FindState(bound.Handle, arguments.Tensors);
        }
        catch (ForwardException e)
        {
            throw Explain("the model fails on observations in [-2, 2]", e);
        }
    }

    private ProbeReport ProbeOf(TorchBoundModel model, ActionTrial trial, int wanted)
    {
        var tried = trial.Batchable ? wanted : 1;
        var buckets = BatchProbe.Buckets(tried);
        using var session = new TorchSession(model, buckets.Largest, buckets);
        return BatchProbe.Run(
            session,
            new BatchProbeRequest(
                model.Shapes,
                tried,
                wanted,
                trial.Doubt,
                deviceClass == TorchDevice.Cuda ? deviceClass : ProcessorFeatures.InstructionSet,
                module.Api.Version,
                Explain
            )
            {
                // On a GPU each size is a captured graph, and costs memory there.
                Buckets =
                    options.Buckets.Count > 0 ? options.Buckets
                    : deviceClass == TorchDevice.Cuda ? BatchProbe.PowersOfTwo(wanted)
                    : [],
            }
        );
    }

    private static ModelException Explain(string what, ForwardException failure) =>
        new(ModelFault.RunFailed, $"{what}: {failure.Message}", failure);
}
