using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// LSTM, GRU and RNN of ONNX in float32: the cell's products are added in double precision, the gates' functions are the vector
/// unit's.
/// </summary>
internal sealed class RecurrentRules
{
    private readonly OperatorCall call;
    private readonly int gates;
    private readonly int steps;
    private readonly int batch;
    private readonly int inputs;
    private readonly int hidden;
    private readonly int directions;
    private readonly bool isReverse;
    private readonly Func<double, double>[] functions;
    private readonly double[] sums;
    private readonly double[] recurrent;
    private readonly float[] scaled;

    private RecurrentRules(OperatorCall call, int gates, string[] functions)
    {
        (this.call, this.gates) = (call, gates);
        call.Require(0, ElementType.Float32);
        if (call[0].Dims is not [var t, var b, var i] || call[1].Dims is not [var d, _, _])
            throw call.Refused($"{call[0]} is no sequence of batches, or {call[1]} no weights");
        (steps, batch, inputs, directions) = (t, b, i, d);
        hidden = call[2].Dims[^1];
        if (call[1].Dims[1] != gates * hidden || call[1].Dims[2] != inputs || call[2].Dims[1] != gates * hidden)
            throw call.Refused($"weights {call[1]} and {call[2]} do not fit {call[0]}");
        if (
            call.Optional(4) is not null
            || call.Int("layout", 0) != 0
            || call.Float("clip", 0) != 0
            || call.Int("input_forget", 0) != 0
        )
            throw call.Refused(
                "sequence lengths, batch-first layout, clipping and coupled gates are not what the boards compute"
            );
        isReverse = call.Text("direction", "forward") == "reverse";
        var names = call.Node.Attributes.GetValueOrDefault("activations") is Graphs.AttributeValue.TextList(var texts)
            ? [.. texts]
            : Enumerable.Repeat(functions, directions).SelectMany(list => list).ToArray();
        if (names.Length != functions.Length * directions)
            throw call.Refused($"{names.Length} activations for {directions} directions");
        this.functions = [.. names.Select(Function)];
        sums = new double[gates * hidden];
        recurrent = new double[gates * hidden];
        scaled = new float[hidden];
    }

    private int Functions => functions.Length / directions;

    /// <summary>LSTM.</summary>
    public static Step Lstm(OperatorCall call)
    {
        var cell = new RecurrentRules(call, 4, ["Sigmoid", "Tanh", "Tanh"]);
        return cell.Step(3, cell.LstmStep);
    }

    /// <summary>GRU.</summary>
    public static Step Gru(OperatorCall call)
    {
        var cell = new RecurrentRules(call, 3, ["Sigmoid", "Tanh"]);
        return cell.Step(2, cell.GruStep);
    }

    /// <summary>RNN.</summary>
    public static Step Rnn(OperatorCall call)
    {
        var cell = new RecurrentRules(call, 1, ["Tanh"]);
        return cell.Step(2, cell.RnnStep);
    }

    private delegate void CellStep(Buffers buffers, int direction, Span<float> state, Span<float> memory);

    private Step Step(int outputs, CellStep cell)
    {
        var final = new Operand(ElementType.Float32, [directions, batch, hidden]);
        var state = new float[hidden];
        var memory = new float[hidden];
        return new Step(
            [
                new Operand(ElementType.Float32, [steps, directions, batch, hidden]),
                .. Enumerable.Repeat(final, outputs - 1),
            ],
            buffers =>
            {
                for (var direction = 0; direction < directions; direction++)
                {
                    for (var row = 0; row < batch; row++)
                        Sequence(buffers, direction, row, state, memory, outputs, cell);
                }
            },
            Work.Vector(2L * steps * batch * directions * gates * hidden * (inputs + hidden))
        );
    }

    private void Sequence(
        Buffers buffers,
        int direction,
        int row,
        float[] state,
        float[] memory,
        int outputs,
        CellStep cell
    )
    {
        Initial(buffers, 5, direction, row, state);
        Initial(buffers, outputs == 3 ? 6 : int.MaxValue, direction, row, memory);
        for (var step = 0; step < steps; step++)
        {
            var at = isReverse || direction == 1 ? steps - 1 - step : step;
            Products(buffers, direction, buffers.In<float>(0).Slice((at * batch + row) * inputs, inputs), state);
            cell(buffers, direction, state, memory);
            state.CopyTo(buffers.Out<float>(0)[(((at * directions + direction) * batch + row) * hidden)..]);
        }

        state.CopyTo(buffers.Out<float>(1)[((direction * batch + row) * hidden)..]);
        if (outputs == 3)
            memory.CopyTo(buffers.Out<float>(2)[((direction * batch + row) * hidden)..]);
    }

    private void Initial(Buffers buffers, int input, int direction, int row, float[] target)
    {
        if (call.Optional(input) is null)
            Array.Clear(target);
        else
            buffers.In<float>(input).Slice((direction * batch + row) * hidden, hidden).CopyTo(target);
    }

    // W x + its bias, and R h + its bias, apart: a GRU may gate the latter.
    private void Products(Buffers buffers, int direction, ReadOnlySpan<float> x, ReadOnlySpan<float> state)
    {
        var rows = gates * hidden;
        for (var i = 0; i < rows; i++)
        {
            sums[i] = Dot(buffers.In<float>(1).Slice((direction * rows + i) * inputs, inputs), x);
            recurrent[i] = Dot(buffers.In<float>(2).Slice((direction * rows + i) * hidden, hidden), state);
            if (call.Optional(3) is null)
                continue;
            sums[i] += buffers.In<float>(3)[direction * 2 * rows + i];
            recurrent[i] += buffers.In<float>(3)[direction * 2 * rows + rows + i];
        }
    }

    private void LstmStep(Buffers buffers, int direction, Span<float> state, Span<float> memory)
    {
        var (gate, cell, output) = (At(direction, 0), At(direction, 1), At(direction, 2));
        for (var i = 0; i < hidden; i++)
        {
            var input = gate(Sum(0, i) + Peephole(buffers, direction, 0, i) * memory[i]);
            var forget = gate(Sum(2, i) + Peephole(buffers, direction, 2, i) * memory[i]);
            var next = (float)(forget * memory[i] + input * cell(Sum(3, i)));
            var open = gate(Sum(1, i) + Peephole(buffers, direction, 1, i) * next);
            memory[i] = next;
            state[i] = (float)(open * output(next));
        }
    }

    private void GruStep(Buffers buffers, int direction, Span<float> state, Span<float> memory)
    {
        var (gate, candidate) = (At(direction, 0), At(direction, 1));
        if (call.Int("linear_before_reset", 0) == 0)
            ResetFirst(buffers, direction, state, gate);
        for (var i = 0; i < hidden; i++)
        {
            var update = gate(Sum(0, i));
            var reset = call.Int("linear_before_reset", 0) == 0 ? 1 : gate(Sum(1, i));
            var next = candidate(sums[2 * hidden + i] + reset * recurrent[2 * hidden + i]);
            state[i] = (float)((1 - update) * next + update * state[i]);
        }
    }

    // The candidate's product takes the state that the reset gate has scaled.
    private void ResetFirst(Buffers buffers, int direction, ReadOnlySpan<float> state, Func<double, double> gate)
    {
        for (var i = 0; i < hidden; i++)
            scaled[i] = (float)(gate(Sum(1, i)) * state[i]);
        for (var i = 0; i < hidden; i++)
        {
            var row = direction * gates * hidden + 2 * hidden + i;
            recurrent[2 * hidden + i] = Dot(buffers.In<float>(2).Slice(row * hidden, hidden), scaled);
            if (call.Optional(3) is not null)
                recurrent[2 * hidden + i] += buffers.In<float>(3)[
                    (direction * 2 + 1) * gates * hidden + 2 * hidden + i
                ];
        }
    }

    private void RnnStep(Buffers buffers, int direction, Span<float> state, Span<float> memory)
    {
        for (var i = 0; i < hidden; i++)
            state[i] = (float)At(direction, 0)(Sum(0, i));
    }

    private double Sum(int gate, int i) => sums[gate * hidden + i] + recurrent[gate * hidden + i];

    private double Peephole(Buffers buffers, int direction, int gate, int i) =>
        call.Optional(7) is null ? 0 : buffers.In<float>(7)[(direction * 3 + gate) * hidden + i];

    private Func<double, double> At(int direction, int function) => functions[direction * Functions + function];

    private Func<double, double> Function(string name) =>
        name switch
        {
            "Sigmoid" => Elementary.Sigmoid,
            "Tanh" => Elementary.Tanh,
            "Relu" => x => Math.Max(x, 0),
            _ => throw call.Refused($"activation '{name}'; the boards' cells have Sigmoid, Tanh and Relu"),
        };

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
