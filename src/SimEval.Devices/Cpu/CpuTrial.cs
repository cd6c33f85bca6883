using SimEval.Devices.Binding;
using SimEval.Devices.Sessions;
using SimEval.Models;

namespace SimEval.Devices.Cpu;

/// <summary>
/// Runs a freshly bound model on zeros, for <see cref="ActionTrial"/>.
/// </summary>
internal static unsafe class CpuTrial
{
    /// <summary>Tries; throws <see cref="ModelException"/> when the model does not run or gives another size.</summary>
    public static ActionTrial Run(CpuModel model, ModelBinding binding, int maximumBatch, Watchdog watchdog)
    {
        (ElementType, int[]) ActionOf(int batch)
        {
            try
            {
                return (binding.Action.Type, OutputShape(model, binding, batch, watchdog));
            }
            catch (OnnxRuntimeException e)
            {
                watchdog.ThrowIfOver(e);
                throw;
            }
        }

        return ActionTrial.Run(binding, maximumBatch, ActionOf, watchdog.Explain);
    }

    private static int[] OutputShape(CpuModel model, ModelBinding binding, int batch, Watchdog watchdog)
    {
        var api = model.Api;
        var trial = new CpuBoundModel(model, binding, new TensorShape(binding.Action.Type, [0], 0));
        var shapes = trial.Shapes.Inputs.Concat(trial.Shapes.States).ToList();
        var tables = shapes.ConvertAll(shape => new AlignedMemory((long)batch * shape.RowBytes));
        var made = new List<nint>();
        try
        {
            foreach (var (shape, table) in shapes.Zip(tables))
                made.Add(api.CreateTensor(table.Address, batch * (long)shape.RowBytes, shape.Dims(batch), shape.Type));
            nint[] inputs = [.. made, .. trial.ConstantValues];
            var outputs = new nint[1 + trial.Shapes.States.Count];
            try
            {
                fixed (
                    nint* i = inputs,
                        o = outputs
                )
                {
                    api.Run(
                        model.Handle,
                        watchdog.RunOptions,
                        trial.InputNames.Pointer,
                        i,
                        inputs.Length,
                        trial.OutputNames.Pointer,
                        o,
                        outputs.Length
                    );
                }

                CheckStates(api, trial, outputs, batch);
                return api.ShapeOf(outputs[0]);
            }
            finally
            {
                foreach (var value in outputs.Where(value => value != 0))
                    api.ReleaseValue(value);
            }
        }
        finally
        {
            foreach (var value in made)
                api.ReleaseValue(value);
            foreach (var table in tables)
                table.Dispose();
            trial.Free();
        }
    }

    private static void CheckStates(OnnxRuntimeApi api, CpuBoundModel trial, nint[] outputs, int batch)
    {
        for (var i = 0; i < trial.Shapes.States.Count; i++)
        {
            var given = api.ShapeOf(outputs[i + 1]);
            var taken = trial.Shapes.States[i].Dims(batch);
            if (!given.Select(size => (long)size).SequenceEqual(taken))
                throw new ModelException(
                    ModelFault.Unbindable,
                    $"state output '{trial.Binding.States[i].Output.Name}' gives {ModelTensor.ShapeText(given)}, but its input takes {ModelTensor.ShapeText(taken.Select(s => (int)s))}"
                );
        }
    }
}
