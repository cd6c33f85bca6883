namespace SimEval.Scenarios.Sweeps;

/// <summary>How the random parameters of a sweep are drawn together.</summary>
internal enum SamplingDesign
{
    /// <summary>Independent draws.</summary>
    Random,

    /// <summary>One draw in each of N equal slices of every parameter (McKay, Beckman, Conover 1979).</summary>
    LatinHypercube,

    /// <summary>Sobol's sequence under a random digital shift.</summary>
    Sobol,
}

/// <summary>One parameter of a sweep.</summary>
/// <param name="Name">Name, without the dollar sign.</param>
/// <param name="Unit">Base unit of its numbers; "" for pure numbers and texts.</param>
internal abstract record SweepParameter(string Name, string Unit);

/// <summary>A parameter whose every value appears with every combination of the others: a list, a grid, the files of a suite.</summary>
internal sealed record ListedParameter(string Name, string Unit, IReadOnlyList<ParameterValue> Values)
    : SweepParameter(Name, Unit);

/// <summary>A parameter that is drawn.</summary>
/// <param name="Name">Name.</param>
/// <param name="Unit">Base unit.</param>
/// <param name="Quantile">From a share in (0, 1) to the value below which that share of draws lies.</param>
internal sealed record DrawnParameter(string Name, string Unit, Func<double, double> Quantile)
    : SweepParameter(Name, Unit);
