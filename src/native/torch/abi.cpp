#include "simeval_torch.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/version.h>
#ifdef SIMEVAL_CUDA
#include <torch/cuda.h>
#endif

#include <memory>
#include <string>

#include "plan.h"
#include "program.h"
#include "script_model.h"

struct simeval_model {
  std::shared_ptr<simeval::Model> model;
  simeval::ScriptModel& script() const {
    auto* found = dynamic_cast<simeval::ScriptModel*>(model.get());
    if (found == nullptr) throw std::runtime_error("not a TorchScript module");
    return *found;
  }
};

struct simeval_plan {
  std::unique_ptr<simeval::Plan> plan;
};

struct simeval_result {
  std::vector<at::Tensor> tensors;
};

namespace {

thread_local std::string last_error;

// Runs the body, and turns what it throws into a status and a text.
template <typename Body>
int32_t guarded(Body body) {
  try {
    const c10::InferenceMode inference;
    body();
    return SIMEVAL_OK;
  } catch (const simeval::Fault& fault) {
    last_error = fault.what();
    return fault.status;
  } catch (const c10::Error& error) {
    last_error = error.what_without_backtrace();
  } catch (const std::exception& error) {
    last_error = error.what();
  } catch (...) {
    last_error = "an error of unknown kind";
  }
  return SIMEVAL_FAILED;
}

std::vector<at::Tensor> views(const simeval::Model& model, const simeval_tensor* inputs, int32_t count) {
  std::vector<at::Tensor> made;
  for (int32_t i = 0; i < count; i++) made.push_back(simeval::view_of(inputs[i]).to(model.device));
  return made;
}

}  // namespace

int32_t simeval_abi(void) { return SIMEVAL_TORCH_ABI; }

const char* simeval_version(void) { return "libtorch " TORCH_VERSION; }

const char* simeval_error(void) { return last_error.c_str(); }

int32_t simeval_cuda_built(void) {
#ifdef SIMEVAL_CUDA
  return 1;
#else
  return 0;
#endif
}

int32_t simeval_cuda_devices(void) {
  int32_t count = 0;
#ifdef SIMEVAL_CUDA
  guarded([&] { count = static_cast<int32_t>(torch::cuda::device_count()); });
#endif
  return count;
}

void simeval_set_threads(int32_t threads) {
  guarded([&] {
    at::set_num_threads(1);
    // Only OpenBLAS has it; other BLAS libraries follow OpenMP, which has just been set.
    if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(threads);
#ifdef SIMEVAL_CUDA
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setBenchmarkCuDNN(false);
    at::globalContext().setDeterministicCuDNN(true);
#endif
  });
}

int32_t simeval_script_load(const void* bytes, int64_t count, const char* device, simeval_model** model) {
  return guarded(
      [&] { *model = new simeval_model{simeval::ScriptModel::load(bytes, count, simeval::device_of(device))}; });
}

const char* simeval_script_signature(simeval_model* model) { return model->script().signature().c_str(); }

int32_t simeval_script_find_state(simeval_model* model, const simeval_tensor* inputs, int32_t count, int64_t* bytes) {
  return guarded([&] { *bytes = model->script().find_state(views(*model->model, inputs, count)); });
}

int32_t simeval_script_initial_state(simeval_model* model, void* state) {
  return guarded([&] { model->script().take_state(state); });
}

int32_t simeval_script_put_state(simeval_model* model, const void* state) {
  return guarded([&] { model->script().put_state(state); });
}

int32_t simeval_script_copy(simeval_model* model, simeval_model** copy) {
  return guarded([&] { *copy = new simeval_model{model->script().copy()}; });
}

int32_t simeval_program_load(const void* bytes, int64_t count, const char* device, simeval_model** model) {
  return guarded([&] { *model = new simeval_model{simeval::Program::load(bytes, count, simeval::device_of(device))}; });
}

int32_t simeval_run(simeval_model* model, const simeval_tensor* inputs, int32_t count, simeval_result** result) {
  return guarded([&] {
    auto made = std::make_unique<simeval_result>();
    for (const auto& tensor : model->model->forward(views(*model->model, inputs, count)))
      made->tensors.push_back(tensor.to(at::kCPU).contiguous());
    for (const auto& tensor : made->tensors) simeval::onnx_of(tensor.scalar_type());
    *result = made.release();
  });
}

int32_t simeval_result_count(simeval_result* result) { return static_cast<int32_t>(result->tensors.size()); }

void simeval_result_tensor(simeval_result* result, int32_t index, simeval_tensor* tensor) {
  const auto& held = result->tensors[static_cast<size_t>(index)];
  tensor->data = held.data_ptr();
  tensor->bytes = static_cast<int64_t>(held.nbytes());
  tensor->dims = held.sizes().data();
  tensor->rank = static_cast<int32_t>(held.dim());
  tensor->type = simeval::onnx_of(held.scalar_type());
}

void simeval_result_release(simeval_result* result) { delete result; }

int32_t simeval_plan_create(simeval_model* model, const simeval_tensor* inputs, int32_t input_count,
                            const simeval_tensor* outputs, const int32_t* which, int32_t output_count,
                            const void* state_in, void* state_out, simeval_plan** plan) {
  return guarded([&] {
    const simeval::Binding binding{{inputs, inputs + input_count},
                                   {outputs, outputs + output_count},
                                   {which, which + output_count},
                                   state_in,
                                   state_out};
#ifdef SIMEVAL_CUDA
    if (model->model->device.is_cuda()) {
      *plan = new simeval_plan{simeval::make_cuda_plan(model->model, binding)};
      return;
    }
#endif
    *plan = new simeval_plan{simeval::make_cpu_plan(model->model, binding)};
  });
}

int32_t simeval_plan_run(simeval_plan* plan) {
  return guarded([&] { plan->plan->run(); });
}

int32_t simeval_plan_repeat(simeval_plan* plan, int64_t times) {
  return guarded([&] {
    for (int64_t i = 0; i < times; i++) plan->plan->run();
  });
}

int32_t simeval_plan_captured(simeval_plan* plan) {
  last_error = plan->plan->why_not_captured();
  return plan->plan->captured() ? 1 : 0;
}

void simeval_plan_release(simeval_plan* plan) { delete plan; }

void simeval_model_release(simeval_model* model) { delete model; }
