namespace SimEval.Models.Learning;

/// <summary>
/// Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019), bias-corrected.
/// </summary>
public sealed class Adam
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const float Epsilon = 1e-8f;

    private readonly float[] first;
    private readonly float[] second;
    private readonly float decay;
    private double beta1Power = 1;
    private double beta2Power = 1;

    /// <summary>For a vector of parameters.</summary>
    /// <param name="count">Its length.</param>
    /// <param name="decay">Weight decay, as a share of the step size.</param>
    public Adam(int count, double decay)
    {
        first = new float[count];
        second = new float[count];
        this.decay = (float)decay;
    }

    /// <summary>One step against the gradient.</summary>
    public void Step(float[] parameters, float[] gradient, double stepSize)
    {
        beta1Power *= Beta1;
        beta2Power *= Beta2;
        var rate = (float)(stepSize / (1 - beta1Power));
        var correction = (float)(1 / (1 - beta2Power));
        var shrink = 1 - (float)stepSize * decay;
        for (var i = 0; i < parameters.Length; i++)
        {
            var g = gradient[i];
            first[i] += (1 - (float)Beta1) * (g - first[i]);
            second[i] += (1 - (float)Beta2) * (g * g - second[i]);
            parameters[i] =
                parameters[i] * shrink - rate * first[i] / ((float)Math.Sqrt(second[i] * correction) + Epsilon);
        }
    }
}
