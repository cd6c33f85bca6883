namespace SimEval.Models.Asic.Cost;

/// <summary>Which operands of a layer are on the chip before it begins, or stay there when it ends.</summary>
/// <param name="Inputs">The computed values that it takes: the layer before left them there.</param>
/// <param name="Weights">Its weights: the whole model's are loaded once and stay.</param>
/// <param name="Outputs">What it gives: the next layer takes it from there.</param>
public readonly record struct Placement(bool Inputs, bool Weights, bool Outputs);
