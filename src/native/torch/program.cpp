#include "program.h"

#include <cstring>

#include "ops.h"

namespace simeval {

namespace {

const char* const conditional = "If";

// Reads the format of program.h; throws Unreadable where the bytes end too early or a count is impossible.
class Reader {
 public:
  Reader(const void* bytes, int64_t count) : next_(static_cast<const char*>(bytes)), left_(count) {}

  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }

  std::string text() {
    const auto length = count();
    return {take(length), static_cast<size_t>(length)};
  }

  template <typename T>
  std::vector<T> list() {
    std::vector<T> made(static_cast<size_t>(count()));
    for (auto& element : made) element = number<T>();
    return made;
  }

  at::Tensor tensor() {
    const auto type = scalar_of(number<int32_t>());
    const auto dims = list<int64_t>();
    const auto bytes = number<int64_t>();
    auto made = at::empty(dims, at::TensorOptions().dtype(type));
    if (static_cast<int64_t>(made.nbytes()) != bytes) unreadable("a constant's bytes do not agree with its sizes");
    const auto* from = take(bytes);
    if (bytes > 0) std::memcpy(made.data_ptr(), from, static_cast<size_t>(bytes));
    return made;
  }

  // Values' numbers; -1 stands for one that is left out, where that may be.
  std::vector<int32_t> ids(bool optional) {
    auto made = list<int32_t>();
    for (auto id : made)
      if (id >= values || id < (optional ? -1 : 0)) unreadable("a node takes a value that there is not");
    return made;
  }

  int32_t values = 0;

  int64_t count() {
    const auto value = number<int32_t>();
    if (value < 0) unreadable("a count is negative");
    return value;
  }

 private:
  const char* take(int64_t bytes) {
    if (bytes < 0 || bytes > left_) unreadable("the program ends too early");
    const auto* at = next_;
    next_ += bytes;
    left_ -= bytes;
    return at;
  }

  const char* next_;
  int64_t left_;
};

Node read_node(Reader& reader);

std::vector<Node> read_nodes(Reader& reader) {
  std::vector<Node> made;
  for (auto left = reader.count(); left > 0; left--) made.push_back(read_node(reader));
  return made;
}

Attribute read_attribute(Reader& reader) {
  Attribute made;
  made.kind = reader.number<int32_t>();
  switch (made.kind) {
    case 1: made.integer = reader.number<int64_t>(); break;
    case 2: made.real = reader.number<float>(); break;
    case 3: made.text = reader.text(); break;
    case 4: made.integers = reader.list<int64_t>(); break;
    case 5: made.reals = reader.list<float>(); break;
    case 6: made.tensor = reader.tensor(); break;
    case 7:
      made.branch = std::make_shared<Branch>();
      made.branch->nodes = read_nodes(reader);
      made.branch->outputs = reader.ids(false);
      break;
    default: unreadable("an attribute is of unknown kind " + std::to_string(made.kind));
  }
  return made;
}

Node read_node(Reader& reader) {
  Node made;
  made.op = reader.text();
  made.name = reader.text();
  made.opset = reader.number<int64_t>();
  made.inputs = reader.ids(true);
  made.outputs = reader.ids(true);
  for (auto left = reader.count(); left > 0; left--) {
    const auto name = reader.text();
    made.attributes[name] = read_attribute(reader);
  }
  made.last_uses = reader.ids(false);
  made.call = find_operator(made.op);
  if (made.call == nullptr && made.op != conditional) unsupported("op not lowered to torch: " + made.op);
  return made;
}

bool is_half(const at::Tensor& tensor) {
  return tensor.defined() && (tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16);
}

}  // namespace

std::shared_ptr<Program> Program::load(const void* bytes, int64_t count, at::Device device) {
  Reader reader(bytes, count);
  if (reader.number<int32_t>() != 0x31504553) unreadable("not a lowered graph");
  std::shared_ptr<Program> made(new Program(device));
  reader.values = reader.number<int32_t>();
  if (reader.values < 0) unreadable("a count is negative");
  made->inputs_ = reader.ids(false);
  made->outputs_ = reader.ids(false);
  made->constants_.resize(static_cast<size_t>(reader.values));
  made->device_constants_.resize(static_cast<size_t>(reader.values));
  for (auto left = reader.count(); left > 0; left--) {
    const auto id = reader.number<int32_t>();
    if (id < 0 || id >= reader.values) unreadable("a constant has a number that there is not");
    const auto at = static_cast<size_t>(id);
    made->constants_[at] = reader.tensor();
    if (!device.is_cpu()) made->device_constants_[at] = made->constants_[at].to(device);
  }
  made->nodes_ = read_nodes(reader);
  return made;
}

std::vector<at::Tensor> Program::forward(const std::vector<at::Tensor>& inputs) {
  if (inputs.size() != inputs_.size())
    throw std::runtime_error("the model takes " + std::to_string(inputs_.size()) + " inputs and was given " +
                             std::to_string(inputs.size()));
  auto values = constants_;
  for (size_t i = 0; i < inputs.size(); i++) values[static_cast<size_t>(inputs_[i])] = inputs[i];
  run_all(nodes_, values);
  std::vector<at::Tensor> results;
  for (auto id : outputs_) {
    const auto& value = values[static_cast<size_t>(id)];
    if (!value.defined()) throw std::runtime_error("the graph gave no value for one of its outputs");
    results.push_back(value);
  }
  return results;
}

void Program::run_all(const std::vector<Node>& nodes, std::vector<at::Tensor>& values) const {
  for (const auto& node : nodes) {
    try {
      if (node.op == conditional)
        choose(node, values);
      else
        run(node, values);
    } catch (const Fault&) {
      throw;
    } catch (const c10::Error& error) {
      throw std::runtime_error(node.op + " '" + node.name + "': " + error.what_without_backtrace());
    } catch (const std::exception& error) {
      throw std::runtime_error(node.op + " '" + node.name + "': " + error.what());
    }
    for (auto id : node.last_uses) values[static_cast<size_t>(id)] = at::Tensor();
  }
}

void Program::choose(const Node& node, std::vector<at::Tensor>& values) const {
  const auto& condition = values[static_cast<size_t>(node.inputs.at(0))];
  const auto found = node.attributes.find(condition.item().toBool() ? "then_branch" : "else_branch");
  if (found == node.attributes.end() || !found->second.branch) throw std::runtime_error("a branch is missing");
  const auto& branch = *found->second.branch;
  run_all(branch.nodes, values);
  for (size_t i = 0; i < node.outputs.size(); i++)
    if (node.outputs[i] >= 0)
      values[static_cast<size_t>(node.outputs[i])] = values[static_cast<size_t>(branch.outputs.at(i))];
}

at::Tensor Program::placed(const Node& node, size_t input, const std::vector<at::Tensor>& values, bool on_device) const {
  const auto id = node.inputs[input];
  if (id < 0) return {};
  const auto& value = values[static_cast<size_t>(id)];
  if (!value.defined()) throw std::runtime_error("input " + std::to_string(input) + " has no value");
  if (!on_device || value.device() == device) return value;
  const auto& ready = device_constants_[static_cast<size_t>(id)];
  return ready.defined() ? ready : value.to(device);
}

// On a GPU a node runs where its data is: beside them, if any of its inputs lies there, and on the host if all are small
// host values (shapes and what is computed from them), which a captured graph then holds as constants.
void Program::run(const Node& node, std::vector<at::Tensor>& values) const {
  const auto& op = *node.call;
  bool on_device = false;
  for (size_t i = 0; i < node.inputs.size() && !device.is_cpu() && (op.traits & Operator::Host) == 0; i++) {
    const auto id = node.inputs[i];
    if (id < 0 || (i < 32 && (op.host_inputs >> i & 1U) != 0)) continue;
    const auto& value = values[static_cast<size_t>(id)];
    on_device |= value.defined() && (value.device() == device || value.is_floating_point());
  }
  std::vector<at::Tensor> inputs;
  // The processor's kernels lack many functions in half precision; there they run in float32, and round once a node.
  const bool widen = device.is_cpu() && (op.traits & Operator::Moves) == 0;
  auto half = at::kFloat;
  for (size_t i = 0; i < node.inputs.size(); i++) {
    const bool host = i < 32 && (op.host_inputs >> i & 1U) != 0;
    auto value = placed(node, i, values, on_device && !host);
    if (widen && is_half(value)) {
      half = value.scalar_type();
      value = value.to(at::kFloat);
    }
    inputs.push_back(std::move(value));
  }
  Call call(node, std::move(inputs), on_device ? device : at::Device(at::kCPU));
  op.run(call);
  for (size_t i = 0; i < node.outputs.size(); i++) {
    const auto id = node.outputs[i];
    if (id < 0) continue;
    auto& value = call.outputs[i];
    if (!value.defined()) call.refuse("output " + std::to_string(i) + " is not given");
    if (half != at::kFloat && value.scalar_type() == at::kFloat) value = value.to(half);
    values[static_cast<size_t>(id)] = std::move(value);
  }
}

}  // namespace simeval
