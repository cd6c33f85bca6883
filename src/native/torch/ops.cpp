#include "ops.h"

namespace simeval {

const Operator* find_operator(const std::string& name) {
  static const auto all = [] {
    OperatorTable made;
    for (const auto* table : {&elementwise_operators(), &reduction_operators(), &movement_operators(),
                              &indexing_operators(), &layer_operators(), &recurrent_operators(),
                              &quantization_operators()})
      made.insert(table->begin(), table->end());
    return made;
  }();
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

const at::Tensor& Call::operator[](size_t i) const {
  static const at::Tensor none;
  return i < inputs_.size() ? inputs_[i] : none;
}

const at::Tensor& Call::in(size_t i) const {
  if (!has(i)) throw std::runtime_error("input " + std::to_string(i) + " is missing");
  return inputs_[i];
}

const Attribute* Call::find(const char* name) const {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? nullptr : &found->second;
}

int64_t Call::integer(const char* name, int64_t otherwise) const {
  const auto* found = find(name);
  return found ? found->integer : otherwise;
}

double Call::real(const char* name, double otherwise) const {
  const auto* found = find(name);
  return found ? found->real : otherwise;
}

std::string Call::text(const char* name, const char* otherwise) const {
  const auto* found = find(name);
  return found ? found->text : otherwise;
}

std::vector<int64_t> Call::integers(const char* name, std::vector<int64_t> otherwise) const {
  const auto* found = find(name);
  return found ? found->integers : otherwise;
}

std::vector<float> Call::reals(const char* name) const {
  const auto* found = find(name);
  return found ? found->reals : std::vector<float>{};
}

at::Tensor Call::tensor(const char* name) const {
  const auto* found = find(name);
  return found ? found->tensor : at::Tensor();
}

std::vector<int64_t> Call::ints(size_t i) const {
  if (!has(i)) return {};
  const auto host = inputs_[i].to(at::kCPU, at::kLong).contiguous().view({-1});
  const auto* data = host.data_ptr<int64_t>();
  return {data, data + host.numel()};
}

std::vector<int64_t> Call::axes(size_t input, const char* attribute) const {
  return has(input) ? ints(input) : integers(attribute);
}

int64_t Call::axis(int64_t axis, int64_t rank) {
  const auto found = axis < 0 ? axis + rank : axis;
  if (found < 0 || found >= std::max<int64_t>(rank, 1))
    throw std::runtime_error("axis " + std::to_string(axis) + " is outside a tensor of rank " + std::to_string(rank));
  return found;
}

void Call::refuse(const std::string& why) const { unsupported("op not lowered to torch: " + node.op + " (" + why + ")"); }

}  // namespace simeval
