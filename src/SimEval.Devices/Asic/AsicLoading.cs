using System.Collections.Immutable;
using System.Security.Cryptography;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Artifacts;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Asic.Scheduling;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Asic;

/// <summary>From a file's bytes to a program that a board can run. Errors are those of a device.</summary>
public static class AsicLoading
{
    /// <summary>
    /// The artifact of a file: one that was compiled before, or the one that a quantized ONNX model compiles to. Throws
    /// <see cref="ModelException"/> when it is neither, is damaged, or is nothing that the board can run.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="board">The board.</param>
    /// <param name="options">Limits.</param>
    public static Artifact Load(ModelFile file, Board board, ModelOptions options)
    {
        if (file.Bytes.Length > options.MaximumBytes)
            throw new ModelException(
                ModelFault.TooLarge,
                $"the model has {file.Bytes.Length:N0} bytes; the limit is {options.MaximumBytes:N0}"
            );
        return Guarded(() =>
        {
            if (!ArtifactContainer.IsArtifact(file.Bytes.Span))
                return Compile(file, board, options);
            var artifact = Artifact.Read(file.Bytes);
            if (artifact.Board != board.Name)
                throw new CompileException(
                    $"the artifact was compiled for board {artifact.Board}, and this is {board.Name}: run it as MODEL@asic/{artifact.Board}, or compile the model for {board.Name}"
                );
            AsicCompiler.RequireOperators(artifact.Program, board);
            return artifact;
        });
    }

    /// <summary>The device class that an artifact was compiled for; null for any other file.</summary>
    public static string? DeviceClassOf(ModelFile file) =>
        ArtifactContainer.IsArtifact(file.Bytes.Span) ? $"asic/{Read(file).Board}" : null;

    /// <summary>Throws <see cref="ModelException"/> where a device that is no board is given an artifact.</summary>
    /// <param name="file">Any file.</param>
    /// <param name="deviceClass">The device.</param>
    public static void RefuseArtifact(ModelFile file, string deviceClass)
    {
        if (DeviceClassOf(file) is { } board)
            throw new ModelException(
                ModelFault.Unsupported,
                $"this is an artifact for {board}, which {deviceClass} does not run; name {board} as the device"
            );
    }

    /// <summary>An artifact as it is, for whatever board. Throws <see cref="ModelException"/> when it is damaged.</summary>
    public static Artifact Read(ModelFile file) => file.Naming(() => Guarded(() => Artifact.Read(file.Bytes)));

    /// <summary>The schedule of one forward, or null (see <see cref="AsicCompiler.Schedule"/>).</summary>
    public static Schedule? Schedule(AsicProgram program, Board board, int batch) =>
        Guarded(() => AsicCompiler.Schedule(program, board, batch));

    /// <summary>What a program takes and gives.</summary>
    public static ModelSignature Signature(AsicProgram program) =>
        new([.. program.Graph.Inputs.Select(Declared)], [.. program.Graph.Outputs.Select(Declared)]);

    /// <summary>Runs something, its errors as those of a device.</summary>
    internal static T Guarded<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is OnnxFormatException or ArtifactException)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
        catch (CompileException e)
        {
            throw new ModelException(ModelFault.Unsupported, e.Message, e);
        }
        catch (Exception e) when (e is OverflowException or OutOfMemoryException)
        {
            throw new ModelException(
                ModelFault.Unsupported,
                "a size of the model is beyond what a board can address, or this machine",
                e
            );
        }
    }

    private static Artifact Compile(ModelFile file, Board board, ModelOptions options)
    {
        if (Torch.TorchDevice.IsTorchScript(file.Bytes.Span))
            throw new ModelException(
                ModelFault.Unsupported,
                "a TorchScript module is no graph that a board can be compiled for; export it to ONNX"
            );
        var model = OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file, options.MaximumBytes));
        var tables = TableSource();
        return new Artifact
        {
            Board = board.Name,
            Program = AsicCompiler.Compile(model, board, tables is null ? null : RuntimeTables.Evaluate),
            Origin = new Dictionary<string, string>
            {
                ["compiler"] = $"SimEval {typeof(AsicLoading).Assembly.GetName().Version!.ToString(3)}",
                ["model"] = Path.GetFileName(file.Path),
                ["model.sha256"] = Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span)),
                ["tables"] = tables ?? "SimEval",
            }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    // Which functions the values of tables are of.
    private static string? TableSource()
    {
        try
        {
            return CpuDevice.Runtime;
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private static ModelTensor Declared(GraphValue value) =>
        new(
            value.Name,
            value.Type.Element,
            [.. (value.Type.Shape ?? []).Select(dim => dim.IsKnown ? checked((int)dim.Size) : -1)]
        );
}
