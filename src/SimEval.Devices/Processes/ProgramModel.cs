using SimEval.Devices.Binding;
using SimEval.Devices.Probing;

namespace SimEval.Devices.Processes;

/// <summary>A program with what it said of itself and what the probe found: the recipe from which every lane starts its own.</summary>
internal sealed class ProgramModel(
    ProgramCommand command,
    ProgramLimits limits,
    byte[] hello,
    Greeting greeting,
    ModelBinding binding
) : IBoundModel
{
    /// <inheritdoc/>
    public ModelBinding Binding => binding;

    /// <inheritdoc/>
    public ProbeReport Probe { get; set; } = null!;

    /// <summary>0: what a program keeps stays with it.</summary>
    public int StateBytes => 0;

    /// <inheritdoc/>
    public bool IsRecurrent => greeting.HoldsState;

    /// <summary>Deadlines.</summary>
    public ProgramLimits Limits => limits;

    /// <summary>What it said.</summary>
    public Greeting Greeting => greeting;

    /// <inheritdoc/>
    public IModelSession CreateSession(int slots) => new ProgramSession(this, slots, Probe.BucketsFor(slots), null);

    /// <summary>Starts it anew and greets it; it has to say what it said at first.</summary>
    public RunningProgram Start()
    {
        var program = RunningProgram.Start(command);
        var again = Greeting.Exchange(program, hello, greeting.MaximumBatch, limits.StartTime);
        var same =
            again with { Inputs = null } == greeting with { Inputs = null }
            && (again.Inputs ?? []).SequenceEqual(greeting.Inputs ?? []);
        return same ? program : throw program.End("the program greets otherwise than when it was first started");
    }
}
