using SimEval.Models.Asic.Operators;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Programs;

/// <summary>One instruction, laid out.</summary>
/// <param name="Node">The instruction.</param>
/// <param name="Inputs">Its inputs; null for one left out.</param>
/// <param name="Step">Outputs, kernel, work.</param>
public sealed record PlacedStep(Node Node, IReadOnlyList<Operand?> Inputs, Step Step);

/// <summary>
/// A program laid out for inputs of given sizes: the sizes of all values, and what each instruction does. What depends on
/// constants and sizes alone is computed here, once, and is no step.
/// </summary>
public sealed class ProgramLayout
{
    private const long MostBytes = 1L << 30;
    private const int PlaceBytes = 4;
    private const long MostFoldedBytes = 64 << 20;
    private const long MostFoldedWork = 1 << 28;
    private const long MostWork = 1L << 40;
    private readonly Dictionary<string, Operand> operands = new(StringComparer.Ordinal);
    private readonly List<PlacedStep> steps = [];

    private long bytes;
    private long foldedBytes;
    private Int128 work;

    private ProgramLayout(AsicProgram program) => Program = program;

    /// <summary>The program.</summary>
    public AsicProgram Program { get; }

    /// <summary>Steps in order.</summary>
    public IReadOnlyList<PlacedStep> Steps => steps;

    /// <summary>Every value by name.</summary>
    public IReadOnlyDictionary<string, Operand> Operands => operands;

    /// <summary>Lays a program out. Throws <see cref="CompileException"/> naming the instruction that cannot take what it is given.</summary>
    /// <param name="program">The program.</param>
    /// <param name="inputs">Sizes of every input.</param>
    /// <param name="product">Makes exact products.</param>
    /// <param name="cache">Holds weights that are laid out already.</param>
    public static ProgramLayout Of(
        AsicProgram program,
        IReadOnlyDictionary<string, int[]> inputs,
        IInt8Product product,
        PackedCache cache
    )
    {
        var layout = new ProgramLayout(program);
        foreach (var input in program.Graph.Inputs)
            layout.operands[input.Name] = new Operand(input.Type.Element, inputs[input.Name]);
        foreach (var (name, tensor) in program.Graph.Initializers)
            layout.operands[name] = Operand.Of(tensor);
        foreach (var node in program.Graph.Nodes)
            layout.Place(node, product, cache);
        return layout;
    }

    /// <summary>An instruction's step. A program may come from anyone: what a rule does not name is refused here.</summary>
    internal static Step Made(OperatorCall call)
    {
        try
        {
            return OperatorRules.Place(call);
        }
        catch (Exception e)
            when (e
                    is IndexOutOfRangeException
                        or ArgumentException
                        or OverflowException
                        or DivideByZeroException
                        or InvalidOperationException
            )
        {
            throw call.Refused(
                $"its inputs ({string.Join(", ", call.Inputs)}) or its attributes do not fit it ({e.Message})"
            );
        }
    }

    private void Place(Node node, IInt8Product product, PackedCache cache)
    {
        var inputs = node.Inputs.Select(name => name.Length > 0 ? operands[name] : null).ToArray();
        var step = Made(new OperatorCall(node, inputs, Program.Opset, product, cache));
        if (step.Outputs.Count < node.Outputs.Length)
            throw new CompileException(
                $"{node.Title()} gives {step.Outputs.Count} outputs, but {node.Outputs.Length} are asked for",
                node.Operator
            );
        RequireSmall(node, step);
        var outputs = step.Outputs;
        if (outputs.All(output => output.Known is not null) || Foldable(inputs, step))
            outputs = Fold(inputs, step);
        else
            steps.Add(new PlacedStep(node, inputs, step));
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
                operands[node.Outputs[i]] = outputs[i];
        }
    }

    // Before anything is allocated or run: a program may come from anyone.
    private void RequireSmall(Node node, Step step)
    {
        bytes += step.Outputs.Sum(output => (long)output.Bytes);
        if (step.Work is { Unit: Unit.Move, Operations: > 0 })
            bytes += step.Outputs.Sum(output => (long)PlaceBytes * output.Count);
        if (bytes > MostBytes)
            throw new CompileException(
                $"{node.Title()}: the values up to here take {bytes:N0} bytes; at most {MostBytes:N0} are emulated"
            );
        work += WorkOf(step);
        if (work > MostWork)
            throw new CompileException(
                $"{node.Title()}: the operations up to here are {work:N0}; at most {MostWork:N0} of one forward are emulated"
            );
    }

    // What is too large to be made in advance is made in a run, as if its inputs were not known.
    private bool Foldable(Operand?[] inputs, Step step)
    {
        if (!inputs.All(input => input is null || input.Known is not null) || WorkOf(step) > MostFoldedWork)
            return false;
        foldedBytes += step.Outputs.Sum(output => (long)output.Bytes);
        return foldedBytes <= MostFoldedBytes;
    }

    /// <summary>Operations and multiply-accumulates of a step.</summary>
    internal static Int128 WorkOf(Step step) =>
        step.Work.Product is { } product
            ? (Int128)product.M * product.K * product.N * product.Count + step.Work.Operations
            : step.Work.Operations;

    /// <summary>The outputs of a step whose inputs are all known.</summary>
    internal static Operand[] Fold(Operand?[] inputs, Step step)
    {
        if (step.Outputs.All(output => output.Known is not null))
            return [.. step.Outputs];
        var results = step.Outputs.Select(output => new byte[output.Bytes]).ToArray();
        step.Run(
            new Buffers(
                [.. inputs.Select(input => input?.Known?.Data ?? ReadOnlyMemory<byte>.Empty)],
                [.. results.Select(bytes => bytes.AsMemory())]
            )
        );
        return
        [
            .. step.Outputs.Select(
                (output, i) =>
                    output with
                    {
                        Known = new Tensor(output.Type, [.. output.Dims.Select(size => (long)size)], results[i]),
                    }
            ),
        ];
    }
}
