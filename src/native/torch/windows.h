// Sliding windows, as convolutions and poolings declare them.
#pragma once

#include <vector>

#include "ops.h"

namespace simeval {

struct Windows {
  // Of a node over `x` (batch, channels, space...), for kernels of these sizes. auto_pad is resolved to numbers.
  Windows(const Call& call, const at::Tensor& x, std::vector<int64_t> kernel);

  std::vector<int64_t> kernel, strides, dilations, before, after;

  bool symmetric() const { return before == after; }
  // The tensor with its space padded by before and after.
  at::Tensor padded(const at::Tensor& x, double value) const;
};

// A convolution with padding on both sides; bias may be undefined.
at::Tensor convolve(const Call& call, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                    double padding_value = 0);

}  // namespace simeval
