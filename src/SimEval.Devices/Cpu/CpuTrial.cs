using SimEval.Devices.Binding;
using SimEval.Devices.Sessions;

namespace SimEval.Devices.Cpu;

/// <summary>
/// Runs a freshly bound model on zeros, to learn what its declaration may leave open: the shape of its outputs, and whether
/// the batch axis it declares free is free in its graph (a reshape to a constant size often is not).
/// </summary>
internal static unsafe class CpuTrial
{
    /// <summary>The action's shape; throws <see cref="ModelException"/> when the model does not run or gives another size.</summary>
    public static TensorShape ActionShape(
        CpuModel model,
        ModelBinding binding,
        int maximumBatch,
        Watchdog watchdog,
        out bool batchable,
        out string? doubt
    )
    {
        int[] one;
        try
        {
            one = OutputShape(model, binding, 1, watchdog);
        }
        catch (OnnxRuntimeException e)
        {
            throw watchdog.Explain("the model fails on an observation of zeros", e);
        }

        var size = one.Aggregate(1L, (product, s) => product * s);
        if (size != binding.ActionSize)
            throw new ModelException(
                ModelFault.Unbindable,
                $"output '{binding.Action.Name}' gives {ModelTensor.ShapeText(one)} for one observation; the action has {binding.ActionSize} element{(binding.ActionSize == 1 ? "" : "s")}"
            );
        batchable = false;
        doubt = binding.Batchable ? null : "its inputs declare a fixed batch of 1";
        if (binding.Batchable && maximumBatch > 1)
        {
            var axis = BatchAxis(model, binding, one, watchdog, out doubt);
            batchable = axis >= 0;
            if (batchable)
                return new TensorShape(binding.Action.Type, RowFit.Without(one, axis), axis);
        }

        return new TensorShape(binding.Action.Type, one, -1);
    }

    private static int BatchAxis(CpuModel model, ModelBinding binding, int[] one, Watchdog watchdog, out string? doubt)
    {
        try
        {
            var two = OutputShape(model, binding, 2, watchdog);
            var axis = Array.FindIndex(two, size => size == 2);
            while (axis >= 0 && axis < one.Length && one[axis] == 2)
                axis = Array.FindIndex(two, axis + 1, size => size == 2);
            if (axis >= 0 && axis < one.Length && one.Select((size, i) => i == axis ? 2 : size).SequenceEqual(two))
            {
                doubt = null;
                return axis;
            }

            doubt = $"its output is {ModelTensor.ShapeText(one)} for one row and {ModelTensor.ShapeText(two)} for two";
        }
        catch (OnnxRuntimeException e)
        {
            watchdog.ThrowIfOver(e);
            doubt = "it declares a free batch axis, but its graph fails on two rows";
        }

        return -1;
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
