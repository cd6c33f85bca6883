using SimEval.Models.Learning;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Models;

public class MlpTests
{
    private static readonly Philox Draws = new(7);

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    public void The_gradient_equals_finite_differences(Activation activation)
    {
        var network = Network(activation, 5, 9, 17, 3);
        var work = new MlpWorkspace(network, 6);
        var (input, target, weight) = (Rows(6 * 5, 1), Rows(6 * 3, 2), Rows(6 * 3, 3).Select(Math.Abs).ToArray());
        var gradient = new float[network.Parameters.Length];
        network.AddGradient(input, target, weight, 6, gradient, work);
        var scratch = new float[network.Parameters.Length];
        const float step = 2e-3f;
        for (var i = 0; i < network.Parameters.Length; i++)
        {
            var kept = network.Parameters[i];
            network.Parameters[i] = kept + step;
            var above = network.AddGradient(input, target, weight, 6, scratch, work);
            network.Parameters[i] = kept - step;
            var below = network.AddGradient(input, target, weight, 6, scratch, work);
            network.Parameters[i] = kept;
            Assert.Equal((above - below) / (2 * step), gradient[i], 2e-2 * Math.Max(1, Math.Abs(gradient[i])));
        }
    }

    [Fact]
    public void A_row_does_not_depend_on_its_batch()
    {
        var network = Network(Activation.Relu, 13, 37, 20, 3);
        var work = new MlpWorkspace(network, 9);
        var rows = Rows(9 * 13, 4);
        var together = network.Forward(rows, 9, work).ToArray();
        for (var row = 0; row < 9; row++)
            Assert.Equal(
                together[(row * 3)..(row * 3 + 3)],
                network.Forward(rows.AsSpan(row * 13, 13), 1, work).ToArray()
            );
    }

    [Fact]
    public void It_learns_a_small_regression()
    {
        var network = Network(Activation.Relu, 2, 32, 32, 1);
        var before = Train(network, 0);
        var after = Train(network, 600);
        Assert.True(after < 0.01 && after < before / 20, $"error {before} became {after}");
    }

    [Fact]
    public void Training_twice_gives_the_same_bits()
    {
        var (one, two) = (Network(Activation.Tanh, 2, 16, 1), Network(Activation.Tanh, 2, 16, 1));
        Train(one, 50);
        Train(two, 50);
        Assert.Equal(one.Parameters, two.Parameters);
    }

    [Fact]
    public void Normalised_rows_have_mean_zero_and_deviation_one_where_they_vary()
    {
        float[] rows =
        [
            .. Enumerable.Range(0, 300).Select(i => i % 3 == 2 ? 5f : (float)Draws.Normal((ulong)i) * 4 + 10),
        ];
        var normalisation = Normalisation.Of(rows, 3, 0.1);
        var scaled = new float[300];
        normalisation.Apply(rows, scaled);
        for (var column = 0; column < 2; column++)
        {
            var values = scaled.Where((_, i) => i % 3 == column).ToList();
            Assert.Equal(0, values.Average(), 1e-4);
            Assert.Equal(1, values.Average(value => value * value), 1e-4);
        }

        Assert.All(scaled.Where((_, i) => i % 3 == 2), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_linear_map_is_found_exactly()
    {
        var x = Rows(200 * 4, 5);
        var y = new float[200 * 2];
        for (var row = 0; row < 200; row++)
        {
            y[2 * row] = 0.5f * x[4 * row] - 2 * x[4 * row + 3] + 1;
            y[2 * row + 1] = x[4 * row + 1];
        }

        var map = LinearMap.Fit(x, y, 4, 2, 1e-9);
        var found = new float[y.Length];
        map.Apply(x, found);
        for (var i = 0; i < y.Length; i++)
            Assert.Equal(y[i], found[i], 1e-5f);
    }

    [Fact]
    public void A_linear_map_of_dependent_inputs_is_still_found()
    {
        float[] x = [.. Rows(100, 6).SelectMany(value => new[] { value, 2 * value, 0 })];
        var map = LinearMap.Fit(x, x, 3, 3, 1e-7);
        var found = new float[x.Length];
        map.Apply(x, found);
        for (var i = 0; i < x.Length; i++)
            Assert.Equal(x[i], found[i], 1e-4f);
    }

    private static double Train(Mlp network, int steps)
    {
        const int batch = 64;
        var work = new MlpWorkspace(network, batch);
        var adam = new Adam(network.Parameters.Length, 0);
        var ones = Enumerable.Repeat(1f, batch).ToArray();
        var error = 0.0;
        for (var step = 0; step <= steps; step++)
        {
            var input = new float[batch * 2];
            var target = new float[batch];
            for (var i = 0; i < batch; i++)
            {
                var (x, y) = (
                    Draws.Uniform((ulong)step, (ulong)i) * 2 - 1,
                    Draws.Uniform((ulong)step, (ulong)i + 500) * 2 - 1
                );
                (input[2 * i], input[2 * i + 1], target[i]) = ((float)x, (float)y, (float)(x * y + Math.Abs(x)));
            }

            var gradient = new float[network.Parameters.Length];
            error = network.AddGradient(input, target, ones, batch, gradient, work) / batch;
            if (steps == 0)
                break;
            for (var i = 0; i < gradient.Length; i++)
                gradient[i] /= batch;
            adam.Step(network.Parameters, gradient, 3e-3);
        }

        return error;
    }

    private static Mlp Network(Activation activation, params int[] sizes) =>
        new(sizes, activation, index => Draws.Normal((ulong)index, 99));

    private static float[] Rows(int count, ulong stream) =>
        [.. Enumerable.Range(0, count).Select(i => (float)Draws.Normal((ulong)i, stream))];
}
