#include "model.h"

#ifdef SIMEVAL_CUDA
#include <torch/cuda.h>
#endif

namespace simeval {

at::ScalarType scalar_of(int32_t onnx) {
  switch (onnx) {
    case 1: return at::kFloat;
    case 2: return at::kByte;
    case 3: return at::kChar;
    case 5: return at::kShort;
    case 6: return at::kInt;
    case 7: return at::kLong;
    case 9: return at::kBool;
    case 10: return at::kHalf;
    case 11: return at::kDouble;
    case 16: return at::kBFloat16;
    case 4: unsupported("element type uint16 is not lowered to torch");
    case 8: unsupported("element type string is not lowered to torch");
    case 12: unsupported("element type uint32 is not lowered to torch");
    case 13: unsupported("element type uint64 is not lowered to torch");
    default: unsupported("element type number " + std::to_string(onnx) + " is not lowered to torch");
  }
}

int32_t onnx_of(at::ScalarType scalar) {
  switch (scalar) {
    case at::kFloat: return 1;
    case at::kByte: return 2;
    case at::kChar: return 3;
    case at::kShort: return 5;
    case at::kInt: return 6;
    case at::kLong: return 7;
    case at::kBool: return 9;
    case at::kHalf: return 10;
    case at::kDouble: return 11;
    case at::kBFloat16: return 16;
    default: unsupported(std::string("the model gives elements of type ") + c10::toString(scalar));
  }
}

at::Tensor view_of(const simeval_tensor& tensor) {
  const auto type = scalar_of(tensor.type);
  at::IntArrayRef dims(tensor.dims, static_cast<size_t>(tensor.rank));
  int64_t count = 1;
  for (auto size : dims) count *= size;
  if (count * static_cast<int64_t>(c10::elementSize(type)) != tensor.bytes)
    throw std::runtime_error("a tensor's bytes do not agree with its type and sizes");
  if (count == 0) return at::empty(dims, at::TensorOptions().dtype(type));
  return at::from_blob(tensor.data, dims, at::TensorOptions().dtype(type));
}

at::Device device_of(const char* name) {
  at::Device device{std::string(name)};
  if (!device.is_cuda()) return device;
#ifdef SIMEVAL_CUDA
  const auto count = static_cast<int64_t>(torch::cuda::device_count());
  if (count == 0) unsupported("there is no CUDA device on this machine");
  if (device.has_index() && device.index() >= count)
    unsupported("there is no CUDA device " + std::to_string(device.index()) + ": this machine has " + std::to_string(count));
  return device;
#else
  unsupported("this libtorch is built without CUDA; build SimEval's library against a PyTorch with CUDA");
#endif
}

}  // namespace simeval
