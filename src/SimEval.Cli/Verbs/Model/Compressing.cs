using System.Security.Cryptography;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Engine.Compression;
using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Cli.Verbs.Model;

/// <summary>A model on its way to a compressed one: read once, measured against itself at the end.</summary>
internal sealed class Compressing
{
    private const int MeasuredFrames = 256;

    private readonly Invocation invocation;
    private readonly ModelFile file;

    private Compressing(
        Invocation invocation,
        ModelFile file,
        OnnxModel parent,
        CalibrationFrames frames,
        string source
    ) => (this.invocation, this.file, Parent, Frames, Source) = (invocation, file, parent, frames, source);

    /// <summary>Runs models.</summary>
    public static ITensorDevice Device { get; } = new CpuDevice();

    /// <summary>The model as it was read.</summary>
    public OnnxModel Parent { get; }

    /// <summary>What it is calibrated with.</summary>
    public CalibrationFrames Frames { get; }

    /// <summary>Where those are from.</summary>
    public string Source { get; }

    /// <summary>Limits of models.</summary>
    public ModelOptions Limits => ModelFiles.Options(invocation);

    /// <summary>Reads a model and the frames.</summary>
    public static async Task<Compressing> ReadAsync(
        Invocation invocation,
        string path,
        CalibrationOptions calibration,
        bool required
    )
    {
        var file = ModelFiles.ReadFile(invocation, path);
        OnnxModel parent;
        try
        {
            parent = OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file));
        }
        catch (OnnxFormatException e)
        {
            throw new CommandException(ExitCode.Invalid, $"{path}: {e.Message}");
        }

        using var model = file.Naming(() => Device.Open(file, ModelFiles.Options(invocation)));
        try
        {
            var (frames, source) = await calibration.ReadAsync(invocation, model, file, required).ConfigureAwait(false);
            return new Compressing(invocation, file, parent, frames, source);
        }
        catch (ModelException e)
        {
            throw file.Named(e);
        }
    }

    /// <summary>Does something with the model; what is wrong with it is told with its file.</summary>
    public T Named<T>(Func<T> act)
    {
        try
        {
            return file.Naming(act);
        }
        catch (CompressionException e)
        {
            throw new CommandException(ExitCode.Invalid, $"{file.Path}: {e.Message}");
        }
    }

    /// <summary>Measures outputs against the parent's, on a sample of the frames.</summary>
    public OutputNoise Noise() => new(Device, Limits, Parent, Frames.Sample(MeasuredFrames));

    /// <summary>Writes the model and measures it, layer by layer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The compressed model.</param>
    /// <param name="recipe">How it was made.</param>
    /// <param name="calibrated">Whether it depends on the frames.</param>
    public CompressionView Write(string path, OnnxModel model, string recipe, bool calibrated)
    {
        var stamped = Lineage.Stamp(
            model,
            Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span)),
            recipe,
            calibrated ? Frames.Hash() : null
        );
        var bytes = OnnxWriter.Write(stamped);
        var sample = Frames.Sample(MeasuredFrames);
        using var comparison = ModelComparison.Open((file, Device), (new ModelFile(path, bytes), Device), Limits);
        var pace = new Pace(invocation);
        foreach (var frame in sample.Frames)
        {
            comparison.Add(frame);
            pace.Tell(() => $"{comparison.Frames} of {sample.Frames.Count} frames compared");
        }

        var worst = Noise().WorstDb(stamped);
        ModelFiles.Write(path, stream => stream.Write(bytes));
        return new CompressionView(
            path,
            recipe,
            Source,
            sample.Frames.Count,
            file.Bytes.Length,
            bytes.Length,
            worst,
            comparison.Report()
        );
    }
}
