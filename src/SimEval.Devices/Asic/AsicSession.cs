using SimEval.Devices.Sessions;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Programs;

namespace SimEval.Devices.Asic;

/// <summary>
/// Slots of a program on an emulated board, which is laid out once for each batch size. A row's result depends on nothing but
/// its own row and state.
/// </summary>
internal sealed class AsicSession : SlotSession
{
    private readonly AsicBoundModel model;
    private readonly ProgramRun?[] runs;

    /// <summary>Makes the tables.</summary>
    /// <param name="model">What runs.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="buckets">How slots are cut into batches.</param>
    public AsicSession(AsicBoundModel model, int slots, BatchBuckets buckets)
        : base(model.Shapes, slots, buckets)
    {
        this.model = model;
        runs = new ProgramRun?[MaximumBatch + 1];
    }

    /// <inheritdoc/>
    protected override bool PreparesByPlace => false;

    /// <inheritdoc/>
    protected override void Execute(int batch, bool inPlace)
    {
        var binding = model.Binding;
        var run = runs[batch] ??= model.Prepare(batch);
        for (var i = 0; i < Inputs.Length; i++)
            Inputs[i].Rows(batch, inPlace).CopyTo(run.Input(binding.Inputs[i].Tensor.Name));
        for (var i = 0; i < StatesIn.Length; i++)
            StatesIn[i].Rows(batch, inPlace).CopyTo(run.Input(binding.States[i].Input.Name));
        try
        {
            run.Run();
        }
        catch (CompileException e)
        {
            throw new ForwardException(e.Message);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new ForwardException($"the program does not fit its own values ({e.Message})");
        }

        run.Value(binding.Action.Name).CopyTo(Action.Rows(batch, inPlace));
        for (var i = 0; i < StatesOut.Length; i++)
            run.Value(binding.States[i].Output.Name).CopyTo(StatesOut[i].Rows(batch, inPlace: false));
    }

    /// <inheritdoc/>
    protected override void Free() => Array.Clear(runs);
}
