using SimEval.Devices.Binding;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Asic;

/// <summary>From a file's bytes to a program that a board can run.</summary>
internal static class AsicLoading
{
    /// <summary>The program of a model or an artifact, which gives some values beside its outputs.</summary>
    public static AsicProgram Program(
        ModelFile file,
        Board board,
        ModelOptions options,
        IReadOnlyCollection<string> values
    )
    {
        if (file.Bytes.Length > options.MaximumBytes)
            throw new ModelException(
                ModelFault.TooLarge,
                $"the model has {file.Bytes.Length:N0} bytes; the limit is {options.MaximumBytes:N0}"
            );
        try
        {
            var model = OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file, options.MaximumBytes));
            return AsicCompiler.Compile(
                model with
                {
                    Graph = WithOutputs(model.Graph, values),
                },
                board,
                RuntimeTables.Evaluate
            );
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
        catch (CompileException e)
        {
            throw new ModelException(ModelFault.Unsupported, e.Message, e);
        }
    }

    /// <summary>What a program takes and gives: its first outputs.</summary>
    public static ModelSignature Signature(AsicProgram program, int outputs) =>
        new([.. program.Graph.Inputs.Select(Declared)], [.. program.Graph.Outputs.Take(outputs).Select(Declared)]);

    private static ModelTensor Declared(GraphValue value) =>
        new(
            value.Name,
            value.Type.Element,
            [.. (value.Type.Shape ?? []).Select(dim => dim.IsKnown ? checked((int)dim.Size) : -1)]
        );

    private static Graph WithOutputs(Graph graph, IReadOnlyCollection<string> values)
    {
        var outputs = graph.Outputs.ToBuilder();
        var known = graph.Given().ToHashSet(StringComparer.Ordinal);
        foreach (
            var name in values
                .Distinct(StringComparer.Ordinal)
                .Where(name => graph.Outputs.All(output => output.Name != name))
        )
        {
            if (!known.Contains(name))
                throw new ModelException(
                    ModelFault.Unbindable,
                    $"the model has no value '{name}'"
                        + (NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : "")
                );
            outputs.Add(new GraphValue(name, TensorType.Unknown));
        }

        return graph with
        {
            Outputs = outputs.ToImmutable(),
        };
    }
}
