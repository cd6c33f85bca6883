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
        Random.Takes(value => value is not < 1, "a whole number from 1 up");
        command.Add(File);
        command.Add(Random);
        command.Add(Seed);
    }

    /// <summary>The inputs of a file, as the model takes them.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="path">The file.</param>
    /// <param name="signature">What the model takes.</param>
    /// <param name="check">Whether it must take them just so; false where rows are yet to be cut.</param>
    public static IReadOnlyDictionary<string, Tensor> Read(
        Invocation invocation,
        string path,
        ModelSignature signature,
        bool check = true
    )
    {
        var arrays = ModelFiles.Arrays(invocation, path);
        return check ? Fitted(path, arrays, signature) : Named(path, arrays, signature);
    }

    /// <summary>Arrays of a file as a model's inputs. Throws a <see cref="ModelException"/> that names the file when it does not take them.</summary>
    public static IReadOnlyDictionary<string, Tensor> Fitted(
        string path,
        IReadOnlyDictionary<string, Tensor> arrays,
        ModelSignature signature
    )
    {
        var inputs = Named(path, arrays, signature);
        Check(path, signature, inputs);
        return inputs;
    }

    /// <summary>Throws a <see cref="ModelException"/> that names the file when the model does not take its arrays.</summary>
    public static void Check(string path, ModelSignature signature, IReadOnlyDictionary<string, Tensor> inputs) =>
        new ModelFile(path, default).Naming(() =>
        {
            TensorInputs.Check(signature, inputs);
            return inputs;
        });

    private static IReadOnlyDictionary<string, Tensor> Named(
        string path,
        IReadOnlyDictionary<string, Tensor> arrays,
        ModelSignature signature
    ) => new ModelFile(path, default).Naming(() => ModelInputs.FromFile(arrays, signature));
}
