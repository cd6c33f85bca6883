using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Functions of one float32 element, by ONNX's definitions.</summary>
internal static class UnaryRules
{
    // One line a function; what depends on attributes is a function of the call.
    private static readonly Dictionary<string, Func<OperatorCall, Func<float, float>>> Functions = new(
        StringComparer.Ordinal
    )
    {
        ["Abs"] = _ => Math.Abs,
        ["Ceil"] = _ => x => (float)Math.Ceiling(x),
        ["Celu"] = Celu,
        ["Elu"] = Elu,
        ["Erf"] = _ => x => (float)Elementary.Erf(x),
        ["Exp"] = _ => x => (float)Elementary.Exp(x),
        ["Floor"] = _ => x => (float)Math.Floor(x),
        ["Gelu"] = Gelu,
        ["HardSigmoid"] = HardSigmoid,
        ["HardSwish"] = _ => x => x * Math.Max(0, Math.Min(1, x / 6 + 0.5f)),
        ["LeakyRelu"] = LeakyRelu,
        ["Log"] = _ => x => (float)Elementary.Log(x),
        ["Mish"] = _ => x => (float)(x * Elementary.Tanh(Elementary.Softplus(x))),
        ["Neg"] = _ => x => -x,
        ["Reciprocal"] = _ => x => 1 / x,
        ["Relu"] = _ => x => x > 0 || float.IsNaN(x) ? x : 0,
        ["Round"] = _ => x => (float)Math.Round(x, MidpointRounding.ToEven),
        ["Selu"] = Selu,
        ["Shrink"] = Shrink,
        ["Sigmoid"] = _ => x => (float)Elementary.Sigmoid(x),
        ["Sign"] = _ =>
            x =>
                x > 0 ? 1
                : x < 0 ? -1
                : x,
        ["Softplus"] = _ => x => (float)Elementary.Softplus(x),
        ["Softsign"] = _ => x => x / (1 + Math.Abs(x)),
        ["Sqrt"] = _ => x => (float)Math.Sqrt(x),
        ["Tanh"] = _ => x => (float)Elementary.Tanh(x),
        ["ThresholdedRelu"] = ThresholdedRelu,
    };

    /// <summary>Names of the functions.</summary>
    public static string[] Names => [.. Functions.Keys];

    /// <summary>The rule of all of them.</summary>
    public static Step Place(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var function = Functions[call.Node.Operator](call);
        return new Step(
            [new Operand(ElementType.Float32, call[0].Dims)],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < source.Length; i++)
                    target[i] = function(source[i]);
            },
            Work.Vector(call[0].Count)
        );
    }

    /// <summary>Clip: bounds are attributes before operator set 11, inputs since.</summary>
    public static Step Clip(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var least = call.KnownFloat(1) ?? call.Float("min", float.NegativeInfinity);
        var greatest = call.KnownFloat(2) ?? call.Float("max", float.PositiveInfinity);
        return new Step(
            [new Operand(ElementType.Float32, call[0].Dims)],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < source.Length; i++)
                    target[i] = Math.Min(Math.Max(source[i], least), greatest);
            },
            Work.Vector(call[0].Count)
        );
    }

    private static Func<float, float> Celu(OperatorCall call)
    {
        var alpha = call.Float("alpha", 1);
        return x => x > 0 ? x : (float)(alpha * Elementary.ExpMinusOne(x / alpha));
    }

    private static Func<float, float> Elu(OperatorCall call)
    {
        var alpha = call.Float("alpha", 1);
        return x => x >= 0 ? x : (float)(alpha * Elementary.ExpMinusOne(x));
    }

    private static Func<float, float> Selu(OperatorCall call)
    {
        var alpha = call.Float("alpha", 1.67326319217681884765625f);
        var gamma = call.Float("gamma", 1.05070102214813232421875f);
        return x => x > 0 ? gamma * x : (float)(gamma * (alpha * Elementary.ExpMinusOne(x)));
    }

    private static Func<float, float> Gelu(OperatorCall call) =>
        call.Text("approximate", "none") switch
        {
            "none" => x => (float)(0.5 * x * (1 + Elementary.Erf(x * 0.70710678118654752))),
            "tanh" => x =>
                (float)(0.5 * x * (1 + Elementary.Tanh(0.79788456080286536 * (x + 0.044715 * ((double)x * x * x))))),
            var other => throw call.Refused($"its approximation '{other}' is neither 'none' nor 'tanh'"),
        };

    private static Func<float, float> HardSigmoid(OperatorCall call)
    {
        var alpha = call.Float("alpha", 0.2f);
        var beta = call.Float("beta", 0.5f);
        return x => Math.Max(0, Math.Min(1, alpha * x + beta));
    }

    private static Func<float, float> LeakyRelu(OperatorCall call)
    {
        var alpha = call.Float("alpha", 0.01f);
        return x => x >= 0 ? x : alpha * x;
    }

    private static Func<float, float> Shrink(OperatorCall call)
    {
        var (bias, lambda) = (call.Float("bias", 0), call.Float("lambd", 0.5f));
        return x =>
            x < -lambda ? x + bias
            : x > lambda ? x - bias
            : 0;
    }

    private static Func<float, float> ThresholdedRelu(OperatorCall call)
    {
        var alpha = call.Float("alpha", 1);
        return x => x > alpha ? x : 0;
    }
}
