using SimEval.Devices.Asic;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Devices.Processes;
using SimEval.Devices.Torch;
using SimEval.Models;
using SimEval.Models.Asic.Boards;

namespace SimEval.Devices;

/// <summary>A device class, by the name that variants and command lines use. Making its devices loads nothing.</summary>
/// <param name="DeviceClass">"cpu", "torch", "asic/g2".</param>
/// <param name="Tensors">Runs models as functions of named tensors; null: this class does not.</param>
/// <param name="Models">Runs models in the closed loop; null: this class does not.</param>
public sealed record DeviceEntry(string DeviceClass, Func<ITensorDevice>? Tensors, Func<IModelDevice>? Models);

/// <summary>The device classes there are.</summary>
public static class DeviceCatalogue
{
    /// <summary>The class of a model that names none.</summary>
    public const string Default = "cpu";

    // One line a device class.
    private static readonly IReadOnlyList<DeviceEntry> Entries =
    [
        new("cpu", () => new CpuDevice(), () => new CpuDevice()),
        .. BoardLibrary.All.Select(board => new DeviceEntry(
            board.DeviceClass,
            () => new AsicDevice(board),
            () => new AsicDevice(board)
        )),
        new("torch", () => new TorchDevice(), () => new TorchDevice()),
        new("cuda", () => new TorchDevice(TorchDevice.Cuda), () => new TorchDevice(TorchDevice.Cuda)),
        // In the closed loop it needs a command rather than bytes.
        new(ProgramDevice.DeviceClass, () => new ProgramTensorDevice(), null),
    ];

    /// <summary>Names of the classes that run models as functions of named tensors.</summary>
    public static IReadOnlyList<string> TensorClasses { get; } =
    [.. Entries.Where(entry => entry.Tensors is not null).Select(entry => entry.DeviceClass)];

    /// <summary>Those of them that only read a model: a program is nothing to be tried on a guess.</summary>
    public static IReadOnlyList<string> ReadingClasses { get; } =
    [.. TensorClasses.Where(name => name != ProgramDevice.DeviceClass)];

    /// <summary>Every device that runs models in the closed loop.</summary>
    public static IReadOnlyList<IModelDevice> ModelDevices() =>
        [.. Entries.Where(entry => entry.Models is not null).Select(entry => entry.Models!())];

    /// <summary>
    /// The device of a class; throws <see cref="ModelException"/> with the nearest name when there is none, or when it does not
    /// run models as functions of named tensors.
    /// </summary>
    public static ITensorDevice Tensors(string deviceClass)
    {
        if (Entries.FirstOrDefault(entry => entry.DeviceClass == deviceClass) is not { } found)
        {
            if (deviceClass.StartsWith("asic/", StringComparison.Ordinal) && BoardFiles.Find(deviceClass) is { } board)
                return new AsicDevice(board);
            throw new ModelException(
                ModelFault.UnknownDevice,
                $"there is no device '{deviceClass}'"
                    + (NearestName.Of(deviceClass, TensorClasses) is { } near ? $"; did you mean '{near}'?" : "")
                    + $" (devices: {string.Join(", ", TensorClasses)}, or asic/PATH.json with a board's data file)"
            );
        }

        return found.Tensors?.Invoke()
            ?? throw new ModelException(
                ModelFault.UnknownDevice,
                $"device '{deviceClass}' runs policies in the closed loop only, no function of tensors (these do: {string.Join(", ", TensorClasses)})"
            );
    }
}

/// <summary>A model file and the device it is to run on, as a command line names them: MODEL[@DEVICE].</summary>
/// <param name="Path">The file.</param>
/// <param name="DeviceClass">The device class.</param>
public sealed record ModelReference(string Path, string DeviceClass)
{
    /// <summary>
    /// Reads MODEL[@DEVICE]: the last '@' parts them, unless a file has the whole as its name. Whether the device exists is for
    /// <see cref="DeviceCatalogue"/> to say.
    /// </summary>
    /// <param name="text">What was written.</param>
    /// <param name="exists">Whether there is a file of this path.</param>
    public static ModelReference Parse(string text, Func<string, bool> exists)
    {
        var at = text.LastIndexOf('@');
        return at < 0 || exists(text)
            ? new ModelReference(text, DeviceCatalogue.Default)
            : new ModelReference(text[..at], text[(at + 1)..]);
    }

    /// <summary>"planner.onnx@cpu".</summary>
    public override string ToString() => $"{Path}@{DeviceClass}";
}
