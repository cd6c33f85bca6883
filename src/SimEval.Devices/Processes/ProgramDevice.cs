using SimEval.Devices.Binding;
using SimEval.Models;

namespace SimEval.Devices.Processes;

/// <summary>
/// Device class "process": a policy in a program of its own, in any language. It is started without a shell, is spoken with
/// over its standard input and output (docs/formats/process-protocol.md), and ends with SimEval.
/// </summary>
/// <param name="limits">How long it may take.</param>
public sealed class ProgramDevice(ProgramLimits limits)
{
    /// <summary>The device class, as variants name it.</summary>
    public const string DeviceClass = "process";

    /// <summary>
    /// Starts a program, greets it and probes it. Throws <see cref="ModelException"/> with its last words when it does not
    /// start, greets wrong, wants what is not there, or fails on the probe's observations.
    /// </summary>
    /// <param name="command">How it is started.</param>
    /// <param name="request">The observation and action of the world.</param>
    /// <param name="maximumBatch">Most frames of one message, at least 1.</param>
    public IBoundModel Open(ProgramCommand command, BindingRequest request, int maximumBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBatch, 1);
        try
        {
            var program = RunningProgram.Start(command);
            try
            {
                var hello = Greeting.Ask(request, maximumBatch);
                var greeting = Greeting.Exchange(program, hello, maximumBatch, limits.StartTime);
                var model = new ProgramModel(command, limits, hello, greeting, Bind(greeting, request));
                ProgramProbe.Run(model, program, maximumBatch);
                return model;
            }
            finally
            {
                program.Dispose();
            }
        }
        catch (ProgramException failure)
        {
            throw new ModelException(ModelFault.RunFailed, failure.Message, failure);
        }
    }

    private static ModelBinding Bind(Greeting greeting, BindingRequest request)
    {
        var names = request.Observation.Select(tensor => tensor.Name).ToList();
        var inputs = new List<BoundInput>();
        foreach (var name in greeting.Inputs ?? names)
        {
            var source = names.IndexOf(name);
            if (source < 0)
                throw new ModelException(
                    ModelFault.Unbindable,
                    $"the program wants an observation tensor '{LastWords.OneLine(name)}', and there is none"
                        + (
                            NearestName.Of(name, names) is { } near
                                ? $"; did you mean '{near}'?"
                                : $"; there are {string.Join(", ", request.Observation)}"
                        )
                );
            var shape = request.Observation[source].Shape;
            inputs.Add(new BoundInput(Tensor(name, shape), source, 0, shape));
        }

        return new ModelBinding(
            inputs,
            Tensor(request.Action.Name, request.Action.Shape),
            request.Action.Size,
            [],
            [],
            greeting.MaximumBatch > 1
        );
    }

    private static ModelTensor Tensor(string name, IEnumerable<int> shape) =>
        new(name, Models.ElementType.Float32, [-1, .. shape]);
}
