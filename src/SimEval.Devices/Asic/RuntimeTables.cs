using SimEval.Devices.Cpu;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Asic;

/// <summary>
/// Values of tables by ONNX Runtime, so that a program equals it also where a function's last bit decides how a result is
/// rounded.
/// </summary>
internal static class RuntimeTables
{
    /// <summary>The 256 results of a model, or null where the runtime is not installed or does not know an operator.</summary>
    public static byte[]? Evaluate(OnnxModel model)
    {
        try
        {
            var input = model.Graph.Inputs[0];
            using var opened = new CpuDevice().Open(
                new ModelFile("", OnnxWriter.Write(model)),
                new ModelOptions(),
                values: null
            );
            var bytes = new byte[256];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)i;
            var results = opened.Run(
                new Dictionary<string, Tensor> { [input.Name] = new(input.Type.Element, [bytes.Length], bytes) }
            );
            return results[model.Graph.Outputs[0].Name].Data.ToArray();
        }
        catch (ModelException)
        {
            return null;
        }
    }
}
