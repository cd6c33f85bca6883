// A forward on a GPU: pinned staging, a captured graph, and one synchronization a run. Compiled only where libtorch has CUDA.
#ifdef SIMEVAL_CUDA

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <cstring>
#include <exception>

#include "plan.h"

namespace simeval {

namespace {

class CudaPlan final : public Plan {
 public:
  CudaPlan(std::shared_ptr<Model> model, const Binding& binding)
      : model_(std::move(model)), binding_(binding), stream_(c10::cuda::getStreamFromPool(false, model_->device.index())) {
    dims_.reserve(binding_.outputs.size());
    for (auto& output : binding_.outputs) {
      dims_.emplace_back(output.dims, output.dims + output.rank);
      output.dims = dims_.back().data();
    }
    const c10::cuda::CUDAStreamGuard on(stream_);
    for (const auto& input : binding_.inputs) {
      host_.push_back(view_of(input));
      pinned_.push_back(at::empty_like(host_.back(), host_.back().options().pinned_memory(true)));
      device_.push_back(at::empty_like(host_.back(), host_.back().options().device(model_->device)));
    }
    send();
    // Kernels are chosen, workspaces allocated and lazy initialization done before the capture.
    for (int i = 0; i < warm_ups; i++) results_ = model_->forward(device_);
    stream_.synchronize();
    if (model_->state_bytes() == 0) capture();
    for (size_t i = 0; i < binding_.outputs.size(); i++) {
      const auto& result = result_of(results_, binding_.which[i]);
      check_result(result, binding_.outputs[i], binding_.which[i]);
      back_.push_back(at::empty(result.sizes(), at::TensorOptions().dtype(result.scalar_type()).pinned_memory(true)));
    }
  }

  ~CudaPlan() override {
    try {
      stream_.synchronize();
    } catch (const std::exception&) {
      // A device that has failed says so at the next run.
    }
  }

  void run() override {
    const c10::cuda::CUDAStreamGuard on(stream_);
    send();
    if (captured_) {
      graph_.replay();
    } else {
      if (model_->state_bytes() > 0) model_->put_state(binding_.state_in);
      results_ = model_->forward(device_);
    }
    for (size_t i = 0; i < back_.size(); i++) {
      const auto& result = result_of(results_, binding_.which[i]);
      if (!captured_) check_result(result, binding_.outputs[i], binding_.which[i]);
      back_[i].copy_(result, /*non_blocking=*/true);
    }
    stream_.synchronize();
    for (size_t i = 0; i < back_.size(); i++)
      std::memcpy(binding_.outputs[i].data, back_[i].data_ptr(), static_cast<size_t>(binding_.outputs[i].bytes));
    if (!captured_ && model_->state_bytes() > 0) model_->take_state(binding_.state_out);
  }

  bool captured() const override { return captured_; }
  std::string why_not_captured() const override { return why_; }

 private:
  static constexpr int warm_ups = 3;

  void send() {
    for (size_t i = 0; i < host_.size(); i++) {
      pinned_[i].copy_(host_[i]);
      device_[i].copy_(pinned_[i], /*non_blocking=*/true);
    }
  }

  // What cannot be captured (a graph whose shapes depend on values on the device) runs kernel by kernel.
  void capture() {
    try {
      graph_.capture_begin();
      std::vector<at::Tensor> results;
      try {
        results = model_->forward(device_);
      } catch (...) {
        const auto failure = std::current_exception();
        try {
          graph_.capture_end();
        } catch (const std::exception&) {
          // The capture was already invalid; what made it so is the failure to tell.
        }
        std::rethrow_exception(failure);
      }
      graph_.capture_end();
      results_ = std::move(results);
      captured_ = true;
    } catch (const c10::Error& error) {
      why_ = error.what_without_backtrace();
    } catch (const std::exception& error) {
      why_ = error.what();
    }
    if (!captured_) {
      graph_.reset();
      results_ = model_->forward(device_);
      stream_.synchronize();
    }
  }

  std::shared_ptr<Model> model_;
  Binding binding_;
  c10::cuda::CUDAStream stream_;
  std::vector<std::vector<int64_t>> dims_;
  std::vector<at::Tensor> host_, pinned_, device_, results_, back_;
  at::cuda::CUDAGraph graph_;
  bool captured_ = false;
  std::string why_;
};

}  // namespace

std::unique_ptr<Plan> make_cuda_plan(std::shared_ptr<Model> model, const Binding& binding) {
  return std::make_unique<CudaPlan>(std::move(model), binding);
}

}  // namespace simeval

#endif
