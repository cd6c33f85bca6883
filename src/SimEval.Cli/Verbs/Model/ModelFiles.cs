using System.CommandLine;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Npz;
using SimEval.Engine.Executors;
using SimEval.Models.Graphs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>What the verbs about models share: reading files that a command line names.</summary>
internal static class ModelFiles
{
    /// <summary>How MODEL[@DEVICE] is explained.</summary>
    public static string Explanation { get; } =
        $"A model file, and the device class it runs on unless that is cpu ({string.Join(", ", DeviceCatalogue.TensorClasses)})";

    /// <summary>Limits of a model, as configured; a program is offered the usual layout.</summary>
    public static ModelOptions Options(Invocation invocation) =>
        invocation.Settings.ToModelOptions() with
        {
            Policy = OfferedLayout.Usual,
        };

    /// <summary>Reads MODEL[@DEVICE]; exit 4 when there is no such file or device.</summary>
    public static (ModelFile File, ITensorDevice Device) Read(Invocation invocation, string text)
    {
        var named = ModelReference.Parse(text, File.Exists);
        if (named.Path != text)
        {
            var device = DeviceCatalogue.Tensors(named.DeviceClass);
            return (ReadFile(invocation, named.Path), device);
        }

        // An artifact runs on the board it was compiled for.
        var file = ReadFile(invocation, named.Path);
        var compiledFor = file.Naming(() => AsicLoading.DeviceClassOf(file));
        return (file, DeviceCatalogue.Tensors(compiledFor ?? named.DeviceClass));
    }

    /// <summary>The device class of MODEL[@DEVICE] as a run keeps it that may be resumed from any folder.</summary>
    /// <param name="text">MODEL[@DEVICE].</param>
    /// <param name="device">What <see cref="Read"/> gave for it.</param>
    public static string LastingClass(string text, ITensorDevice device)
    {
        var named = ModelReference.Parse(text, File.Exists);
        return named.Path == text ? device.DeviceClass : BoardFiles.Lasting(named.DeviceClass);
    }

    /// <summary>Reads a file; exit 4 when there is none, or when it is larger than a model may be.</summary>
    public static ModelFile ReadFile(Invocation invocation, string path) =>
        new(path, Bytes(path, Options(invocation).MaximumBytes));

    /// <summary>Reads the arrays of an NPZ (or of one NPY, named ""); exit 4 when they cannot be read.</summary>
    public static IReadOnlyDictionary<string, Tensor> Arrays(Invocation invocation, string path)
    {
        var limit = Options(invocation).MaximumBytes;
        try
        {
            return NpzArchive.Read(Bytes(path, limit), limit);
        }
        catch (NpyFormatException e)
        {
            throw new CommandException(ExitCode.Invalid, $"{path}: {e.Message}");
        }
    }

    /// <summary>Accounts the memory of a model that is about to be opened; exit 4 when it takes more than it may.</summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="file">The model.</param>
    /// <param name="use">How it is run.</param>
    public static void Account(Invocation invocation, ModelFile file, ModelUse use) =>
        new ModelMemory(Options(invocation), use).Take(file);

    /// <summary>
    /// The file that an option says to write; exit 4, before any work, when it is a folder or one of those that are read.
    /// </summary>
    /// <param name="option">The option.</param>
    /// <param name="path">Its value.</param>
    /// <param name="read">The files that are read; null or "" for none.</param>
    public static string Output(Option option, string path, params IEnumerable<string?> read)
    {
        if (path.Length == 0)
            throw new CommandException(ExitCode.Invalid, $"{option.Name} is given no name");
        if (Directory.Exists(path))
            throw new CommandException(ExitCode.Invalid, $"{path} is a folder; {option.Name} names a file");
        return read.Any(one => !string.IsNullOrEmpty(one) && Real(one) == Real(path))
            ? throw new CommandException(
                ExitCode.Invalid,
                $"{option.Name} {path} is a file that is read; name another, so that nothing is lost"
            )
            : path;
    }

    /// <summary>Writes a file whole or not at all; folders above it are made. Exit 6 when it cannot be written.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            var target = Real(path);
            // What is no file of a disk cannot be put in place of anything: /dev/null, /dev/stdout.
            if (target.StartsWith("/dev/", StringComparison.Ordinal))
            {
                using var device = new FileStream(target, FileMode.Open, FileAccess.Write);
                write(device);
                return;
            }

            WriteFile(target, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.Infrastructure,
                $"{path} cannot be written: {e.Message.Split('\n')[0]}"
            );
        }
    }

    private static void WriteFile(string path, Action<Stream> write)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var unfinished = Path.Combine(folder, $".{Path.GetFileName(path)}.unfinished");
        try
        {
            using (var stream = File.Create(unfinished))
                write(stream);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    // Through links, so that a link stays one and what it leads to is known.
    private static string Real(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
            : Path.GetFullPath(path);

    private static byte[] Bytes(string path, long limit)
    {
        if (path.Length == 0)
            throw new CommandException(ExitCode.Invalid, "a file is named by nothing");
        var info = new FileInfo(path);
        if (Directory.Exists(path))
            throw new CommandException(ExitCode.Invalid, $"{path} is a folder; a file was expected");
        if (!info.Exists)
            throw new CommandException(ExitCode.Invalid, $"{path}: there is no such file{WithoutDevice(path)}");
        if (info.Length > limit)
            throw new CommandException(
                ExitCode.Invalid,
                $"{path} has {info.Length:N0} bytes; the limit is {limit:N0} (models.max-bytes)"
            );
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.Invalid,
                $"{path} cannot be read: {(e is UnauthorizedAccessException ? "no permission" : e.Message)}"
            );
        }
    }

    private static string WithoutDevice(string path) =>
        ModelReference.Parse(path, File.Exists) is var named && named.Path != path && File.Exists(named.Path)
            ? $"; {named.Path} is there, and no device is named here"
            : "";
}
