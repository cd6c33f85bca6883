using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators that work element by element.</summary>
internal static class ElementwiseRules
{
    private static readonly string[] Unary =
    [
        "Abs",
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "BitwiseNot",
        "Ceil",
        "Celu",
        "Clip",
        "Cos",
        "Cosh",
        "CumSum",
        "Elu",
        "Erf",
        "Exp",
        "Floor",
        "Gelu",
        "HardSigmoid",
        "HardSwish",
        "LeakyRelu",
        "Log",
        "Mish",
        "Neg",
        "Not",
        "Reciprocal",
        "Relu",
        "Round",
        "Selu",
        "Shrink",
        "Sigmoid",
        "Sign",
        "Sin",
        "Sinh",
        "Softplus",
        "Softsign",
        "Sqrt",
        "Swish",
        "Tan",
        "Tanh",
        "ThresholdedRelu",
    ];

    private static readonly string[] Binary = ["BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Pow"];

    private static readonly string[] Comparisons =
    [
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "And",
        "Or",
        "Xor",
    ];

    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            .. Unary.Select(name => (name, (ShapeRule)Same)),
            .. Binary.Select(name => (name, (ShapeRule)Broadcast)),
            .. Comparisons.Select(name => (name, (ShapeRule)Compare)),
            ("Add", node => Arithmetic(node, (a, b) => a + b)),
            ("Sub", node => Arithmetic(node, (a, b) => a - b)),
            ("Mul", node => Arithmetic(node, (a, b) => a * b)),
            // Integer division rounds towards 0 and equals rounding down where neither side is negative, as sizes are.
            (
                "Div",
                node => Arithmetic(node, (a, b) => a.Number < 0 || b.Number < 0 ? SymbolicInteger.Unknown : a / b)
            ),
            ("Mod", node => Arithmetic(node, Remainder)),
            ("Max", node => Arithmetic(node, (a, b) => Pick(a, b, Math.Max))),
            ("Min", node => Arithmetic(node, (a, b) => Pick(a, b, Math.Min))),
            ("Sum", Variadic),
            ("Mean", Variadic),
            ("PRelu", node => node.Output(0, node.Element(0), node.Shape(0))),
            ("Identity", Identity),
            ("IsInf", node => node.Output(0, ElementType.Bool, node.Shape(0))),
            ("IsNaN", node => node.Output(0, ElementType.Bool, node.Shape(0))),
            ("Cast", Cast),
            ("CastLike", node => node.Output(0, node.Element(1), node.Shape(0))),
            ("Dropout", Dropout),
            ("Where", Where),
        ];

    /// <summary>One output that is like the first input.</summary>
    public static void Same(RuleContext node) => node.Output(0, node.Element(0), node.Shape(0));

    /// <summary>One output of the first input's type, over both inputs' common shape.</summary>
    public static void Broadcast(RuleContext node) =>
        node.Output(0, node.Element(0), node.Broadcast(node.Shape(0), node.Shape(1)));

    private static void Identity(RuleContext node)
    {
        node.Output(0, node.Input(0));
        node.OutputValues(0, node.Values(0));
        node.OutputConstant(0, node.Constant(0));
    }

    private static void Variadic(RuleContext node)
    {
        var shapes = Enumerable.Range(0, node.Inputs).Select(input => node.Shape(input)).ToArray();
        node.Output(0, node.Element(0), node.Broadcast(shapes));
    }

    private static void Arithmetic(RuleContext node, Func<SymbolicInteger, SymbolicInteger, SymbolicInteger> operation)
    {
        Variadic(node);
        if (node.Inputs == 2)
            node.OutputValues(0, Zip(node.Values(0), node.Values(1), operation));
        else if (node.Inputs == 1)
            node.OutputValues(0, node.Values(0));
    }

    private static SymbolicInteger[]? Zip(
        SymbolicInteger[]? a,
        SymbolicInteger[]? b,
        Func<SymbolicInteger, SymbolicInteger, SymbolicInteger> operation
    )
    {
        if (a is null || b is null || (a.Length != b.Length && a.Length != 1 && b.Length != 1))
            return null;
        var length = a.Length == 1 ? b.Length : a.Length;
        return [.. Enumerable.Range(0, length).Select(i => operation(a[i % a.Length], b[i % b.Length]))];
    }

    private static SymbolicInteger Remainder(SymbolicInteger a, SymbolicInteger b) =>
        a.Number is { } x && b.Number is > 0 and { } y && x >= 0 ? x % y : SymbolicInteger.Unknown;

    private static SymbolicInteger Pick(SymbolicInteger a, SymbolicInteger b, Func<long, long, long> choice) =>
        a.Number is { } x && b.Number is { } y ? choice(x, y)
        : a.Text is not null && a.Text == b.Text ? a
        : SymbolicInteger.Unknown;

    private static void Compare(RuleContext node)
    {
        node.Output(0, ElementType.Bool, node.Broadcast(node.Shape(0), node.Shape(1)));
        if (node.Node.Operator == "Equal")
            node.OutputValues(0, Zip(node.Values(0), node.Values(1), Equality));
    }

    // A named size is never negative: exporters compare shapes with -1.
    private static SymbolicInteger Equality(SymbolicInteger a, SymbolicInteger b) =>
        (a.Number, b.Number) switch
        {
            ({ } x, { } y) => x == y ? 1 : 0,
            (null, < 0) when IsName(a) => 0,
            (< 0, null) when IsName(b) => 0,
            _ => a.Text is not null && a.Text == b.Text ? 1 : SymbolicInteger.Unknown,
        };

    private static bool IsName(SymbolicInteger value) =>
        value.Text is { } text && !text.Contains('-', StringComparison.Ordinal);

    private static void Cast(RuleContext node)
    {
        var to = node.ElementOf("to", ElementType.Undefined);
        node.Output(0, to, node.Shape(0));
        if (to is ElementType.Int64 or ElementType.Int32)
            node.OutputValues(0, node.Values(0));
    }

    private static void Dropout(RuleContext node)
    {
        Same(node);
        node.Output(1, node.Opset >= 10 ? ElementType.Bool : node.Element(0), node.Shape(0));
    }

    private static void Where(RuleContext node)
    {
        if (node.Element(0) is not (ElementType.Bool or ElementType.Undefined))
            throw node.Fault($"its condition, input 0, is {node.Element(0).Name()}, not bool");
        var (first, second) = (node.Element(1), node.Element(2));
        if (first != second && first != ElementType.Undefined && second != ElementType.Undefined)
            throw node.Fault($"it chooses between {first.Name()} and {second.Name()}; they must be of one type");
        node.Output(0, node.Element(1), node.Broadcast(node.Shape(0), node.Shape(1), node.Shape(2)));
        if (node.Numbers(0) is not { } conditions || node.Values(1) is not { } yes || node.Values(2) is not { } no)
            return;
        var length = Math.Max(conditions.Length, Math.Max(yes.Length, no.Length));
        if (!new[] { conditions.Length, yes.Length, no.Length }.All(count => count == length || count == 1))
            return;
        node.OutputValues(
            0,
            [
                .. Enumerable
                    .Range(0, length)
                    .Select(i => conditions[i % conditions.Length] != 0 ? yes[i % yes.Length] : no[i % no.Length]),
            ]
        );
    }
}
