using System.CommandLine;
using SimEval.Devices;
using SimEval.Devices.Tensors;
using SimEval.Models.Graphs;

namespace SimEval.Cli.Verbs.Model;

/// <summary>Where a verb's inputs come from: a file, or draws.</summary>
internal sealed class InputOptions
{
    /// <summary>A file of arrays.</summary>
    public Option<string?> File { get; } =
        new("--inputs")
        {
            Description = "Inputs by name: an NPZ, or one NPY for a model of one input",
            HelpName = "FILE",
        };

    /// <summary>Random inputs.</summary>
    public Option<int?> Random { get; } = new("--random") { Description = "N random inputs instead", HelpName = "N" };

    /// <summary>Their seed.</summary>
    public Option<ulong> Seed { get; } =
        new("--seed")
        {
            Description = "Root of the draws",
            DefaultValueFactory = _ => 0,
            HelpName = "S",
        };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        Random.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--random takes a whole number from 1 up");
        });
        command.Add(File);
        command.Add(Random);
        command.Add(Seed);
    }

    /// <summary>The inputs of a file, as the model takes them.</summary>
    public static IReadOnlyDictionary<string, Tensor> Read(
        Invocation invocation,
        string path,
        ModelSignature signature
    ) => ModelInputs.FromFile(ModelFiles.Arrays(invocation, path), signature);
}
