using SimEval.Devices.Binding;
using SimEval.Models;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Asic;

/// <summary>
/// Device classes "asic/g1", "asic/g2", ...: an emulated board. It takes a quantized ONNX model, which it compiles, or an
/// artifact that was compiled before.
/// </summary>
/// <param name="board">The board generation.</param>
public sealed class AsicDevice(Board board) : IModelDevice, ITensorDevice
{
    /// <inheritdoc cref="IModelDevice.DeviceClass"/>
    public string DeviceClass => board.DeviceClass;

    /// <inheritdoc/>
    public ILoadedModel Load(ReadOnlyMemory<byte> bytes, ModelOptions options)
    {
        var program = AsicLoading.Load(new ModelFile("", bytes), board, options).Program;
        return new AsicModel(program, board, AsicLoading.Schedule(program, board, batch: 1), options.Buckets);
    }

    /// <inheritdoc/>
    public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null)
    {
        var program = AsicLoading.Load(file, board, options).Program;
        AsicLoading.Schedule(program, board, batch: 1);
        var asked = values ?? [];
        var whole = ProgramValues.WithOutputs(program, asked) ?? throw Absent(program, asked);
        var given = whole.Graph.Outputs.Select(output => output.Name).ToList();
        return new AsicTensorModel(whole, AsicLoading.Signature(program), given, AsicProducts.Best);
    }

    /// <inheritdoc/>
    public Graph? Graph(ModelFile file) =>
        ProgramValues.View(AsicLoading.Load(file, board, new ModelOptions()).Program);

    private static ModelException Absent(AsicProgram program, IEnumerable<string> values)
    {
        var known = ProgramValues.View(program).Given().ToHashSet(StringComparer.Ordinal);
        var absent = values.First(value => !known.Contains(value));
        return new ModelException(
            ModelFault.Unbindable,
            $"the program has no value '{absent}'"
                + (NearestName.Of(absent, known) is { } near ? $"; did you mean '{near}'?" : "")
        );
    }
}
