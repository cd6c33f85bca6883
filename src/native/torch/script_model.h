// A TorchScript module.
#pragma once

#include <torch/script.h>

#include <memory>
#include <string>
#include <vector>

#include "model.h"

namespace simeval {

class ScriptModel final : public Model {
 public:
  static std::shared_ptr<ScriptModel> load(const void* bytes, int64_t count, at::Device device);

  std::vector<at::Tensor> forward(const std::vector<at::Tensor>& inputs) override;

  const std::string& signature() const { return signature_; }

  // Marks as state what two forwards change; returns its size.
  int64_t find_state(const std::vector<at::Tensor>& inputs);

  std::shared_ptr<ScriptModel> copy() const;

  int64_t state_bytes() const override { return state_bytes_; }
  void put_state(const void* state) override;
  void take_state(void* state) const override;

 private:
  enum class Kind { Tensor, Int, Float, Bool };

  // An attribute of some module of the tree that is no parameter: a buffer, or a number.
  struct Cell {
    torch::jit::ObjectPtr owner;
    size_t slot;
    std::string path;
    c10::IValue value() const { return owner->getSlot(slot); }
  };

  ScriptModel(torch::jit::Module module, at::Device device);

  void describe();
  // The attributes that can be state; or those that hold several values, and cannot.
  std::vector<Cell> cells(bool containers = false) const;

  torch::jit::Module module_;
  std::vector<Kind> arguments_;
  std::vector<std::string> state_paths_;
  std::vector<Cell> state_;
  // What each cell of the state held at the beginning: its type and shape are the ones that a rollout's state has.
  std::vector<c10::IValue> state_initial_;
  int64_t state_bytes_ = 0;
  std::string signature_;
};

}  // namespace simeval
