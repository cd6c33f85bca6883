using SimEval.Devices.Torch;
using Xunit;

namespace SimEval.Tests.Devices.Torch;

/// <summary>A fact that needs SimEval's library over libtorch, and, where it says so, data beside the repository.</summary>
internal sealed class TorchFactAttribute : FactAttribute
{
    /// <summary>Skips where libtorch is absent.</summary>
    /// <param name="sharedData">Whether <see cref="SharedData"/> is needed as well.</param>
    public TorchFactAttribute(bool sharedData = false)
    {
        if (!TorchDevice.IsInstalled)
            Skip = "libtorch is not installed (libtorch-dev, cmake, g++; then src/native/torch/install.sh)";
        else if (sharedData && SharedData.Folder is null)
            Skip = "../shared/data is not here";
    }
}

/// <summary>A theory that needs SimEval's library over libtorch.</summary>
internal sealed class TorchTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where libtorch is absent.</summary>
    /// <param name="sharedData">Whether <see cref="SharedData"/> is needed as well.</param>
    public TorchTheoryAttribute(bool sharedData = false) => Skip = new TorchFactAttribute(sharedData).Skip;
}
