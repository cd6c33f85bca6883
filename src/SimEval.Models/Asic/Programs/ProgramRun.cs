namespace SimEval.Models.Asic.Programs;

/// <summary>
/// The memory of a program that is laid out, and the run over it. Not thread-safe; a run allocates nothing.
/// </summary>
public sealed class ProgramRun
{
    private readonly (Kernel Run, Buffers Buffers)[] steps;
    private readonly Dictionary<string, Memory<byte>> values = new(StringComparer.Ordinal);

    /// <summary>Allocates.</summary>
    public ProgramRun(ProgramLayout layout)
    {
        Layout = layout;
        foreach (var input in layout.Program.Graph.Inputs)
            values[input.Name] = new byte[layout.Operands[input.Name].Bytes];
        steps = new (Kernel, Buffers)[layout.Steps.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            var (node, inputs, step) = layout.Steps[i];
            var taken = new ReadOnlyMemory<byte>[node.Inputs.Length];
            for (var k = 0; k < taken.Length; k++)
                taken[k] =
                    inputs[k]?.Known is { } known ? known.Data
                    : inputs[k] is null ? ReadOnlyMemory<byte>.Empty
                    : values[node.Inputs[k]];
            var given = new Memory<byte>[step.Outputs.Count];
            for (var k = 0; k < given.Length; k++)
            {
                given[k] = new byte[step.Outputs[k].Bytes];
                if (k < node.Outputs.Length && node.Outputs[k].Length > 0)
                    values[node.Outputs[k]] = given[k];
            }

            steps[i] = (step.Run, new Buffers(taken, given));
        }
    }

    /// <summary>What it runs.</summary>
    public ProgramLayout Layout { get; }

    /// <summary>The bytes of an input, to be filled before a run.</summary>
    public Span<byte> Input(string name) => values[name].Span;

    /// <summary>The bytes of a value after a run.</summary>
    public ReadOnlySpan<byte> Value(string name) =>
        Layout.Operands[name].Known is { } known ? known.Data.Span : values[name].Span;

    /// <summary>Whether a run makes this value.</summary>
    public bool Has(string name) =>
        Layout.Operands.TryGetValue(name, out var operand) && (operand.Known is not null || values.ContainsKey(name));

    /// <summary>Runs all steps.</summary>
    public void Run()
    {
        foreach (var (run, buffers) in steps)
            run(buffers);
    }
}
