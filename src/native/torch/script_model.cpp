#include "script_model.h"

#include <torch/csrc/jit/runtime/graph_executor.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <set>
#include <sstream>

namespace simeval {

namespace {

bool is_number(const c10::IValue& value) { return value.isInt() || value.isDouble() || value.isBool(); }

c10::IValue kept(const c10::IValue& value) { return value.isTensor() ? c10::IValue(value.toTensor().clone()) : value; }

bool same(const c10::IValue& a, const c10::IValue& b) {
  if (a.isTensor() && b.isTensor()) {
    const auto x = a.toTensor(), y = b.toTensor();
    if (!x.defined() || !y.defined()) return x.defined() == y.defined();
    return x.scalar_type() == y.scalar_type() && x.sizes() == y.sizes() && at::equal(x, y);
  }
  if (a.isInt() && b.isInt()) return a.toInt() == b.toInt();
  if (a.isDouble() && b.isDouble()) return a.toDouble() == b.toDouble();
  if (a.isBool() && b.isBool()) return a.toBool() == b.toBool();
  return a.isNone() && b.isNone();
}

// Whether one can be put where the other is: the same kind, element type and sizes.
bool alike(const c10::IValue& a, const c10::IValue& b) {
  if (a.isTensor() && b.isTensor()) {
    const auto x = a.toTensor(), y = b.toTensor();
    return x.defined() && y.defined() && x.scalar_type() == y.scalar_type() && x.sizes() == y.sizes();
  }
  return (a.isInt() && b.isInt()) || (a.isDouble() && b.isDouble()) || (a.isBool() && b.isBool());
}

bool is_container(const c10::IValue& value) { return value.isTuple() || value.isList() || value.isGenericDict(); }

// The tensors and numbers inside a tuple, list or dict, in order.
void flatten(const c10::IValue& value, std::vector<c10::IValue>& into) {
  if (value.isTuple()) {
    for (const auto& element : value.toTupleRef().elements()) flatten(element, into);
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef()) flatten(element, into);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) flatten(entry.value(), into);
  } else if (value.isTensor() || is_number(value)) {
    into.push_back(kept(value));
  }
}

bool same_inside(const std::vector<c10::IValue>& before, const c10::IValue& value) {
  std::vector<c10::IValue> now;
  flatten(value, now);
  return std::equal(before.begin(), before.end(), now.begin(), now.end(), same);
}

int64_t bytes_of(const c10::IValue& value) {
  return value.isTensor() ? static_cast<int64_t>(value.toTensor().nbytes()) : 8;
}

void walk(const torch::jit::Module& module, const std::string& prefix,
          const std::function<void(const torch::jit::ObjectPtr&, size_t, const std::string&)>& visit) {
  const auto type = module.type();
  const auto object = module._ivalue();
  for (size_t i = 0; i < type->numAttributes(); i++) {
    const auto path = prefix + type->getAttributeName(i);
    if (type->getAttribute(i)->is_module())
      walk(object->getSlot(i).toModule(), path + ".", visit);
    else if (!type->is_parameter(i))
      visit(object, i, path);
  }
}

void append(const c10::IValue& value, std::vector<at::Tensor>& results) {
  if (value.isTensor()) {
    results.push_back(value.toTensor());
  } else if (value.isTuple()) {
    for (const auto& element : value.toTuple()->elements()) append(element, results);
  } else if (value.isTensorList()) {
    for (const auto& element : value.toTensorVector()) results.push_back(element);
  } else {
    unsupported("forward returns " + value.tagKind() + "; SimEval runs models that return tensors or tuples of them");
  }
}

}  // namespace

ScriptModel::ScriptModel(torch::jit::Module module, at::Device device) : Model(device), module_(std::move(module)) {
  describe();
}

std::shared_ptr<ScriptModel> ScriptModel::load(const void* bytes, int64_t count, at::Device device) {
  std::istringstream stream(std::string(static_cast<const char*>(bytes), static_cast<size_t>(count)));
  torch::jit::Module module;
  try {
    module = torch::jit::load(stream, device);
  } catch (const c10::Error& error) {
    unreadable(error.what_without_backtrace());
  }
  if (!module.find_method("forward")) unsupported("the module has no method 'forward'");
  module.eval();
  // What a module makes in there (a buffer of its state's shape, say), its first forward may want.
  if (auto reset = module.find_method("reset_memory")) (*reset)({});
  return std::shared_ptr<ScriptModel>(new ScriptModel(std::move(module), device));
}

void ScriptModel::describe() {
  const auto& schema = module_.get_method("forward").function().getSchema();
  std::ostringstream text;
  for (size_t i = 1; i < schema.arguments().size(); i++) {
    const auto& argument = schema.arguments()[i];
    const auto kind = argument.type()->kind();
    const bool optional = argument.default_value().has_value();
    if (kind == c10::TypeKind::TensorType) {
      arguments_.push_back(Kind::Tensor);
    } else if (optional) {
      break;  // what has a default is left to it, and so is all that follows
    } else if (kind == c10::TypeKind::IntType) {
      arguments_.push_back(Kind::Int);
    } else if (kind == c10::TypeKind::FloatType) {
      arguments_.push_back(Kind::Float);
    } else if (kind == c10::TypeKind::BoolType) {
      arguments_.push_back(Kind::Bool);
    } else {
      unsupported("forward's argument '" + argument.name() + "' is a " + argument.type()->str() +
                  "; SimEval gives tensors, int, float and bool");
    }
    static const char* const kinds[] = {"tensor", "int", "float", "bool"};
    text << "in " << argument.name() << ' ' << kinds[static_cast<int>(arguments_.back())] << '\n';
  }
  std::vector<std::string> names;
  const auto& returned = schema.returns().at(0).type();
  if (const auto tuple = returned->cast<c10::TupleType>()) {
    const auto fields = tuple->schema();
    for (size_t i = 0; i < tuple->elements().size(); i++)
      names.push_back(fields ? fields->arguments()[i].name() : "output" + std::to_string(i));
  } else {
    names.emplace_back("output");
  }
  for (const auto& name : names) text << "out " << name << '\n';
  std::set<int64_t> sizes;
  auto element = at::kFloat;
  for (const auto& parameter : module_.parameters()) {
    for (auto size : parameter.sizes()) sizes.insert(size);
    if (parameter.is_floating_point()) element = parameter.scalar_type();
  }
  for (auto size : sizes) text << "size " << size << '\n';
  text << "element " << onnx_of(element) << '\n';
  signature_ = text.str();
}

std::vector<at::Tensor> ScriptModel::forward(const std::vector<at::Tensor>& inputs) {
  if (inputs.size() != arguments_.size())
    throw std::runtime_error("forward takes " + std::to_string(arguments_.size()) + " arguments and was given " +
                             std::to_string(inputs.size()));
  std::vector<c10::IValue> stack;
  stack.reserve(inputs.size());
  for (size_t i = 0; i < inputs.size(); i++) {
    switch (arguments_[i]) {
      case Kind::Tensor: stack.emplace_back(inputs[i]); break;
      case Kind::Int: stack.emplace_back(inputs[i].item().toLong()); break;
      case Kind::Float: stack.emplace_back(inputs[i].item().toDouble()); break;
      case Kind::Bool: stack.emplace_back(inputs[i].item().toBool()); break;
    }
  }
  // The optimizing executor specializes a graph after some runs, which changes bits between one run and the next.
  torch::jit::setGraphExecutorOptimize(false);
  std::vector<at::Tensor> results;
  append(module_.forward(std::move(stack)), results);
  return results;
}

std::vector<ScriptModel::Cell> ScriptModel::cells(bool containers) const {
  std::vector<Cell> found;
  walk(module_, "", [&](const torch::jit::ObjectPtr& owner, size_t slot, const std::string& path) {
    const auto value = owner->getSlot(slot);
    if (containers ? is_container(value) : value.isTensor() || value.isNone() || is_number(value))
      found.push_back({owner, slot, path});
  });
  return found;
}

int64_t ScriptModel::find_state(const std::vector<at::Tensor>& inputs) {
  state_.clear();
  state_paths_.clear();
  state_initial_.clear();
  state_bytes_ = 0;
  if (auto reset = module_.find_method("reset_memory")) (*reset)({});
  const auto all = cells();
  std::vector<c10::IValue> before;
  for (const auto& cell : all) before.push_back(kept(cell.value()));
  const auto containers = cells(true);
  std::vector<std::vector<c10::IValue>> inside(containers.size());
  for (size_t i = 0; i < containers.size(); i++) flatten(containers[i].value(), inside[i]);
  forward(inputs);
  forward(inputs);
  for (size_t i = 0; i < containers.size(); i++)
    if (!same_inside(inside[i], containers[i].value()))
      unsupported("forward changes '" + containers[i].path +
                  "' inside the module, a tuple, list or dict, which cannot be swapped between rollouts; keep each tensor "
                  "of it in an attribute of its own");
  for (size_t i = 0; i < all.size(); i++) {
    const auto now = all[i].value();
    if (same(before[i], now)) continue;
    if (!alike(before[i], now))
      unsupported("forward changes the shape of '" + all[i].path +
                  "' inside the module, so that it cannot be swapped between rollouts; give it its final shape in the "
                  "constructor or in reset_memory()");
    state_.push_back(all[i]);
    state_paths_.push_back(all[i].path);
    state_initial_.push_back(before[i]);
    state_bytes_ += bytes_of(now);
  }
  for (size_t i = 0; i < all.size(); i++)
    if (!same(before[i], all[i].value())) all[i].owner->setSlot(all[i].slot, before[i]);
  if (state_.empty()) {
    // Freezing takes the methods of inner modules away, having put them in place of their calls: two deep only where
    // the executor optimizes, which forward turns off.
    torch::jit::setGraphExecutorOptimize(true);
    try {
      module_ = torch::jit::freeze(module_);
    } catch (const std::exception&) {
      // What cannot be frozen runs as it is, only slower.
    }
  }
  return state_bytes_;
}

std::shared_ptr<ScriptModel> ScriptModel::copy() const {
  std::shared_ptr<ScriptModel> made(new ScriptModel(module_.deepcopy(), device));
  for (const auto& cell : made->cells()) {
    if (std::find(state_paths_.begin(), state_paths_.end(), cell.path) != state_paths_.end()) made->state_.push_back(cell);
  }
  made->state_paths_ = state_paths_;
  made->state_initial_ = state_initial_;
  made->state_bytes_ = state_bytes_;
  return made;
}

void ScriptModel::put_state(const void* state) {
  auto from = static_cast<const char*>(state);
  for (size_t i = 0; i < state_.size(); i++) {
    const auto& cell = state_[i];
    // A forward that changed the shape has failed; the next rollout's state has the first one.
    if (!alike(cell.value(), state_initial_[i])) cell.owner->setSlot(cell.slot, kept(state_initial_[i]));
    const auto value = cell.value();
    const auto bytes = bytes_of(value);
    if (value.isTensor()) {
      auto tensor = value.toTensor();
      tensor.copy_(at::from_blob(const_cast<char*>(from), tensor.sizes(), at::TensorOptions().dtype(tensor.scalar_type())));
    } else {
      int64_t number;
      std::memcpy(&number, from, sizeof number);
      double real;
      std::memcpy(&real, from, sizeof real);
      cell.owner->setSlot(cell.slot, value.isInt()      ? c10::IValue(number)
                                     : value.isDouble() ? c10::IValue(real)
                                                        : c10::IValue(number != 0));
    }
    from += bytes;
  }
}

void ScriptModel::take_state(void* state) const {
  auto to = static_cast<char*>(state);
  for (size_t i = 0; i < state_.size(); i++) {
    const auto value = state_[i].value();
    if (!alike(value, state_initial_[i]))
      throw std::runtime_error("forward changes the shape of '" + state_[i].path +
                               "' inside the module, so that it cannot be swapped between rollouts");
    const auto bytes = bytes_of(value);
    if (value.isTensor()) {
      const auto tensor = value.toTensor().to(at::kCPU).contiguous();
      std::memcpy(to, tensor.data_ptr(), static_cast<size_t>(bytes));
    } else if (value.isDouble()) {
      const double real = value.toDouble();
      std::memcpy(to, &real, sizeof real);
    } else {
      const int64_t number = value.isInt() ? value.toInt() : (value.toBool() ? 1 : 0);
      std::memcpy(to, &number, sizeof number);
    }
    to += bytes;
  }
}

}  // namespace simeval
