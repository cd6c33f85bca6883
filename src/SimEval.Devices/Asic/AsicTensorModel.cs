using SimEval.Models.Asic;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Asic;

/// <summary>A program in the emulator as a function of named tensors: laid out once for each combination of input sizes.</summary>
/// <param name="program">The program.</param>
/// <param name="signature">What it takes and gives.</param>
/// <param name="given">Names of the values that a run gives.</param>
/// <param name="product">Makes exact products.</param>
internal sealed class AsicTensorModel(
    AsicProgram program,
    ModelSignature signature,
    IReadOnlyList<string> given,
    IInt8Product product
) : ITensorModel
{
    private const int MostLayouts = 64;
    private readonly PackedCache cache = new();
    private readonly Dictionary<string, ProgramRun> runs = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ModelSignature Signature => signature;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        TensorInputs.Check(signature, inputs);
        try
        {
            var run = Prepared(inputs);
            foreach (var (name, tensor) in inputs)
                tensor.Data.Span.CopyTo(run.Input(name));
            run.Run();
            return given
                .Distinct(StringComparer.Ordinal)
                .ToDictionary(name => name, name => Read(run, name), StringComparer.Ordinal);
        }
        catch (CompileException e)
        {
            throw new ModelException(ModelFault.Unsupported, e.Message, e);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new ModelException(ModelFault.RunFailed, $"the program does not fit its own values ({e.Message})", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => runs.Clear();

    private ProgramRun Prepared(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var key = string.Join(';', signature.Inputs.Select(input => string.Join(',', inputs[input.Name].Dims)));
        if (runs.TryGetValue(key, out var run))
            return run;
        if (runs.Count >= MostLayouts)
            runs.Clear();
        var sizes = inputs.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.Dims.Select(size => checked((int)size)).ToArray()
        );
        return runs[key] = new ProgramRun(ProgramLayout.Of(program, sizes, product, cache));
    }

    private static Tensor Read(ProgramRun run, string name)
    {
        var operand = run.Layout.Operands[name];
        return new Tensor(operand.Type, [.. operand.Dims.Select(size => (long)size)], run.Value(name).ToArray());
    }
}
