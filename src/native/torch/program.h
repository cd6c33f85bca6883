// A lowered ONNX graph: nodes in order, each a call of one function of the table in ops.h.
//
// The bytes it is read from, little-endian; a text is an int32 count and UTF-8 bytes, a list an int32 count and its elements:
//   "SEP1"
//   int32 number of values; values are numbered from 0
//   list of int32: the inputs' values
//   list of int32: the outputs' values
//   list of constants: int32 value, int32 element type (ONNX's number), list of int64 sizes, int64 count of bytes, the bytes
//   list of nodes: text operator, text name, int64 version of the operator set, list of int32 inputs (-1: left out),
//     list of int32 outputs (-1: not wanted), list of attributes, list of int32: values that no later node takes
//   an attribute: text name, int32 kind, and 1: int64; 2: float32; 3: text; 4: list of int64; 5: list of float32;
//     6: a constant without its int32 value; 7: a branch: list of nodes, list of int32 values that it gives. A branch shares the
//     numbers of the values around it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model.h"

namespace simeval {

struct Node;

struct Branch {
  std::vector<Node> nodes;
  std::vector<int32_t> outputs;
};

struct Attribute {
  int32_t kind = 0;
  int64_t integer = 0;
  float real = 0;
  std::string text;
  std::vector<int64_t> integers;
  std::vector<float> reals;
  at::Tensor tensor;
  std::shared_ptr<Branch> branch;
};

struct Node {
  std::string op;
  std::string name;
  int64_t opset = 0;
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::map<std::string, Attribute> attributes;
  std::vector<int32_t> last_uses;
  const struct Operator* call = nullptr;
};

class Program final : public Model {
 public:
  static std::shared_ptr<Program> load(const void* bytes, int64_t count, at::Device device);

  std::vector<at::Tensor> forward(const std::vector<at::Tensor>& inputs) override;

 private:
  explicit Program(at::Device device) : Model(device) {}

  void run_all(const std::vector<Node>& nodes, std::vector<at::Tensor>& values) const;
  void run(const Node& node, std::vector<at::Tensor>& values) const;
  void choose(const Node& node, std::vector<at::Tensor>& values) const;
  at::Tensor placed(const Node& node, size_t input, const std::vector<at::Tensor>& values, bool on_device) const;

  std::vector<Node> nodes_;
  std::vector<int32_t> inputs_;
  std::vector<int32_t> outputs_;
  std::vector<at::Tensor> constants_;         // by value; on the host
  std::vector<at::Tensor> device_constants_;  // by value; the same on the device, where that is another
};

}  // namespace simeval
