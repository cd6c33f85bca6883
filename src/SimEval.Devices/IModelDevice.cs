using SimEval.Devices.Binding;
using SimEval.Devices.Probing;
using SimEval.Devices.Processes;

namespace SimEval.Devices;

/// <summary>Limits under which a model is loaded.</summary>
/// <param name="MaximumBytes">Refuse larger files.</param>
/// <param name="Threads">Threads inside one forward; 1 lets every lane have its own core.</param>
public sealed record ModelOptions(long MaximumBytes = 1L << 30, int Threads = 1)
{
    /// <summary>Most bytes that the models of one scenario may take together; 0: half of what the process may use.</summary>
    public long Memory { get; init; }

    /// <summary>
    /// Batch sizes that forwards in the closed loop are rounded up to (1 is always one); those beyond the largest batch are not used.
    /// Empty: the device's own choice.
    /// </summary>
    public IReadOnlyList<int> Buckets { get; init; } = [];

    /// <summary>Most time that trial and probe may take together; a model that has not ended by then is refused.</summary>
    public TimeSpan TrialTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a policy in a program of its own may take, where it runs as a function of named tensors.</summary>
    public ProgramLimits Programs { get; init; } = ProgramLimits.Default;

    /// <summary>What such a program is offered and must give; null: none can be opened.</summary>
    public BindingRequest? Policy { get; init; }

    /// <summary>Most time of one forward of a model that runs as a function of named tensors; a loop may go on for ever.</summary>
    public TimeSpan RunTime { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>A device class that runs models ("cpu").</summary>
public interface IModelDevice
{
    /// <summary>The device class, as variants name it.</summary>
    string DeviceClass { get; }

    /// <summary>
    /// Reads a model. The bytes are not kept after the call. Throws <see cref="ModelException"/> with a plain message when
    /// they are no model, are too large, or hold what the device cannot run.
    /// </summary>
    ILoadedModel Load(ReadOnlyMemory<byte> bytes, ModelOptions options);
}

/// <summary>A model on a device: its weights once, whatever the number of sessions. Thread-safe.</summary>
public interface ILoadedModel : IDisposable
{
    /// <summary>What it takes and gives.</summary>
    ModelSignature Signature { get; }

    /// <summary>
    /// Fits the model to a layout, tries it and probes whether its bits depend on the batch (see
    /// <see cref="ProbeReport"/>). Throws <see cref="ModelException"/> when it cannot run as bound; whatever
    /// <see cref="ModelBinder.Bind"/> can tell from names and shapes, that has told before.
    /// </summary>
    /// <param name="binding">From <see cref="ModelBinder.Bind"/>.</param>
    /// <param name="maximumBatch">Most rows of one forward, at least 1.</param>
    IBoundModel Bind(ModelBinding binding, int maximumBatch);
}

/// <summary>A model bound to a layout. Thread-safe; makes sessions, one for each lane.</summary>
public interface IBoundModel
{
    /// <summary>What is bound to what.</summary>
    ModelBinding Binding { get; }

    /// <summary>What the probe found.</summary>
    ProbeReport Probe { get; }

    /// <summary>Bytes of recurrent state of one slot; 0 for models without.</summary>
    int StateBytes { get; }

    /// <summary>Whether an action depends on more than its own observation, so that a rollout can't go on from its actions alone.</summary>
    bool IsRecurrent => StateBytes > 0;

    /// <summary>
    /// How long one frame, alone in its batch, takes by the device's cost model; null for a device without one. A function of
    /// the model and the device class, the same on every machine.
    /// </summary>
    TimeSpan? ModelledLatency => null;

    /// <summary>Makes a session with its own slot tables.</summary>
    IModelSession CreateSession(int slots);
}

/// <summary>
/// The slot tables of one lane, and the forward over them: a rollout holds a slot for its life. Not thread-safe: one lane,
/// one session. Nothing is allocated after the first run of a batch size.
/// </summary>
public interface IModelSession : IDisposable
{
    /// <summary>Number of slots.</summary>
    int Slots { get; }

    /// <summary>
    /// The row of one bound input (by its place in <see cref="ModelBinding.Inputs"/>) and slot, to be filled before a run. It
    /// keeps its values until written again.
    /// </summary>
    Span<float> Input(int input, int slot);

    /// <summary>The action row of a slot after its last run; its values are valid only while <see cref="Fault"/> is null.</summary>
    ReadOnlySpan<float> Output(int slot);

    /// <summary>
    /// Why the slot's last run gave no action (NaN or infinity in the output, or the runtime's error), or null when it did.
    /// A fault of one slot leaves the others as they would be without it.
    /// </summary>
    string? Fault(int slot);

    /// <summary>
    /// Does what the first forwards would otherwise do (graphs captured, memory allocated, a program started), so that no frame
    /// is measured with it. To be called before the first run, or not at all: it resets every slot, and changes no result. What fails is
    /// told by the run that meets it.
    /// </summary>
    void WarmUp();

    /// <summary>Prepares a slot for a new rollout: recurrent state zero, no fault, rows zero.</summary>
    void Reset(int slot);

    /// <summary>Copies a slot's recurrent state out; the span has <see cref="IBoundModel.StateBytes"/> bytes.</summary>
    void SaveState(int slot, Span<byte> state);

    /// <summary>Puts back what <see cref="SaveState"/> wrote.</summary>
    void RestoreState(int slot, ReadOnlySpan<byte> state);

    /// <summary>
    /// One step of the given distinct slots, in as few forwards as the probe allows (one, for a batch-invariant model and
    /// at most the maximum batch). The result of a slot depends on nothing but its own row and state. Returns the number of
    /// slots that ended with a fault.
    /// </summary>
    int Run(ReadOnlySpan<int> slots);

    /// <summary>One step of slots 0 to <paramref name="count"/> - 1, in place, without gathering.</summary>
    int Run(int count);
}
