using System.Collections.Immutable;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Cpu;
using SimEval.Models;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Scenarios.Numerics;
using GraphNode = SimEval.Models.Graphs.Node;

namespace SimEval.Tests.Devices.Asic;

/// <summary>Writes quantized models node by node, with random weights, as a quantizer would.</summary>
/// <param name="seed">Of weights and frames.</param>
/// <param name="opset">Version of ONNX's operator set.</param>
/// <param name="pairs">Operator set of quantize and dequantize nodes; "" for ONNX's own.</param>
internal sealed class QdqBuilder(int seed, long opset = 17, string pairs = "")
{
    private const string Runtime = "com.microsoft";
    private readonly Philox draws = new((ulong)seed);
    private readonly List<GraphNode> nodes = [];
    private readonly List<GraphValue> inputs = [];
    private readonly List<GraphValue> outputs = [];
    private readonly SortedDictionary<string, Tensor> constants = new(StringComparer.Ordinal);
    private ulong drawn;

    /// <summary>A float32 input; a size of -1 is the batch.</summary>
    public string Input(string name, params long[] dims)
    {
        inputs.Add(new GraphValue(name, new TensorType(ElementType.Float32, [.. dims.Select(Size)])));
        return name;
    }

    /// <summary>A value quantized and dequantized.</summary>
    public string Quantized(string value, float scale, int zero, ElementType type = ElementType.UInt8)
    {
        var name = $"{value}:{nodes.Count}";
        Quantization(name, scale, zero, type);
        Node("QuantizeLinear", [value, $"{name}_scale", $"{name}_zero"], $"{name}_q");
        return Node("DequantizeLinear", [$"{name}_q", $"{name}_scale", $"{name}_zero"], $"{name}_dq");
    }

    /// <summary>A scale and a zero point, NAME_scale and NAME_zero.</summary>
    public void Quantization(string name, float scale, int zero, ElementType type = ElementType.UInt8)
    {
        constants[$"{name}_scale"] = Tensor.Of([], [scale]);
        constants[$"{name}_zero"] = new Tensor(type, [], new[] { (byte)zero });
    }

    /// <summary>Random 8-bit weights, dequantized: one scale, or one for each place of an axis.</summary>
    public string Weights(
        string name,
        long[] dims,
        int axis,
        float scale,
        ElementType type = ElementType.Int8,
        int zero = 0
    )
    {
        var bytes = new byte[dims.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(Uniform() * 256);
        constants[$"{name}_q"] = new Tensor(type, dims, bytes);
        long[] shape = axis < 0 ? [] : [dims[axis]];
        float[] scales =
        [
            .. Enumerable.Range(0, axis < 0 ? 1 : (int)dims[axis]).Select(_ => scale * (0.5f + (float)Uniform())),
        ];
        constants[$"{name}_scale"] = Tensor.Of(shape, scales.AsSpan());
        constants[$"{name}_zero"] = new Tensor(type, shape, Enumerable.Repeat((byte)zero, scales.Length).ToArray());
        return Node(
            "DequantizeLinear",
            [$"{name}_q", $"{name}_scale", $"{name}_zero"],
            $"{name}_dq",
            ("axis", new AttributeValue.Int(Math.Max(axis, 0)))
        );
    }

    /// <summary>A random int32 bias of the scale that sums have.</summary>
    public string Bias(string name, string weights, float inputScale, long count)
    {
        var scales = constants[weights.Replace("_dq", "_scale", StringComparison.Ordinal)].Span<float>().ToArray();
        int[] values = [.. Enumerable.Range(0, (int)count).Select(_ => (int)((Uniform() - 0.5) * 20000))];
        constants[$"{name}_q"] = Tensor.Of<int>(ElementType.Int32, [count], values);
        float[] products = [.. scales.Select(scale => scale * inputScale)];
        constants[$"{name}_scale"] = Tensor.Of(products.Length == 1 ? [] : [products.Length], products.AsSpan());
        constants[$"{name}_zero"] = Tensor.Of<int>(
            ElementType.Int32,
            products.Length == 1 ? [] : [products.Length],
            new int[products.Length]
        );
        return Node(
            "DequantizeLinear",
            [$"{name}_q", $"{name}_scale", $"{name}_zero"],
            $"{name}_dq",
            ("axis", new AttributeValue.Int(0))
        );
    }

    /// <summary>A float32 constant.</summary>
    public string Constant(string name, long[] dims, params float[] values)
    {
        constants[name] = Tensor.Of(dims, values.AsSpan());
        return name;
    }

    /// <summary>An int64 constant.</summary>
    public string Integers(string name, params long[] values)
    {
        constants[name] = Tensor.Of([values.Length], values.AsSpan());
        return name;
    }

    /// <summary>Random int64 constants of any shape, from 0 to below a bound.</summary>
    public string Indices(string name, long[] dims, int bound)
    {
        var values = new long[dims.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = (long)(Uniform() * bound);
        constants[name] = Tensor.Of(dims, values.AsSpan());
        return name;
    }

    /// <summary>Random floats.</summary>
    public string Floats(string name, long[] dims, float scale)
    {
        var values = new float[dims.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = scale * (float)draws.Normal(drawn++);
        return Constant(name, dims, values);
    }

    /// <summary>A node of one output; "com.microsoft.NAME": of ONNX Runtime's operator set.</summary>
    public string Node(
        string operation,
        string[] taken,
        string output,
        params (string Name, AttributeValue Value)[] attributes
    )
    {
        Nodes(operation, taken, [output], attributes);
        return output;
    }

    /// <summary>A node.</summary>
    public void Nodes(
        string operation,
        string[] taken,
        string[] given,
        params (string Name, AttributeValue Value)[] attributes
    ) =>
        nodes.Add(
            new GraphNode(
                operation.Replace($"{Runtime}.", "", StringComparison.Ordinal),
                operation is "QuantizeLinear" or "DequantizeLinear" ? pairs
                    : operation.StartsWith(Runtime, StringComparison.Ordinal) ? Runtime
                    : "",
                $"{operation}_{nodes.Count}",
                [.. taken],
                [.. given],
                attributes.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)
            )
        );

    /// <summary>Declares an output, of any shape.</summary>
    public QdqBuilder Output(string name, ElementType type = ElementType.Float32)
    {
        outputs.Add(new GraphValue(name, new TensorType(type, null)));
        return this;
    }

    /// <summary>The model.</summary>
    public OnnxModel Model() =>
        new()
        {
            Opsets = ImmutableSortedDictionary
                .Create<string, long>(StringComparer.Ordinal)
                .Add("", opset)
                .Add(Runtime, 1),
            Graph = new Graph
            {
                Name = "test",
                Nodes = [.. nodes],
                Inputs = [.. inputs],
                Outputs = [.. outputs],
                Initializers = constants.ToImmutableSortedDictionary(StringComparer.Ordinal),
            },
        };

    /// <summary>The file.</summary>
    public byte[] Bytes() => OnnxWriter.Write(Model());

    /// <summary>The model on ONNX Runtime and on a board over the same random frames: elements that differ, of how many.</summary>
    public (int Differing, int Of) Compare(string board, int batch, int frames = 4, float spread = 2)
    {
        var (differing, of) = (0, 0);
        foreach (var (expected, actual) in Outputs(board, batch, frames, spread))
        {
            var width = expected.Type.Bits() / 8;
            for (var i = 0; i < expected.Count; i++)
            {
                var here = expected.Data.Span.Slice(i * width, width);
                differing += here.SequenceEqual(actual.Data.Span.Slice(i * width, width)) ? 0 : 1;
            }

            of += (int)expected.Count;
        }

        return (differing, of);
    }

    /// <summary>The same for float32 outputs, with the greatest difference.</summary>
    public (int Differing, int Of, float Most) Distance(string board, int batch, int frames)
    {
        var (differing, of, most) = (0, 0, 0f);
        foreach (var (expected, actual) in Outputs(board, batch, frames, spread: 2))
        {
            var here = expected.Span<float>();
            var there = actual.Span<float>();
            for (var i = 0; i < here.Length; i++)
            {
                differing += here[i] == there[i] ? 0 : 1;
                most = Math.Max(most, Math.Abs(here[i] - there[i]));
            }

            of += here.Length;
        }

        return (differing, of, most);
    }

    private List<(Tensor Expected, Tensor Actual)> Outputs(string board, int batch, int frames, float spread)
    {
        var file = new ModelFile("", Bytes());
        using var cpu = new CpuDevice().Open(file, new ModelOptions());
        using var asic = new AsicDevice(BoardLibrary.Get(board)).Open(file, new ModelOptions());
        var pairs = new List<(Tensor, Tensor)>();
        for (var frame = 0; frame < frames; frame++)
        {
            var given = inputs.ToDictionary(input => input.Name, input => Random(input.Type, batch, spread));
            var actual = asic.Run(given);
            foreach (var (name, expected) in cpu.Run(given))
            {
                Xunit.Assert.Equal(expected.Dims, actual[name].Dims);
                Xunit.Assert.Equal(expected.Type, actual[name].Type);
                pairs.Add((expected, actual[name]));
            }
        }

        return pairs;
    }

    private Tensor Random(TensorType type, int batch, float spread)
    {
        long[] dims = [.. type.Shape!.Select(dim => dim.IsKnown ? dim.Size : batch)];
        var values = new float[dims.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = spread * (float)draws.Normal(drawn++);
        return Tensor.Of(dims, values.AsSpan());
    }

    private double Uniform() => draws.Uniform(drawn++);

    private static Dim Size(long size) => size < 0 ? Dim.Named("batch") : new Dim(size);
}
