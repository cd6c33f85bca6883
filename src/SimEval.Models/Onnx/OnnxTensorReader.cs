using Google.Protobuf;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx.Wire;

namespace SimEval.Models.Onnx;

/// <summary>Reads a file that holds one tensor (TensorProto), as ONNX's backend tests have them (`input_0.pb`).</summary>
public static class OnnxTensorReader
{
    /// <summary>Its name ("" where it has none) and the tensor. Throws <see cref="OnnxFormatException"/> when the bytes are none.</summary>
    public static (string Name, Tensor Tensor) Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw new OnnxFormatException("the file is empty; an ONNX tensor was expected");
        WireScan.CheckTensor(bytes, OnnxLimits.Default);
        TensorProto tensor;
        try
        {
            tensor = TensorProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxFormatException($"this is not an ONNX tensor, or a damaged one ({e.Message})", e);
        }

        var where = tensor.Name.Length > 0 ? $"tensor '{tensor.Name}'" : "the tensor";
        return (
            tensor.Name,
            TensorDecoding.Decode(tensor, where, new ExternalData(null, OnnxLimits.Default), OnnxLimits.Default)
        );
    }
}

/// <summary>Writes a file that holds one tensor.</summary>
public static class OnnxTensorWriter
{
    /// <summary>The file; its elements stand in raw_data, texts in string_data.</summary>
    public static byte[] Write(string name, Tensor tensor) => TensorDecoding.Encode(name, tensor).ToByteArray();
}
