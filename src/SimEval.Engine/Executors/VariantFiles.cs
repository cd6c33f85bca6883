using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Engine.Runs;
using SimEval.Scenarios;

namespace SimEval.Engine.Executors;

/// <summary>The model file of a variant, read through a scenario's files: the disk's, or those that a run captured.</summary>
internal static class VariantFiles
{
    /// <summary>
    /// The model with all weights in one file. Throws <see cref="ModelException"/> when a file beside it, in which it keeps
    /// weights, cannot be had.
    /// </summary>
    /// <param name="variant">The variant.</param>
    /// <param name="bytes">Its file's bytes.</param>
    /// <param name="files">Where files are read.</param>
    /// <param name="options">Limits.</param>
    /// <param name="beside">Receives the full paths of the files beside it.</param>
    public static ModelFile Whole(
        Variant variant,
        byte[] bytes,
        ISourceFiles files,
        ModelOptions options,
        ICollection<string> beside
    )
    {
        return ExternalFiles.Inline(new ModelFile(variant.Source, bytes), options, Read);

        ReadOnlyMemory<byte>? Read(string path)
        {
            var full = files.Resolve(variant.Source, path);
            if (files.Size(full) > options.MaximumBytes)
                throw new ModelException(
                    ModelFault.TooLarge,
                    $"{path}, where it keeps weights, has more than {options.MaximumBytes:N0} bytes"
                );
            if (files.Read(full) is not { } weights)
                return null;
            beside.Add(full);
            return weights;
        }
    }

    /// <summary>
    /// A variant's model and the device that runs it as a function of tensors. Throws <see cref="ModelException"/> when there
    /// is no such file or device.
    /// </summary>
    public static (ModelFile File, ITensorDevice Device) Open(
        ReadyScenario ready,
        Variant variant,
        ModelOptions options
    )
    {
        var bytes =
            ready.Files.Read(variant.Source)
            ?? throw new ModelException(ModelFault.Unreadable, $"no model at {variant.Source}");
        var whole = Whole(variant, bytes, ready.Files, options, []);
        return (whole, Board(variant, ready.Files) ?? DeviceCatalogue.Tensors(variant.Device));
    }

    /// <summary>
    /// The board that a variant names by its data file; null where it names none. Throws <see cref="ModelException"/> when the
    /// file is gone or wrong.
    /// </summary>
    public static AsicDevice? Board(Variant variant, ISourceFiles files)
    {
        if (variant.BoardFile is not { } path)
            return null;
        var json =
            files.Read(path) ?? throw new ModelException(ModelFault.UnknownDevice, $"no board's data file at {path}");
        return new AsicDevice(BoardFiles.Read(path, json));
    }
}
