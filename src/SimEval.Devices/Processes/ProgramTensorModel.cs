using System.Runtime.InteropServices;
using SimEval.Devices.Probing;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Processes;

/// <summary>
/// A program as a function of named tensors, each [rows, *shape] of float32. Rows go to it in batches of the sizes that the
/// probe allows. A failure is not repeated row by row, as in the closed loop, but is that of the whole: nobody waits
/// for the other rows.
/// </summary>
internal sealed class ProgramTensorModel : ITensorModel
{
    private readonly ProgramModel model;
    private readonly StepMessage message;
    private readonly int most;
    private RunningProgram? program;

    /// <summary>Of a program that has been probed.</summary>
    public ProgramTensorModel(ProgramModel model)
    {
        this.model = model;
        var binding = model.Binding;
        most = model.Probe.BatchSizes[^1];
        message = new StepMessage(most, binding.Inputs.Sum(RowSize), binding.ActionSize);
        Signature = new ModelSignature([.. binding.Inputs.Select(input => input.Tensor)], [binding.Action]);
    }

    /// <inheritdoc/>
    public ModelSignature Signature { get; }

    /// <inheritdoc/>
    public ProbeReport? Probe => model.Probe;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        TensorInputs.Check(Signature, inputs);
        var rows = (int)RowsOf(inputs);
        var actions = new float[rows * model.Binding.ActionSize];
        try
        {
            for (var first = 0; first < rows; )
            {
                var count = model.Probe.BatchSizes.Last(size => size <= rows - first);
                Step(inputs, first, count).CopyTo(actions.AsSpan(first * model.Binding.ActionSize));
                first += count;
            }
        }
        catch (ProgramException failure)
        {
            throw new ModelException(ModelFault.RunFailed, failure.Message, failure);
        }

        long[] dims = [rows, .. model.Binding.Action.Dims.Skip(1).Select(size => (long)size)];
        return new Dictionary<string, Tensor> { [model.Binding.Action.Name] = Tensor.Of(dims, actions) };
    }

    /// <inheritdoc/>
    public void Dispose() => program?.Dispose();

    private ReadOnlySpan<float> Step(IReadOnlyDictionary<string, Tensor> inputs, int first, int count)
    {
        if (program is null or { HasEnded: true })
            program = model.Start();
        int[] slots = [.. Enumerable.Range(0, count)];
        var begins = new bool[count];
        Array.Fill(begins, true);
        List<float[]> tables = [];
        foreach (var input in model.Binding.Inputs)
        {
            var size = RowSize(input);
            tables.Add(inputs[input.Tensor.Name].Span<float>().Slice(first * size, count * size).ToArray());
        }

        var answer = program.Exchange(
            message.Fill(slots, begins, tables),
            message.MostAnswerBytes(count),
            model.Limits.StepTime
        );
        if (message.Check(answer, count) is { } wrong)
            throw program.End(wrong);
        return StepMessage.FailureOf(answer) is { } reported
            ? throw new ProgramException($"the program reports: {reported}")
            : StepMessage.ActionsOf(answer);
    }

    private long RowsOf(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var rows = inputs.Values.Select(tensor => tensor.Dims[0]).Distinct().ToList();
        return rows.Count == 1
            ? rows[0]
            : throw new ModelException(
                ModelFault.Unbindable,
                $"the inputs have {string.Join(" and ", rows)} rows; a program takes as many of each"
            );
    }

    private static int RowSize(Binding.BoundInput input) => input.Row.Aggregate(1, (product, size) => product * size);
}
