#include "plan.h"

#include <cstring>
#include <sstream>

namespace simeval {

void check_result(const at::Tensor& result, const simeval_tensor& output, int32_t which) {
  const at::IntArrayRef dims(output.dims, static_cast<size_t>(output.rank));
  if (result.scalar_type() == scalar_of(output.type) && result.sizes() == dims) return;
  std::ostringstream text;
  text << "output " << which << " is " << c10::toString(result.scalar_type()) << result.sizes() << ", not "
       << c10::toString(scalar_of(output.type)) << dims << " as in the trial";
  throw std::runtime_error(text.str());
}

const at::Tensor& result_of(const std::vector<at::Tensor>& results, int32_t which) {
  if (which < 0 || static_cast<size_t>(which) >= results.size())
    throw std::runtime_error("the model gave " + std::to_string(results.size()) + " outputs; output " +
                             std::to_string(which) + " is not among them");
  return results[static_cast<size_t>(which)];
}

namespace {

class CpuPlan final : public Plan {
 public:
  CpuPlan(std::shared_ptr<Model> model, const Binding& binding) : model_(std::move(model)), binding_(binding) {
    for (const auto& input : binding.inputs) inputs_.push_back(view_of(input));
    dims_.reserve(binding_.outputs.size());
    for (auto& output : binding_.outputs) {
      dims_.emplace_back(output.dims, output.dims + output.rank);
      output.dims = dims_.back().data();
    }
  }

  void run() override {
    const bool stateful = model_->state_bytes() > 0;
    if (stateful) model_->put_state(binding_.state_in);
    const auto results = model_->forward(inputs_);
    for (size_t i = 0; i < binding_.outputs.size(); i++) {
      const auto& output = binding_.outputs[i];
      const auto& result = result_of(results, binding_.which[i]);
      check_result(result, output, binding_.which[i]);
      const auto dense = result.contiguous();
      std::memcpy(output.data, dense.data_ptr(), static_cast<size_t>(output.bytes));
    }
    if (stateful) model_->take_state(binding_.state_out);
  }

 private:
  std::shared_ptr<Model> model_;
  Binding binding_;
  std::vector<std::vector<int64_t>> dims_;
  std::vector<at::Tensor> inputs_;
};

}  // namespace

std::unique_ptr<Plan> make_cpu_plan(std::shared_ptr<Model> model, const Binding& binding) {
  return std::make_unique<CpuPlan>(std::move(model), binding);
}

}  // namespace simeval
