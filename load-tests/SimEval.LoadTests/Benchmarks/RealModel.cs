using System.Globalization;
using System.Runtime.InteropServices;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Models.Graphs;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>A model that nobody on this project made, with the inputs that its makers' own runs had, frame after frame.</summary>
/// <param name="Name">Short, as a part of a figure's name.</param>
/// <param name="Bytes">The ONNX file.</param>
/// <param name="Output">The output that counts; others are states.</param>
/// <param name="States">States, zeros at the start.</param>
/// <param name="Inputs">Inputs of each frame, states left out.</param>
internal sealed record RealModel(
    string Name,
    byte[] Bytes,
    string Output,
    IReadOnlyList<StateNames> States,
    IReadOnlyList<IReadOnlyDictionary<string, Tensor>> Inputs
)
{
    private const int SampleRate = 16000;
    private const int Chunk = 512;
    private const int Context = 64;

    /// <summary>All of them, from a data folder.</summary>
    public static IEnumerable<RealModel> In(string folder)
    {
        yield return Policy("go1", Path.Combine(folder, "robots", "playground_go1"), "go1", 48, 12);
        yield return Policy("g1", Path.Combine(folder, "robots", "playground_g1"), "g1", 103, 29);
        var speech = Path.Combine(folder, "speech");
        yield return Voice("silero", Path.Combine(speech, "silero_vad"));
        yield return Enhancement("gtcrn", Path.Combine(speech, "gtcrn"));
    }

    /// <summary>Runs the frames one after another, each from the states that the one before it gave.</summary>
    /// <returns>Each frame's inputs, states among them, and its outputs.</returns>
    public IEnumerable<(IReadOnlyDictionary<string, Tensor> Frame, IReadOnlyDictionary<string, Tensor> Given)> Stream(
        ITensorModel model
    )
    {
        var states = States.ToDictionary(
            state => state.Input,
            state =>
            {
                var dims = model.Signature.Inputs.First(input => input.Name == state.Input).Dims;
                return Tensor.Of([.. dims.Select(size => (long)size)], new float[dims.Aggregate(1, (a, b) => a * b)]);
            },
            StringComparer.Ordinal
        );
        foreach (var input in Inputs)
        {
            var frame = new Dictionary<string, Tensor>(input, StringComparer.Ordinal);
            foreach (var (name, state) in states)
                frame[name] = state;
            var given = model.Run(frame);
            foreach (var state in States)
                states[state.Input] = given[state.Output];
            yield return (frame, given);
        }
    }

    // A row of the table ends with the observation and the action.
    private static RealModel Policy(string name, string folder, string file, int observed, int acted) =>
        new(
            name,
            File.ReadAllBytes(Path.Combine(folder, $"{file}_policy.onnx")),
            "continuous_actions",
            [],
            [
                .. File.ReadLines(Path.Combine(folder, $"{file}_vx0.5_20s_io.csv"))
                    .Select(line => line.Split(','))
                    .Select(cells =>
                        cells[^(observed + acted)..^acted]
                            .Select(cell => float.Parse(cell, CultureInfo.InvariantCulture))
                    )
                    .Select(row => One("obs", Tensor.Of([1, observed], row.ToArray()))),
            ]
        );

    // Chunks of 512 samples with the 64 before them.
    private static RealModel Voice(string name, string folder)
    {
        var samples = Samples(Path.Combine(folder, "test.wav"));
        var chunks = Math.Min(samples.Length / Chunk, 60 * SampleRate / Chunk);
        return new RealModel(
            name,
            File.ReadAllBytes(Path.Combine(folder, "silero_vad_openvino_16k.onnx")),
            "output",
            [new StateNames("state", "stateN")],
            [
                .. Enumerable
                    .Range(0, chunks)
                    .Select(chunk => Part(samples, (chunk * Chunk) - Context, Chunk + Context))
                    .Select(part => One("input", Tensor.Of([1, Chunk + Context], part))),
            ]
        );
    }

    // Spectra of 512 samples every 256, under the square root of a Hann window.
    private static RealModel Enhancement(string name, string folder)
    {
        const int hop = Chunk / 2,
            bins = hop + 1;
        var samples = Samples(Path.Combine(folder, "mix.wav"));
        var window = Enumerable.Range(0, Chunk).Select(i => Math.Sin(Math.PI * i / Chunk)).ToArray();
        var waves = Enumerable.Range(0, Chunk).Select(i => Math.SinCos(2 * Math.PI * i / Chunk)).ToArray();
        var frames = (samples.Length / hop) + 1;
        return new RealModel(
            name,
            File.ReadAllBytes(Path.Combine(folder, "gtcrn_simple.onnx")),
            "enh",
            [
                new StateNames("conv_cache", "conv_cache_out"),
                new StateNames("tra_cache", "tra_cache_out"),
                new StateNames("inter_cache", "inter_cache_out"),
            ],
            [.. Enumerable.Range(0, frames).Select(frame => One("mix", Tensor.Of([1, bins, 1, 2], Spectrum(frame))))]
        );

        float[] Spectrum(int frame)
        {
            var part = Part(samples, (frame * hop) - hop, Chunk);
            var spectrum = new float[2 * bins];
            for (var bin = 0; bin < bins; bin++)
            {
                var (real, imaginary) = (0.0, 0.0);
                for (var i = 0; i < Chunk; i++)
                {
                    var (sin, cos) = waves[i * bin % Chunk];
                    real += part[i] * window[i] * cos;
                    imaginary -= part[i] * window[i] * sin;
                }

                (spectrum[2 * bin], spectrum[(2 * bin) + 1]) = ((float)real, (float)imaginary);
            }

            return spectrum;
        }
    }

    private static IReadOnlyDictionary<string, Tensor> One(string name, Tensor tensor) =>
        new Dictionary<string, Tensor>(StringComparer.Ordinal) { [name] = tensor };

    private static float[] Part(float[] samples, int from, int count) =>
        [.. Enumerable.Range(from, count).Select(at => at < 0 || at >= samples.Length ? 0 : samples[at])];

    private static float[] Samples(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var data = bytes.AsSpan(bytes.AsSpan().IndexOf("data"u8) + 8);
        var samples = MemoryMarshal.Cast<byte, short>(data[..(data.Length & ~1)]);
        return [.. samples.ToArray().Select(sample => sample / 32768f)];
    }
}
