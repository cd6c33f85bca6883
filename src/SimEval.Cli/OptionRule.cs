using System.CommandLine;
using System.CommandLine.Parsing;

namespace SimEval.Cli;

/// <summary>Which values an option takes, said where the command line is read.</summary>
internal static class OptionRule
{
    /// <summary>Refuses a value that does not hold; one of another type is the parser's own to refuse.</summary>
    /// <param name="option">The option.</param>
    /// <param name="holds">Whether a value may stand; one that is left out as its default says.</param>
    /// <param name="takes">What it takes, in words: "a whole number from 1 up".</param>
    public static void Takes<T>(this Option<T> option, Predicate<T?> holds, string takes) =>
        option.Validators.Add(result =>
        {
            if (IsRead(result, out T? value) && !holds(value))
                result.AddError($"{option.Name} takes {takes}, not {string.Join(' ', result.Tokens)}");
        });

    private static bool IsRead<T>(OptionResult result, out T? value)
    {
        try
        {
            value = result.GetValueOrDefault<T>();
            return true;
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }
}
