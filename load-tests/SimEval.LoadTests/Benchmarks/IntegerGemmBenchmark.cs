using System.Globalization;
using SimEval.Devices.Asic;
using SimEval.LoadTests.Ladder;
using SimEval.Models.Asic.Programs;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// The emulator's exact 8-bit products over the processor's peak for them: multiply-adds a second, over those of a bare
/// vpdpbusd or vpmaddwd loop on registers in the same run. Native kernels on a square product and on the layers of a small
/// planner, the managed kernel on the square one against vpmaddwd at its own width.
/// </summary>
public sealed class IntegerGemmBenchmark : IBenchmark
{
    private const double Goal = 0.7;

    // The 48-256-256-12 network at batch 64.
    private static readonly Product[] Planner = [new(64, 48, 256), new(64, 256, 256), new(64, 256, 12)];

    private static readonly Product[] Square = [new(256, 256, 256)];

    /// <inheritdoc/>
    public string Name => "asic.gemmOverPeak";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        if (!NativeInt8.Has(NativeInt8.Madd256))
            throw new BenchmarkUnavailableException(
                "there is no library of 8-bit kernels, or no AVX2: src/native/kernels-int8/install.sh builds it with gcc"
            );
        var (native, instructions) = NativeProduct.Vnni is { } vnni
            ? (vnni, NativeInt8.Vnni512)
            : (NativeProduct.Narrow!, NativeInt8.Madd256);
        yield return Measure(Name, Square, native, instructions, budget);
        yield return Measure("asic.plannerGemmOverPeak", Planner, native, instructions, budget);
        var own = NativeInt8.Has(NativeInt8.Madd512) ? NativeInt8.Madd512 : NativeInt8.Madd256;
        yield return Measure("asic.managedGemmOverPeak", Square, ManagedProduct.Instance!, own, budget);
    }

    private static Measurement Measure(
        string name,
        Product[] products,
        IInt8Product kernel,
        int instructions,
        BenchmarkBudget budget
    )
    {
        var prepared = products.Select(product => new Prepared(product, kernel)).ToArray();
        var macs = products.Sum(product => (long)product.M * product.K * product.N);
        var ratio = PairedRatio.Measure(
            PairedRatio.Repeat(() =>
            {
                foreach (var product in prepared)
                    kernel.Multiply(product.Activations, product.Rows, product.Packed, product.Sums);
                return macs;
            }),
            PairedRatio.Repeat(() => (long)NativeInt8.Peak(instructions, 1 << 12)),
            budget
        );
        var checksum = prepared.Aggregate(0L, (sum, product) => (sum * 31) + product.Sums.Sum(s => (long)s));
        return Measurement.OfRatio(
            name,
            ratio,
            Goal,
            "multiply-adds/s",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{kernel.Name}, {string.Join(" and ", products)}; {2e-9 * ratio.RateA:N0} of {2e-9 * ratio.RateB:N0} GOP/s; sum {checksum:x}"
            )
        );
    }

    private readonly record struct Product(int M, int K, int N)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{M}x{K}x{N}");
    }

    private sealed class Prepared
    {
        public Prepared(Product product, IInt8Product kernel)
        {
            var random = Philox.ForStream(1, new PointKey(1), product.N, "gemm");
            Rows = product.M;
            Activations = new byte[product.M * product.K];
            for (var i = 0; i < Activations.Length; i++)
                Activations[i] = (byte)(256 * random.Uniform((ulong)i, 0));
            var weights = new sbyte[product.K * product.N];
            for (var i = 0; i < weights.Length; i++)
                weights[i] = (sbyte)((256 * random.Uniform((ulong)i, 1)) - 128);
            Packed = kernel.Allocate(product.K, product.N);
            kernel.Pack(weights, Packed);
            Sums = new int[product.M * product.N];
        }

        public int Rows { get; }

        public byte[] Activations { get; }

        public PackedWeights Packed { get; }

        public int[] Sums { get; }
    }
}
