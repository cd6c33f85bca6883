using SimEval.Devices.Binding;

namespace SimEval.Devices.Probing;

/// <summary>Probes a model that belongs to no world: bound to what it declares itself.</summary>
public static class OwnLayout
{
    private const int MostElements = 1 << 22;

    /// <summary>
    /// What the probe at load finds, for batches of up to <paramref name="maximumBatch"/>; null with a reason where the model
    /// does not have the shape of a policy (one row of numbers in, one out), or the device runs none.
    /// </summary>
    /// <param name="deviceClass">The device class.</param>
    /// <param name="file">The model, its weights in the one file.</param>
    /// <param name="options">Limits.</param>
    /// <param name="maximumBatch">Largest batch to try.</param>
    /// <param name="reason">Why it is not probed; "" where it is.</param>
    public static ProbeReport? Probe(
        string deviceClass,
        ModelFile file,
        ModelOptions options,
        int maximumBatch,
        out string reason
    )
    {
        reason = "";
        try
        {
            var device = DeviceCatalogue.ModelDevices().FirstOrDefault(device => device.DeviceClass == deviceClass);
            if (device is null)
            {
                reason = $"{deviceClass} runs no policies";
                return null;
            }

            using var model = device.Load(file.Bytes, options);
            var errors = new List<BindingError>();
            if (model.Signature.Outputs.Count == 0)
                reason = "it gives nothing";
            else if (model.Signature.Inputs.FirstOrDefault(IsLarge) is { } large)
                reason = $"its input {large} has more than {MostElements:N0} elements a row";
            else if (ModelBinder.Bind(model.Signature, Request(model.Signature), errors) is { } binding)
                return model.Bind(binding, maximumBatch).Probe;
            else
                reason = errors[0].Message;
        }
        catch (ModelException e)
        {
            reason = e.Message;
        }

        return null;
    }

    private static bool IsLarge(ModelTensor input) =>
        ModelTensor.Elements(input.Dims.Select(size => Math.Abs((long)size))) > MostElements;

    private static BindingRequest Request(ModelSignature signature) =>
        new()
        {
            Observation = [.. signature.Inputs.Select(Row)],
            Action = Row(signature.Outputs[0]),
            Output = signature.Outputs[0].Name,
        };

    // The first axis is the batch's where it is free or 1; other free axes are taken as 1.
    private static TensorSpec Row(ModelTensor tensor)
    {
        var dims = tensor.Dims is [< 0 or 1, ..] ? tensor.Dims.Skip(1) : tensor.Dims;
        return new TensorSpec(tensor.Name, [.. dims.Select(size => size < 0 ? 1 : size)], "");
    }
}
