// A forward over fixed memory, prepared once and run for every batch of its size.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model.h"

namespace simeval {

struct Binding {
  std::vector<simeval_tensor> inputs;
  std::vector<simeval_tensor> outputs;
  std::vector<int32_t> which;
  const void* state_in;
  void* state_out;
};

class Plan {
 public:
  virtual ~Plan() = default;
  virtual void run() = 0;
  // Whether it replays a captured graph; where not, why not, or "".
  virtual bool captured() const { return false; }
  virtual std::string why_not_captured() const { return ""; }
};

std::unique_ptr<Plan> make_cpu_plan(std::shared_ptr<Model> model, const Binding& binding);

#ifdef SIMEVAL_CUDA
std::unique_ptr<Plan> make_cuda_plan(std::shared_ptr<Model> model, const Binding& binding);
#endif

// Throws when a result is not what the output's memory was made for.
void check_result(const at::Tensor& result, const simeval_tensor& output, int32_t which);

// The results that a binding asks for, out of all; throws when there are fewer.
const at::Tensor& result_of(const std::vector<at::Tensor>& results, int32_t which);

}  // namespace simeval
