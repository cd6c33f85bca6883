using System.Text.RegularExpressions;

namespace SimEval.Devices.Cpu;

/// <summary>
/// ONNX Runtime's sentences without the place in its source that some begin with: "/onnxruntime_src/.../reshape_helper.h:45
/// onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&amp;, ...)".
/// </summary>
internal static partial class RuntimeText
{
    /// <summary>The text without them.</summary>
    public static string WithoutSource(string text)
    {
        for (var place = Place().Match(text); place.Success; place = Place().Match(text, place.Index))
            text = text.Remove(place.Index, place.Length + Signature(text.AsSpan(place.Index + place.Length)));
        return text.Trim();
    }

    /// <summary>How many characters the function's name and parameters take; 0 where none stands there.</summary>
    private static int Signature(ReadOnlySpan<char> text)
    {
        var first = text.IndexOf('(');
        if (first < 0 || text[..first].IndexOf("::") < 0)
            return 0;
        var depth = 0;
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch
            {
                '(' or '<' or '[' or '{' => 1,
                ')' or '>' or ']' or '}' => -1,
                _ => 0,
            };
            if (depth == 0 && at >= first && (at + 1 == text.Length || text[at + 1] == ' '))
                return at + 1 + Qualifiers(text[(at + 1)..]);
        }

        return 0;
    }

    private static int Qualifiers(ReadOnlySpan<char> text)
    {
        foreach (var match in Qualifier().EnumerateMatches(text))
            return match.Length;
        return 0;
    }

    [GeneratedRegex(@"[\w./-]+\.(?:cc|cpp|cu|h|hpp|cuh|inl)[:(]\d+\)?:?\s*")]
    private static partial Regex Place();

    [GeneratedRegex(@"^(?: const| noexcept)*(?: \[with [^\]]*\])?\s*")]
    private static partial Regex Qualifier();
}
