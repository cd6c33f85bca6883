using SimEval.Devices;

namespace SimEval.Engine.Inference;

/// <summary>A batch inference as it is asked for.</summary>
/// <param name="Model">The model, whole in one file.</param>
/// <param name="Device">Device class.</param>
/// <param name="Frames">The run whose frames it is given, or null.</param>
/// <param name="Variant">The variant of that run to follow; null: the one that the model is a build of.</param>
/// <param name="Inputs">Tensors as an NPZ, and where they were read; null with <paramref name="Frames"/>.</param>
/// <param name="Output">Full path of a file, or of a folder (see <see cref="InferenceOutput"/>).</param>
/// <param name="Command">The command line that reproduces it.</param>
public sealed record InferenceRequest(
    ModelFile Model,
    string Device,
    string? Frames,
    string? Variant,
    ModelFile? Inputs,
    string Output,
    string Command
);
