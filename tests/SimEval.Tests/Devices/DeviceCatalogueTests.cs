using SimEval.Devices;
using Xunit;

namespace SimEval.Tests.Devices;

public sealed class DeviceCatalogueTests
{
    [Theory]
    [InlineData("planner.onnx", "planner.onnx", "cpu")]
    [InlineData("planner.onnx@torch", "planner.onnx", "torch")]
    [InlineData("a@b/planner.onnx@asic/g2", "a@b/planner.onnx", "asic/g2")]
    [InlineData("there@1.onnx", "there@1.onnx", "cpu")]
    public void A_model_and_its_device_are_parted_at_the_last_sign(string text, string path, string device) =>
        Assert.Equal(new ModelReference(path, device), ModelReference.Parse(text, name => name == "there@1.onnx"));

    [Fact]
    public void An_unknown_device_is_refused_with_the_nearest_name()
    {
        var refused = Assert.Throws<ModelException>(() => DeviceCatalogue.Tensors("cpq"));
        Assert.Equal(ModelFault.UnknownDevice, refused.Fault);
        Assert.Contains("did you mean 'cpu'?", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_class_makes_devices_of_its_own_name() =>
        Assert.All(
            DeviceCatalogue.TensorClasses,
            name => Assert.Equal(name, DeviceCatalogue.Tensors(name).DeviceClass)
        );
}
