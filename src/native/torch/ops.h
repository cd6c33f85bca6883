// The operators that are lowered. To add one: write a function that takes a Call and sets its outputs, in the ops_*.cpp file
// of its kind, and put a line for it into that file's table.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "program.h"

namespace simeval {

// One node being run: its inputs, its attributes, and where its outputs go.
class Call {
 public:
  Call(const Node& node, std::vector<at::Tensor> inputs, at::Device device)
      : node(node), device(device), outputs(node.outputs.size()), inputs_(std::move(inputs)) {}

  const Node& node;
  const at::Device device;
  std::vector<at::Tensor> outputs;

  int64_t opset() const { return node.opset; }
  size_t input_count() const { return inputs_.size(); }

  // An input; undefined where it is left out.
  const at::Tensor& operator[](size_t i) const;
  bool has(size_t i) const { return i < inputs_.size() && inputs_[i].defined(); }
  // An input that must be there.
  const at::Tensor& in(size_t i) const;
  void out(size_t i, at::Tensor value) {
    if (i < outputs.size()) outputs[i] = std::move(value);
  }
  bool wants(size_t i) const { return i < node.outputs.size() && node.outputs[i] >= 0; }

  bool has_attribute(const char* name) const { return node.attributes.count(name) > 0; }
  int64_t integer(const char* name, int64_t otherwise) const;
  double real(const char* name, double otherwise) const;
  std::string text(const char* name, const char* otherwise) const;
  std::vector<int64_t> integers(const char* name, std::vector<int64_t> otherwise = {}) const;
  std::vector<float> reals(const char* name) const;
  at::Tensor tensor(const char* name) const;

  // The integers of an input that gives shapes, axes or counts; read on the host.
  std::vector<int64_t> ints(size_t i) const;
  // Axes that older operator sets give as an attribute and newer ones as an input.
  std::vector<int64_t> axes(size_t input, const char* attribute = "axes") const;
  // An axis from 0 up; throws where there is none.
  static int64_t axis(int64_t axis, int64_t rank);

  [[noreturn]] void refuse(const std::string& why) const;

 private:
  const Attribute* find(const char* name) const;
  std::vector<at::Tensor> inputs_;
};

struct Operator {
  enum Trait {
    Plain = 0,
    // Only moves elements: half precision needs no detour over float32.
    Moves = 1,
    // Gives its result on the host (shapes), whatever lies on the device.
    Host = 2
  };
  void (*run)(Call&);
  int traits = Plain;
  // Inputs, as bits, that are read on the host.
  unsigned host_inputs = 0;
};

using OperatorTable = std::unordered_map<std::string, Operator>;

const OperatorTable& elementwise_operators();
const OperatorTable& reduction_operators();
const OperatorTable& movement_operators();
const OperatorTable& indexing_operators();
const OperatorTable& layer_operators();
const OperatorTable& pooling_operators();
const OperatorTable& recurrent_operators();
const OperatorTable& quantization_operators();

// The operator of a name, or null.
const Operator* find_operator(const std::string& name);

}  // namespace simeval
