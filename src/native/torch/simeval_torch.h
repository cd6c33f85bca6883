// The C ABI between SimEval and libtorch. No exception crosses it: a function that can fail returns a status, and
// simeval_error() then tells, in words, what the calling thread's last failure was. Pointers that are handed out stay valid
// until their owner is released. A model may be run by several threads at once, unless it keeps state in its module; a plan and
// a result belong to one thread at a time.
#ifndef SIMEVAL_TORCH_H
#define SIMEVAL_TORCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

#define SIMEVAL_TORCH_ABI 1

enum simeval_status {
  SIMEVAL_OK = 0,
  SIMEVAL_FAILED = 1,       // it failed while running
  SIMEVAL_UNSUPPORTED = 2,  // a model, but one that this library cannot run
  SIMEVAL_UNREADABLE = 3    // the bytes are no model
};

typedef struct simeval_model simeval_model;
typedef struct simeval_plan simeval_plan;
typedef struct simeval_result simeval_result;

// A dense row-major tensor in host memory. `type` is a number of ONNX's TensorProto.DataType.
typedef struct simeval_tensor {
  void* data;
  int64_t bytes;
  const int64_t* dims;
  int32_t rank;
  int32_t type;
} simeval_tensor;

// SIMEVAL_TORCH_ABI of the library that was built.
int32_t simeval_abi(void);
// "libtorch 1.13.0".
const char* simeval_version(void);
const char* simeval_error(void);
// Whether it was built with CUDA, and how many devices this machine has; 0 where none.
int32_t simeval_cuda_built(void);
int32_t simeval_cuda_devices(void);
// Threads inside one forward, of the whole process: BLAS gets them, ATen's own loops stay on the calling thread, since both
// pools together stall each other.
void simeval_set_threads(int32_t threads);

// Reads a TorchScript archive and puts it in evaluation mode. `device` is "cpu" or "cuda:N".
int32_t simeval_script_load(const void* bytes, int64_t count, const char* device, simeval_model** model);
// The forward method, a line for each argument and result: "in NAME KIND", "out NAME", where KIND is tensor, int, float or
// bool; and "size N" for each distinct extent of its weights, ascending, and "element TYPE" for the type of its weights.
const char* simeval_script_signature(simeval_model* model);
// Finds what forward changes inside the module, by running it twice on these inputs, and puts it back to what it was before
// (after reset_memory(), where the module has that method). `bytes` receives the size of that state; a module without any is
// frozen.
int32_t simeval_script_find_state(simeval_model* model, const simeval_tensor* inputs, int32_t count, int64_t* bytes);
// The state at the beginning of a rollout.
int32_t simeval_script_initial_state(simeval_model* model, void* state);
// Puts a state back into the module.
int32_t simeval_script_put_state(simeval_model* model, const void* state);
// A copy of a module with state of its own.
int32_t simeval_script_copy(simeval_model* model, simeval_model** copy);

// Reads a lowered ONNX graph (the format is described in program.h).
int32_t simeval_program_load(const void* bytes, int64_t count, const char* device, simeval_model** model);

// One forward; results in the order of the model's outputs.
int32_t simeval_run(simeval_model* model, const simeval_tensor* inputs, int32_t count, simeval_result** result);
int32_t simeval_result_count(simeval_result* result);
void simeval_result_tensor(simeval_result* result, int32_t index, simeval_tensor* tensor);
void simeval_result_release(simeval_result* result);

// A forward over fixed memory: reads the inputs' memory and writes results to the outputs' memory, whose sizes must be the
// results' own. `which` names the model's outputs by place. Where the model keeps state in its module, `state_in` is put
// into it before the forward and its new state written to `state_out`. On CUDA the forward is captured as a graph once, and
// replayed.
int32_t simeval_plan_create(simeval_model* model, const simeval_tensor* inputs, int32_t input_count,
                            const simeval_tensor* outputs, const int32_t* which, int32_t output_count,
                            const void* state_in, void* state_out, simeval_plan** plan);
int32_t simeval_plan_run(simeval_plan* plan);
// Runs it so many times, in a loop of its own: what a caller's loop is measured against.
int32_t simeval_plan_repeat(simeval_plan* plan, int64_t times);
// Whether its forward is a captured CUDA graph; where not, simeval_error() may tell why.
int32_t simeval_plan_captured(simeval_plan* plan);
void simeval_plan_release(simeval_plan* plan);

// A model is freed when it and all plans over it are released.
void simeval_model_release(simeval_model* model);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif
#endif
