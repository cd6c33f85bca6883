using System.Text.RegularExpressions;
using SimEval.Models.Onnx;
using SimEval.Models.Shapes;

namespace SimEval.Devices.Cpu;

/// <summary>
/// Why ONNX Runtime would not load a model, told apart: what it lacks (an operator, a newer operator set) and what is wrong
/// with the model. Its codes alone do not tell; its sentences do.
/// </summary>
internal static partial class RuntimeRefusal
{
    /// <summary>The refusal in plain words; what is wrong with the model is told with its node where SimEval finds it, too.</summary>
    /// <param name="failure">What the runtime said.</param>
    /// <param name="model">The model's bytes.</param>
    public static ModelException Of(OnnxRuntimeException failure, ReadOnlyMemory<byte> model)
    {
        var text = failure.Message;
        if (NoKernel().Match(text) is { Success: true } kernel)
            return Lacks($"ONNX Runtime does not implement {kernel.Groups[1].Value}", failure);
        if (NoOperator().Match(text) is { Success: true } unknown)
            return Lacks(
                $"ONNX Runtime does not know the operator {Qualified(unknown.Groups[2].Value, unknown.Groups[1].Value)}",
                failure
            );
        if (NotRegistered().Match(text) is { Success: true } unregistered)
            return Lacks(
                $"ONNX Runtime does not know the operator {unregistered.Groups[1].Value} of operator set {unregistered.Groups[2].Value}",
                failure
            );
        if (NewOpset().Match(text) is { Success: true } opset)
            return Lacks(
                $"the model is of operator set {opset.Groups[1].Value}; ONNX Runtime knows those up to {opset.Groups[2].Value}",
                failure
            );
        if (NoLocale().Match(text) is { Success: true } locale)
            return Lacks($"ONNX Runtime needs the locale {locale.Groups[1].Value}, which this machine lacks", failure);
        if (NotSupported().Match(text) is { Success: true } part)
            return Lacks($"ONNX Runtime: {part.Groups[1].Value}", failure);
        return failure.IsNotImplemented
            ? Lacks($"ONNX Runtime does not implement it: {failure.Line}", failure)
            : new ModelException(
                ModelFault.Unreadable,
                $"{(Fault(model) is { } fault ? $"{fault}. " : "")}ONNX Runtime refuses the model: {failure.Line}",
                failure
            );
    }

    private static string? Fault(ReadOnlyMemory<byte> model)
    {
        try
        {
            ShapeInference.Infer(OnnxReader.Read(model));
            return null;
        }
        catch (OnnxFormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>Whether it stumbled over its own rewriting of a constant that several nodes take (ONNX Runtime 1.30).</summary>
    public static bool IsOfSharedConstants(OnnxRuntimeException failure) =>
        failure.Message.Contains("Attempt to replace the existing tensor", StringComparison.Ordinal);

    private static ModelException Lacks(string message, OnnxRuntimeException failure) =>
        new(ModelFault.Unsupported, message, failure);

    private static string Qualified(string name, string domain) =>
        domain is "" or "ai.onnx" ? name : $"{domain}.{name}";

    [GeneratedRegex(@"Could not find an implementation for (\w+\(\d+\))")]
    private static partial Regex NoKernel();

    [GeneratedRegex(@"(?:Fatal error: )?([\w.]*):(\w+)\(-?\d+\) is not a registered function/op")]
    private static partial Regex NoOperator();

    [GeneratedRegex(@"No Op registered for (\w+) with domain_version of (\d+)")]
    private static partial Regex NotRegistered();

    [GeneratedRegex(@"Failed to construct locale with name:([\w.-]+?):")]
    private static partial Regex NoLocale();

    [GeneratedRegex(@"was false\. ([^.]* (?:is|are) not (?:yet |currently )?(?:supported|implemented))")]
    private static partial Regex NotSupported();

    [GeneratedRegex(@"Opset (\d+) is under development .* is till opset (\d+)")]
    private static partial Regex NewOpset();
}
