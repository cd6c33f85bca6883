// What plans and single forwards run: a TorchScript module or a lowered graph.
#pragma once

#include <ATen/ATen.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "simeval_torch.h"

namespace simeval {

// Thrown inside the library where the fault is not a failed run.
struct Fault : std::runtime_error {
  Fault(simeval_status status, const std::string& text) : std::runtime_error(text), status(status) {}
  simeval_status status;
};

[[noreturn]] inline void unsupported(const std::string& text) { throw Fault(SIMEVAL_UNSUPPORTED, text); }
[[noreturn]] inline void unreadable(const std::string& text) { throw Fault(SIMEVAL_UNREADABLE, text); }

class Model {
 public:
  explicit Model(at::Device device) : device(device) {}
  virtual ~Model() = default;

  // Inputs and results lie on the model's device, but for small host values of a lowered graph.
  virtual std::vector<at::Tensor> forward(const std::vector<at::Tensor>& inputs) = 0;

  // Bytes of the state that forward changes inside the module; 0 for most.
  virtual int64_t state_bytes() const { return 0; }
  virtual void put_state(const void*) {}
  virtual void take_state(void*) const {}

  const at::Device device;
};

// Between ONNX's numbers of element types and ATen's; throws Unsupported for types that ATen lacks.
at::ScalarType scalar_of(int32_t onnx);
int32_t onnx_of(at::ScalarType scalar);

// A tensor over the caller's memory; throws where bytes, type and sizes do not agree.
at::Tensor view_of(const simeval_tensor& tensor);

at::Device device_of(const char* name);

}  // namespace simeval
