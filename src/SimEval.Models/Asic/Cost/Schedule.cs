using System.Collections.Immutable;
using SimEval.Models.Asic.Boards;

namespace SimEval.Models.Asic.Cost;

/// <summary>
/// A model's layers, one after the other, on a board. Weights are loaded once and stay when all of the model's fit; a value
/// between two layers stays on the chip when each of them fits there with all that it takes and gives. The model's own
/// inputs and outputs cross the memory beside the chip.
/// </summary>
public sealed record Schedule
{
    private Schedule() { }

    /// <summary>The board.</summary>
    public required BoardGeneration Board { get; init; }

    /// <summary>Frames that pass at once.</summary>
    public required int Batch { get; init; }

    /// <summary>Layers in order.</summary>
    public required ImmutableArray<LayerCost> Layers { get; init; }

    /// <summary>Bytes of weights, biases and tables.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Whether they all stay on the chip from one batch to the next.</summary>
    public required bool WeightsStay { get; init; }

    /// <summary>Multiply-adds.</summary>
    public required long Macs { get; init; }

    /// <summary>Cycles of a batch: the sum of the layers'.</summary>
    public required long Cycles { get; init; }

    /// <summary>Bytes to and from memory on the chip.</summary>
    public required long SramBytes { get; init; }

    /// <summary>Bytes to and from memory beside the chip.</summary>
    public required long DramBytes { get; init; }

    /// <summary>Energy of a batch, in picojoules.</summary>
    public required decimal EnergyPicojoules { get; init; }

    /// <summary>Share of the array's multiply-adds that do work; 0 to 1.</summary>
    public double Utilisation => Cycles == 0 ? 0 : (double)Macs / ((double)Cycles * Board.Array.Cells);

    /// <summary>The time of a batch, in seconds.</summary>
    public double LatencySeconds => Board.Seconds(Cycles);

    /// <summary>Frames a second, one batch after the other; infinite where nothing costs a cycle.</summary>
    public double FramesPerSecond => Batch / LatencySeconds;

    /// <summary>Costs all layers.</summary>
    /// <param name="board">The board.</param>
    /// <param name="layers">Layers in order, each with its work for the whole batch.</param>
    /// <param name="batch">Frames of the batch, at least 1.</param>
    /// <exception cref="ArgumentException">A layer, or their sum, asks for more steps than 63 bits count.</exception>
    public static Schedule Of(BoardGeneration board, IReadOnlyList<LayerWork> layers, int batch)
    {
        try
        {
            var weights = 0L;
            foreach (var layer in layers)
                weights = checked(weights + layer.ConstantBytes);
            var stay = weights <= board.Sram.Weights;
            var costs = layers
                .Select((layer, i) => CostModel.Of(board, layer, PlaceOf(board, layers, i, stay)))
                .ToImmutableArray();
            return new Schedule
            {
                Board = board,
                Batch = batch,
                Layers = costs,
                WeightBytes = weights,
                WeightsStay = stay,
                Macs = costs.Sum(cost => cost.Macs),
                Cycles = costs.Sum(cost => cost.Cycles),
                SramBytes = costs.Sum(cost => cost.SramBytes),
                DramBytes = costs.Sum(cost => cost.DramBytes),
                EnergyPicojoules = costs.Sum(cost => cost.EnergyPicojoules),
            };
        }
        catch (OverflowException)
        {
            throw new ArgumentException("the model is too large: its steps do not fit 63 bits");
        }
    }

    private static Placement PlaceOf(BoardGeneration board, IReadOnlyList<LayerWork> layers, int i, bool weightsStay) =>
        new(Stays(board, layers, i - 1), weightsStay, Stays(board, layers, i));

    // Whether what layer i gives is on the chip when the next begins.
    private static bool Stays(BoardGeneration board, IReadOnlyList<LayerWork> layers, int i) =>
        i >= 0
        && i + 1 < layers.Count
        && layers[i].LiveBytes <= board.Sram.Activations
        && layers[i + 1].LiveBytes <= board.Sram.Activations;
}
