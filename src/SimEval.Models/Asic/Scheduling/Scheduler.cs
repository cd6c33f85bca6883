using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Scheduling;

/// <summary>
/// Schedules a program that is laid out: one instruction after another, each cut so that it fits on-chip memory, its DRAM
/// traffic behind its computation (two halves of the memory, one filled while the other is used).
/// </summary>
public static class Scheduler
{
    /// <summary>
    /// The schedule. Throws <see cref="CompileException"/> when the program does not fit the board, with what does not and by how much.
    /// </summary>
    /// <param name="layout">The program for the sizes of one forward.</param>
    /// <param name="board">The board.</param>
    /// <param name="batch">Frames of that forward.</param>
    public static Schedule Of(ProgramLayout layout, Board board, int batch)
    {
        var weights = layout.Steps.SelectMany(Constants).DistinctBy(pair => pair.Name).ToList();
        var weightBytes = weights.Sum(pair => pair.Bytes);
        var peak = PeakActivations(layout);
        var resident = weightBytes + peak <= board.SramBytes;
        if (!resident && !board.StreamsWeights)
            throw TooLarge(layout, board, weightBytes, peak);
        var memory = new Memory(resident ? board.SramBytes - weightBytes : board.SramBytes, resident);
        var layers = layout.Steps.Select(step => Cost(step, layout, board, memory)).ToList();
        return new Schedule(board, batch, layers, weightBytes, peak, resident);
    }

    private static CompileException TooLarge(ProgramLayout layout, Board board, long weights, long peak)
    {
        var largest = layout.Steps.MaxBy(step => Constants(step).Sum(pair => pair.Bytes))!;
        var bytes = Constants(largest).Sum(pair => pair.Bytes);
        var other = BoardLibrary
            .All.Where(candidate => candidate.StreamsWeights || weights + peak <= candidate.SramBytes)
            .Select(candidate => candidate.Name)
            .ToList();
        return new CompileException(
            $"the model does not fit board {board.Name}, which keeps all weights on the chip: weights of {weights:N0} bytes and activations of {peak:N0} "
                + $"are more than its {board.SramBytes:N0} bytes; the largest layer is {largest.Node.Title()} with {bytes:N0}"
                + (other.Count > 0 ? $" (it fits {string.Join(", ", other)})" : ""),
            OperatorRules.NameOf(largest.Node)
        );
    }

    private static LayerCost Cost(PlacedStep step, ProgramLayout layout, Board board, Memory memory)
    {
        var work = step.Step.Work;
        var inputs = Activations(step).Sum(operand => (long)operand.Bytes);
        var outputs = step.Step.Outputs.Sum(operand => (long)operand.Bytes);
        var weights = Constants(step).Sum(pair => pair.Bytes);
        var host = HostBytes(step, layout);
        var (flow, tile, compute, traffic) = work.Product is { } product
            ? Product(product, board, memory, weights)
            : (
                null,
                null,
                Others(work, board),
                Spilled(inputs + outputs, memory) + (memory.WeightsResident ? 0 : weights)
            );
        var dram = traffic + host;
        var sram = inputs + outputs + weights;
        return new LayerCost
        {
            Name = step.Node.Given().First(),
            Operator = OperatorRules.NameOf(step.Node),
            Unit = work.Unit,
            Product = work.Product,
            Flow = flow,
            Tile = tile,
            Operations = work.Unit == Unit.Vector ? work.Operations : 0,
            ComputeCycles = compute,
            SramBytes = sram,
            DramBytes = dram,
            Cycles = Math.Max(compute, (long)Math.Ceiling(dram / board.DramBytesPerCycle)),
            EnergyPj =
                (work.Product?.Macs ?? 0) * board.Energy.Mac
                + (work.Unit == Unit.Vector ? work.Operations : 0) * board.Energy.Vector
                + sram * board.Energy.SramByte
                + dram * board.Energy.DramByte,
        };
    }

    private static long Others(Work work, Board board)
    {
        long width = work.Unit == Unit.Move ? board.MoveBytesPerCycle : board.VectorLanes;
        return (work.Operations + width - 1) / width;
    }

    private static (ArrayDataflow? Flow, Tile? Tile, long Cycles, long Traffic) Product(
        MatrixWork product,
        Board board,
        Memory memory,
        long weights
    )
    {
        if (product.Macs == 0)
            return (null, null, 0, 0);
        var tile = Cut(product, board, memory);
        var best = board
            .Dataflows.Select(flow => (Flow: flow, Cycles: Cycles(flow, product, tile, board)))
            .MinBy(candidate => candidate.Cycles);
        // Activations that do not fit come again for each cut of the columns; weights come once.
        var whole = product.M * product.K + product.M * product.N;
        var passes = (product.N + tile.N - 1) / tile.N;
        var spilled =
            whole * product.Count > memory.ForActivations
                ? (product.M * product.K * passes + product.M * product.N) * product.Count
                : 0;
        return (best.Flow, tile, best.Cycles, spilled + (memory.WeightsResident ? 0 : weights));
    }

    // Parts of M rows run one after another; folds of K and N are the array's own.
    private static long Cycles(ArrayDataflow flow, MatrixWork product, Tile tile, Board board)
    {
        var whole = product.M / tile.M;
        var rest = product.M % tile.M;
        var cycles = whole * (SystolicArray.Cycles(flow, tile.M, product.K, product.N, board.Rows, board.Columns) + 1);
        if (rest > 0)
            cycles += SystolicArray.Cycles(flow, rest, product.K, product.N, board.Rows, board.Columns) + 1;
        return cycles * product.Count - 1;
    }

    /// <summary>The largest part that fits half of the memory: columns are cut first, then rows, then terms.</summary>
    private static Tile Cut(MatrixWork product, Board board, Memory memory)
    {
        var (m, k, n) = (product.M, product.K, product.N);
        var room = memory.WeightsResident ? memory.ForActivations : memory.ForActivations / 2;
        while (Bytes() > room && n > board.Columns)
            n = Math.Max(board.Columns, Half(n, board.Columns));
        while (Bytes() > room && m > 1)
            m = (m + 1) / 2;
        while (Bytes() > room && k > board.Rows)
            k = Math.Max(board.Rows, Half(k, board.Rows));
        return new Tile(m, k, n);

        // Sums stay in the accumulators as 32 bits until their last term.
        long Bytes() => m * k + (memory.WeightsResident ? 0 : k * n) + m * n * 4;

        static long Half(long size, int multiple) => (size / 2 + multiple - 1) / multiple * multiple;
    }

    private static long Spilled(long bytes, Memory memory) => bytes > memory.ForActivations ? bytes : 0;

    // Inputs and outputs of the program come from the host and go to it.
    private static long HostBytes(PlacedStep step, ProgramLayout layout)
    {
        var graph = layout.Program.Graph;
        var taken = step.Node.Inputs.Where(name => graph.Inputs.Any(input => input.Name == name));
        var given = step.Node.Outputs.Where(name => graph.Outputs.Any(output => output.Name == name));
        return taken.Concat(given).Distinct(StringComparer.Ordinal).Sum(name => (long)layout.Operands[name].Bytes);
    }

    private static IEnumerable<(string Name, long Bytes)> Constants(PlacedStep step) =>
        step
            .Inputs.Zip(step.Node.Inputs)
            .Where(pair => pair.First?.Known is not null)
            .Select(pair => (pair.Second, (long)pair.First!.Bytes));

    private static IEnumerable<Operand> Activations(PlacedStep step) =>
        step.Inputs.OfType<Operand>().Where(operand => operand.Known is null);

    private static long PeakActivations(ProgramLayout layout)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < layout.Steps.Count; i++)
        {
            foreach (var name in layout.Steps[i].Node.Taken())
                last[name] = i;
        }

        foreach (var output in layout.Program.Graph.Outputs)
            last[output.Name] = int.MaxValue;
        var live = layout
            .Program.Graph.Inputs.Where(input => last.ContainsKey(input.Name))
            .Sum(input => (long)layout.Operands[input.Name].Bytes);
        var peak = live;
        for (var i = 0; i < layout.Steps.Count; i++)
        {
            var step = layout.Steps[i];
            live += step.Step.Outputs.Sum(operand => (long)operand.Bytes);
            peak = Math.Max(peak, live);
            var ended = step
                .Node.Taken()
                .Distinct(StringComparer.Ordinal)
                .Where(name => last.GetValueOrDefault(name, -1) == i);
            live -= ended.Sum(name => layout.Operands[name].Known is null ? (long)layout.Operands[name].Bytes : 0);
            live -= step
                .Node.Given()
                .Where(name => !last.ContainsKey(name) && layout.Operands.ContainsKey(name))
                .Sum(name => (long)layout.Operands[name].Bytes);
        }

        return peak;
    }

    private sealed record Memory(long ForActivations, bool WeightsResident);
}
