namespace SimEval.Models.Onnx;

/// <summary>The bytes are no ONNX model. The message is for people and stands alone.</summary>
public sealed class OnnxFormatException(string message, Exception? inner = null) : Exception(message, inner);
