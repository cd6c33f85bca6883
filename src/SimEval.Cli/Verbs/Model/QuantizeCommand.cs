using System.CommandLine;
using System.Globalization;
using SimEval.Engine.Compression;
using SimEval.Models.Compression;
using SimEval.Models.Compression.Calibration;
using SimEval.Models.Graphs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>What a model's numbers become.</summary>
internal enum Precision
{
    /// <summary>Values and weights of 8 bits.</summary>
    Int8,

    /// <summary>Weights of 4 bits.</summary>
    Int4,

    /// <summary>float16.</summary>
    Fp16,
}

/// <summary>`simeval model quantize MODEL`: post-training quantization to a standard ONNX file.</summary>
internal sealed class QuantizeCommand
{
    private const int CorrectionFrames = 512;

    private readonly Argument<string> model = new("MODEL") { Description = "An ONNX model of float32" };
    private readonly CalibrationOptions calibration = new();

    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "The file to write",
        Required = true,
        HelpName = "FILE",
    };

    private readonly Option<Precision> precision = new("--precision")
    {
        Description = "int8: values and weights; int4: weights in blocks; fp16",
        DefaultValueFactory = _ => Precision.Int8,
    };

    private readonly Option<int> block = new("--block")
    {
        Description = "Weights that share a scale, for --precision int4",
        DefaultValueFactory = _ => WeightOnly.DefaultBlock,
        HelpName = "N",
    };

    private readonly Option<CalibrationMethod> method = new("--method")
    {
        Description = "How ranges are taken from what was seen: minmax, percentile, entropy",
        DefaultValueFactory = _ => CalibrationMethod.MinMax,
    };

    private readonly Option<double> percentile = new("--percentile")
    {
        Description = "Share of a value's elements that its range covers, for --method percentile",
        DefaultValueFactory = _ => CalibrationFold.DefaultPercentile,
        HelpName = "P",
    };

    private readonly Option<int?> keep = new("--keep")
    {
        Description = "Leave the N layers that harm the outputs most in float",
        HelpName = "N",
    };

    private readonly Option<double?> sqnr = new("--sqnr")
    {
        Description = "Leave as few layers in float as give the outputs this SQNR",
        HelpName = "DB",
    };

    private readonly Option<bool> perTensor = new("--per-tensor")
    {
        Description = "One scale for all of a layer's weights",
    };

    private readonly Option<bool> reduceRange = new("--reduce-range")
    {
        Description = "Weights of 7 bits, exact in every runtime on processors without VNNI",
    };

    private readonly Option<bool> whole = new("--whole")
    {
        Description = "Quantize what is before the first product and after the last one too",
    };

    private readonly Option<bool> correct = new("--correct-bias")
    {
        Description = "Give back in the biases what rounding takes from each channel's mean",
    };

    private QuantizeCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new QuantizeCommand();
        verb.percentile.Takes(value => value is > 50 and <= 100, "a number above 50 and at most 100");
        verb.block.Takes(value => value >= 1, "a whole number from 1 up");
        verb.keep.Takes(value => value is not < 0, "a whole number from 0 up");
        verb.sqnr.Takes(value => value is null || double.IsFinite(value.Value), "a number of dB");
        var command = new Command("quantize", "Quantize a model after training, into a standard ONNX file")
        {
            verb.model,
            verb.output,
        };
        verb.calibration.AddTo(command);
        foreach (var option in verb.Of8Bits.Prepend(verb.block).Prepend(verb.precision))
            command.Add(option);
        return host.Bind(command, invocation => Task.Run(() => verb.RunAsync(invocation)));
    }

    private async Task<ExitCode> RunAsync(Invocation invocation)
    {
        if (invocation.Parsed.GetValue(keep) is not null && invocation.Parsed.GetValue(sqnr) is not null)
            throw new CommandException(ExitCode.Invalid, "give either --keep N or --sqnr DB");
        var path = invocation.Parsed.GetRequiredValue(model);
        var target = invocation.Parsed.GetValue(precision);
        Option[] foreign = target switch
        {
            Precision.Int8 => [block],
            Precision.Int4 => [.. Of8Bits],
            _ => [.. Of8Bits, block],
        };
        if (foreign.FirstOrDefault(option => invocation.Parsed.GetResult(option) is { Implicit: false }) is { } idle)
            throw new CommandException(
                ExitCode.Invalid,
                $"{idle.Name} says nothing for --precision {target.ToString().ToLowerInvariant()}"
            );
        ModelFiles.Output(output, invocation.Parsed.GetRequiredValue(output), path, calibration.File(invocation));
        var work = await Compressing
            .ReadAsync(invocation, path, calibration, required: target == Precision.Int8)
            .ConfigureAwait(false);
        var view = work.Named(() =>
            target switch
            {
                Precision.Int4 => Int4(invocation, work),
                Precision.Fp16 => Half(invocation, work),
                _ => Int8(invocation, work),
            }
        );
        view.Show(invocation);
        return ExitCode.Pass;
    }

    private IEnumerable<Option> Of8Bits => [method, percentile, keep, sqnr, perTensor, reduceRange, whole, correct];

    private CompressionView Int8(Invocation invocation, Compressing work)
    {
        var parsed = invocation.Parsed;
        var options = new QuantizationOptions
        {
            PerChannel = !parsed.GetValue(perTensor),
            ReduceRange = parsed.GetValue(reduceRange),
            KeepEdges = !parsed.GetValue(whole),
        };
        var (how, share) = (parsed.GetValue(method), parsed.GetValue(percentile));
        var prepared = Preparation.Prepare(work.Parent);
        var pace = new Pace(invocation);
        var ranges = new ModelCalibration(Compressing.Device, work.Limits).Ranges(
            prepared,
            Quantizer.Values(prepared),
            work.Frames,
            () => CalibrationFold.Of(how, share),
            done => pace.Tell(() => $"{done} of {work.Frames.Frames.Count} frames calibrated")
        );
        if (parsed.GetValue(correct))
            options = new BiasCorrection(Compressing.Device, work.Limits, work.Frames.Sample(CorrectionFrames)).Find(
                prepared,
                ranges,
                options,
                (done, all) => pace.Tell(() => $"{done} of {all} biases corrected")
            );
        var (quantized, kept) = Mixed(invocation, work, prepared, ranges, options);
        var recipe = Recipe(options, how, share, kept.Count);
        var view = work.Write(parsed.GetRequiredValue(output), quantized, recipe, calibrated: true);
        return view with { Kept = kept };
    }

    private CompressionView Int4(Invocation invocation, Compressing work)
    {
        var size = invocation.Parsed.GetValue(block);
        var compressed = WeightOnly.Int4(work.Parent, size);
        var recipe = string.Create(CultureInfo.InvariantCulture, $"int4 weights, blocks of {size}");
        return work.Write(invocation.Parsed.GetRequiredValue(output), compressed, recipe, calibrated: false);
    }

    private CompressionView Half(Invocation invocation, Compressing work)
    {
        var prepared = Preparation.Prepare(work.Parent);
        var pace = new Pace(invocation);
        var ranges = new ModelCalibration(Compressing.Device, work.Limits).Ranges(
            prepared,
            HalfPrecision.Values(prepared),
            work.Frames,
            () => CalibrationFold.Of(CalibrationMethod.MinMax),
            done => pace.Tell(() => $"{done} of {work.Frames.Frames.Count} frames calibrated")
        );
        var compressed = HalfPrecision.Convert(prepared, ranges);
        return work.Write(invocation.Parsed.GetRequiredValue(output), compressed, "fp16", calibrated: true);
    }

    private (OnnxModel Model, IReadOnlyList<LayerSensitivity> Kept) Mixed(
        Invocation invocation,
        Compressing work,
        OnnxModel prepared,
        IReadOnlyDictionary<string, ValueRange> ranges,
        QuantizationOptions options
    )
    {
        var (count, target) = (invocation.Parsed.GetValue(keep), invocation.Parsed.GetValue(sqnr));
        if (count is null && target is null)
            return (Quantizer.Quantize(prepared, ranges, options), []);
        var pace = new Pace(invocation);
        var search = new MixedPrecision(prepared, ranges, options, work.Noise());
        var ranked = search.Rank((done, all) => pace.Tell(() => $"{done} of {all} layers measured"));
        if (count is { } asked)
            return (search.Keep(ranked, asked), [.. ranked.Take(asked)]);
        var (kept, model) = search.Reach(ranked, target!.Value);
        return (model, [.. ranked.Take(kept)]);
    }

    private static string Recipe(QuantizationOptions options, CalibrationMethod method, double percentile, int kept) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"int8, {(options.PerChannel ? "per channel" : "per tensor")}, {method switch
            {
                CalibrationMethod.MinMax => "minmax",
                CalibrationMethod.Percentile => $"percentile {percentile}",
                _ => "entropy",
            }}{(options.ReduceRange ? ", 7-bit weights" : "")}{(options.KeepEdges ? "" : ", edges too")}{(options.Corrections.Count > 0 ? ", biases corrected" : "")}{(kept > 0 ? $", {kept} layers in float" : "")}"
        );
}
