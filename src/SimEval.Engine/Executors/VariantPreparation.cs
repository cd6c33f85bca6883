using System.Security.Cryptography;
using System.Text;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Processes;
using SimEval.Scenarios;
using SimEval.Scenarios.Layouts;
using SimEval.Worlds;

namespace SimEval.Engine.Executors;

/// <summary>Makes variants ready to run: loads, binds and probes their models, against a world's layout.</summary>
public sealed class VariantPreparation
{
    private readonly IReadOnlyDictionary<string, IModelDevice> devices;
    private readonly ModelOptions options;
    private readonly ModelUse use;
    private readonly ProgramLimits programs;

    /// <summary>Preparation for the devices of this machine.</summary>
    /// <param name="devices">Devices there are.</param>
    /// <param name="options">Limits of a model.</param>
    /// <param name="use">How lanes run a model.</param>
    /// <param name="programs">Limits of a policy in a program of its own; null: the default ones.</param>
    public VariantPreparation(
        IEnumerable<IModelDevice> devices,
        ModelOptions options,
        ModelUse use,
        ProgramLimits? programs = null
    )
    {
        this.programs = programs ?? ProgramLimits.Default;
        this.devices = devices.ToDictionary(device => device.DeviceClass);
        this.options = options;
        this.use = use;
    }

    /// <summary>An account for the models of one scenario.</summary>
    public ModelMemory Memory() => new(options, use);

    /// <summary>Prepares one variant; null with errors reported when it can't run.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="world">A world of the scenario, for its layout.</param>
    /// <param name="files">Where its model or recording is read.</param>
    /// <param name="memory">What the models of its scenario take.</param>
    /// <param name="sourceName">The scenario file, for errors.</param>
    /// <param name="errors">Receives what does not fit.</param>
    public PreparedVariant? Prepare(
        Variant variant,
        IWorld world,
        ISourceFiles files,
        ModelMemory memory,
        string sourceName,
        ICollection<ScenarioError> errors
    )
    {
        var path = $"variants.{variant.Name}";
        void Report(string message, string? suggestion = null, string? at = null) =>
            errors.Add(new ScenarioError(sourceName, 0, 0, at ?? path, message, suggestion));

        if (variant.Kind != PolicyKind.Model)
            return PreparePolicy(variant, world, files, Report, errors);
        if (variant.Command.Count > 0)
            return PrepareProgram(variant, world, files, Report);
        if (!Board(variant, files, Report, out var board))
            return null;
        var device = board ?? devices.GetValueOrDefault(variant.Device);
        if (device is null)
        {
            Report(
                $"there is no device '{variant.Device}' here",
                Nearest.Suggest(variant.Device, [.. devices.Keys]),
                $"{path}.device"
            );
            return null;
        }

        if (files.Size(variant.Source) is { } size && size > options.MaximumBytes)
        {
            Report($"{variant.Source} has {size:N0} bytes; the limit is {options.MaximumBytes:N0}");
            return null;
        }

        if (files.Read(variant.Source) is not { } bytes)
        {
            Report($"no model at {variant.Source}");
            return null;
        }

        try
        {
            var prepared = PrepareModel(variant, device, bytes, files, memory, world, Report);
            return prepared is null || variant.BoardFile is null
                ? prepared
                : prepared with
                {
                    BoardHash = Hash(files.Read(variant.BoardFile)),
                };
        }
        catch (ModelException error)
        {
            Report($"{variant.Source}: {error.Message}");
            return null;
        }
    }

    private static bool Board(Variant variant, ISourceFiles files, ErrorReport report, out IModelDevice? board)
    {
        board = null;
        try
        {
            board = VariantFiles.Board(variant, files);
            return true;
        }
        catch (ModelException error)
        {
            // One line for each thing that is wrong in the file, which each line names.
            foreach (var line in error.Message.Split('\n'))
                report(line, at: $"variants.{variant.Name}.device");
            return false;
        }
    }

    private PreparedVariant? PrepareModel(
        Variant variant,
        IModelDevice device,
        byte[] bytes,
        ISourceFiles files,
        ModelMemory memory,
        IWorld world,
        ErrorReport report
    )
    {
        var beside = new List<string>();
        var whole = VariantFiles.Whole(variant, bytes, files, options, beside);
        memory.Take(whole with { Path = "" }, Request(variant, world));
        var model = device.Load(whole.Bytes, options);
        return Bind(variant, model, Hash(whole.Bytes.Span), world, report) is { } prepared
            ? prepared with
            {
                Files = beside,
            }
            : null;
    }

    private PreparedVariant? PrepareProgram(Variant variant, IWorld world, ISourceFiles files, ErrorReport report)
    {
        var hashes = new List<string>();
        foreach (var file in variant.CommandFiles)
        {
            if (files.Size(file) is not { } size || size > options.MaximumBytes || files.Read(file) is not { } bytes)
            {
                report($"{file} is not there, or has more than {options.MaximumBytes:N0} bytes");
                return null;
            }

            // A program is run where it lies, beside what it imports; a run that is resumed has kept the bytes it began with.
            if (!File.Exists(file) || !File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes))
            {
                report($"{file} is no longer what it was when the run was submitted", "Submit the run anew");
                return null;
            }

            hashes.Add(Hash(bytes));
        }

        try
        {
            var command = new ProgramCommand(variant.Command, Path.GetDirectoryName(variant.Source)!);
            var bound = new ProgramDevice(programs).Open(command, Request(variant, world), use.Batch);
            // One file's hash is what sha256sum prints; of several, the hash of their hashes.
            var hash = hashes is [var only] ? only : Hash(Encoding.UTF8.GetBytes(string.Join('\n', hashes)));
            return new PreparedVariant(variant, bound, hash, [.. bound.Binding.Inputs.Select(i => i.Source)], null);
        }
        catch (ModelException error)
        {
            report($"{variant.Source}: {error.Message}");
            return null;
        }
    }

    /// <summary>A built-in policy that is known to exist.</summary>
    public static PreparedVariant BuiltIn(Variant variant) =>
        new(variant, null, "", [], world => Create(world, variant.Source, null));

    private delegate void ErrorReport(string message, string? suggestion = null, string? at = null);

    private PreparedVariant? Bind(Variant variant, ILoadedModel model, string hash, IWorld world, ErrorReport report)
    {
        var misfits = new List<BindingError>();
        var binding = ModelBinder.Bind(model.Signature, Request(variant, world), misfits);
        foreach (var misfit in misfits)
            report(misfit.Message, misfit.Suggestion, $"variants.{variant.Name}.{misfit.Subject}");
        if (binding is null)
        {
            model.Dispose();
            return null;
        }

        try
        {
            var bound = model.Bind(binding, use.Batch);
            return new PreparedVariant(variant, bound, hash, [.. binding.Inputs.Select(input => input.Source)], null);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What a variant's model is to be fitted to in a world.</summary>
    public static BindingRequest Request(Variant variant, IWorld world) =>
        OfferedLayout.Of(world) with
        {
            Inputs = variant.Inputs,
            Output = variant.Output,
            States = [.. variant.States.Select(state => new StateNames(state.Input, state.Output))],
        };

    private static PreparedVariant? PreparePolicy(
        Variant variant,
        IWorld world,
        ISourceFiles files,
        ErrorReport report,
        ICollection<ScenarioError> errors
    )
    {
        byte[]? recording = null;
        if (variant.Kind == PolicyKind.Recorded)
        {
            recording = files.Read(variant.Source);
            if (recording is null)
            {
                report($"no recording at {variant.Source}");
                return null;
            }
        }

        var name = variant.Kind == PolicyKind.Recorded ? "recorded" : variant.Source;
        if (world.CreatePolicy(name, recording, errors) is null)
            return null;
        var hash = recording is null ? "" : Hash(recording);
        return new PreparedVariant(variant, null, hash, [], target => Create(target, name, recording));
    }

    private static IPolicy Create(IWorld world, string name, byte[]? recording)
    {
        var errors = new List<ScenarioError>();
        return world.CreatePolicy(name, recording, errors) ?? throw new InvalidDataException(string.Join("; ", errors));
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
