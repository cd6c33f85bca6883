using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Asic;

/// <summary>
/// Device classes "asic/g1", "asic/g2", ...: an emulated board. It takes a quantized ONNX model, which it compiles, or an
/// artifact that was compiled before.
/// </summary>
/// <param name="board">The board generation.</param>
public sealed class AsicDevice(Board board) : ITensorDevice
{
    /// <inheritdoc/>
    public string DeviceClass => board.DeviceClass;

    /// <inheritdoc/>
    public ITensorModel Open(ModelFile file, ModelOptions options, IReadOnlyCollection<string>? values = null)
    {
        var program = AsicLoading.Program(file, board, options, values ?? []);
        var given = program.Graph.Outputs.Select(output => output.Name).ToList();
        return new AsicTensorModel(
            program,
            AsicLoading.Signature(program, given.Count - Extra(program, values)),
            given,
            AsicProducts.Best
        );
    }

    private static int Extra(AsicProgram program, IReadOnlyCollection<string>? values) =>
        program.Graph.Outputs.Count(output =>
            values?.Contains(output.Name) == true && output.Type == TensorType.Unknown
        );
}
