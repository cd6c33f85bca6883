using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Tensors;
using SimEval.Engine.Rollouts;
using SimEval.Models.Graphs;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Replay;

/// <summary>One recorded frame as a model sees it.</summary>
/// <param name="Frame">Its index in the rollout.</param>
/// <param name="Inputs">Every input of the model by name, recurrent states and constants included, for one row.</param>
/// <param name="Action">The recorded action.</param>
public sealed record RecordedFrame(int Frame, IReadOnlyDictionary<string, Tensor> Inputs, IReadOnlyList<float> Action);

/// <summary>
/// Recomputes what a model would have been given in a recorded rollout: the world is stepped with the recorded actions and
/// observed, and the model's own recurrent states are carried from frame to frame, zeros at the start.
/// </summary>
public sealed class RecordedFrames
{
    private readonly ITensorModel model;
    private readonly ModelBinding binding;
    private readonly Dictionary<string, Tensor> constants;

    /// <summary>Frames for a model.</summary>
    /// <param name="model">The model; run by this only when it has recurrent states.</param>
    /// <param name="binding">How it is fitted to the worlds' layout.</param>
    public RecordedFrames(ITensorModel model, ModelBinding binding)
    {
        (this.model, this.binding) = (model, binding);
        constants = binding.Constants.ToDictionary(
            constant => constant.Tensor.Name,
            constant =>
                TensorNumbers.Write(
                    constant.Tensor.Type,
                    [.. constant.Tensor.Dims.Select(size => (long)size)],
                    [.. constant.Values]
                )
        );
    }

    /// <summary>The wanted frames of a rollout, in order.</summary>
    /// <param name="world">The point's world.</param>
    /// <param name="scenarioSeed">Root of all randomness.</param>
    /// <param name="pair">Point and seed.</param>
    /// <param name="recording">The recorded rollout.</param>
    /// <param name="wanted">Indices of frames, ascending; null: all.</param>
    /// <exception cref="ModelException">A recurrent model fails.</exception>
    public IEnumerable<RecordedFrame> Of(
        IWorld world,
        ulong scenarioSeed,
        PairKey pair,
        FrameRecording recording,
        IReadOnlyList<int>? wanted = null
    )
    {
        var frames = wanted ?? [.. Enumerable.Range(0, recording.Count)];
        var episode = world.Start(scenarioSeed, pair.Point, pair.Seed);
        var states = binding.States.ToDictionary(state => state.Input.Name, Zeros);
        var next = 0;
        for (var frame = 0; next < frames.Count && frame < recording.Count && !episode.IsOver; frame++)
        {
            var isWanted = frames[next] == frame;
            if (isWanted || states.Count > 0)
            {
                var inputs = Observe(world, episode, states);
                if (isWanted)
                {
                    yield return new RecordedFrame(frame, inputs, recording.Action(frame).ToArray());
                    next++;
                }

                if (states.Count > 0 && next < frames.Count && IsObserved(recording, frame))
                    Carry(model.Run(inputs), states);
            }

            recording.Step(episode, frame);
        }
    }

    /// <summary>
    /// A rollout again with the model in the place of its variant, asked as in the loop: every state is carried from frame to
    /// frame, those that the model keeps inside as well, and while an action is on its way nothing is observed. Each frame
    /// that was answered comes with the recorded action that answers it, and with what the model gives.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    public IEnumerable<(RecordedFrame Frame, IReadOnlyDictionary<string, Tensor> Outputs)> Infer(
        IWorld world,
        ulong scenarioSeed,
        PairKey pair,
        FrameRecording recording
    )
    {
        var episode = world.Start(scenarioSeed, pair.Point, pair.Seed);
        var states = binding.States.ToDictionary(state => state.Input.Name, Zeros);
        var asked = new RecordedFrame(0, new Dictionary<string, Tensor>(), []);
        IReadOnlyDictionary<string, Tensor> outputs = asked.Inputs;
        for (var frame = 0; frame < recording.Count && !episode.IsOver; frame++)
        {
            if (IsObserved(recording, frame))
            {
                asked = asked with { Frame = frame, Inputs = Observe(world, episode, states) };
                outputs = Asked(asked);
                Carry(outputs, states);
            }

            if (recording.Arrival(frame) != FrameRecording.NoArrival)
                yield return (asked with { Action = recording.Action(frame).ToArray() }, outputs);
            recording.Step(episode, frame);
        }
    }

    private IReadOnlyDictionary<string, Tensor> Asked(RecordedFrame frame)
    {
        try
        {
            return model.Step(frame.Inputs, begins: frame.Frame == 0);
        }
        catch (ModelException e)
        {
            throw new ModelException(e.Fault, $"frame {frame.Frame}: {e.Message}", e);
        }
    }

    // An action that takes longer than its frame answers the last observation, and until it comes there is no other.
    private static bool IsObserved(FrameRecording recording, int frame) =>
        frame == 0 || recording.Arrival(frame - 1) != FrameRecording.NoArrival;

    private Dictionary<string, Tensor> Observe(IWorld world, IEpisode episode, Dictionary<string, Tensor> states)
    {
        var inputs = new Dictionary<string, Tensor>(constants, StringComparer.Ordinal);
        foreach (var input in binding.Inputs)
        {
            var row = new float[world.Observation[input.Source].Size];
            episode.Observe(input.Source, row);
            inputs[input.Tensor.Name] = TensorNumbers.Write(
                input.Tensor.Type,
                DimsOf(input.Row, input.BatchAxis),
                Array.ConvertAll(row, value => (double)value)
            );
        }

        foreach (var (name, value) in states)
            inputs[name] = value;
        return inputs;
    }

    private void Carry(IReadOnlyDictionary<string, Tensor> outputs, Dictionary<string, Tensor> states)
    {
        foreach (var state in binding.States)
            states[state.Input.Name] = outputs[state.Output.Name];
    }

    private static Tensor Zeros(BoundState state)
    {
        var dims = DimsOf(state.Row, state.BatchAxis);
        var count = dims.Aggregate(1L, (product, size) => product * size);
        return new Tensor(state.Input.Type, dims, new byte[Tensor.BytesOf(state.Input.Type, count)]);
    }

    private static long[] DimsOf(IReadOnlyList<int> row, int batchAxis)
    {
        var dims = row.Select(size => (long)size).ToList();
        if (batchAxis >= 0)
            dims.Insert(batchAxis, 1);
        return [.. dims];
    }
}
