// Products, convolutions and normalizations.
#include <algorithm>

#include "ops.h"
#include "windows.h"

namespace simeval {

namespace {

// What ATen's optional tensors take.
at::Tensor given(const Call& call, size_t i) { return call.has(i) ? call.in(i) : at::Tensor(); }

void gemm(Call& call) {
  const auto a = call.integer("transA", 0) != 0 ? call.in(0).t() : call.in(0);
  const auto& b = call.in(1);
  const auto alpha = call.real("alpha", 1), beta = call.real("beta", 1);
  if (!a.is_floating_point()) {
    auto product = at::matmul(a, call.integer("transB", 0) != 0 ? b.t() : b);
    if (alpha != 1 || beta != 1) call.refuse("integers scaled by alpha or beta");
    return call.out(0, call.has(2) ? product + call.in(2) : product);
  }
  const auto weight = call.integer("transB", 0) != 0 ? b : b.t();
  const bool plain = alpha == 1 && beta == 1 && (!call.has(2) || (call.in(2).dim() == 1 && call.in(2).size(0) == weight.size(0)));
  if (plain) return call.out(0, at::linear(a, weight, given(call, 2)));
  if (!call.has(2)) return call.out(0, at::mm(a, weight.t()) * alpha);
  call.out(0, at::addmm(call.in(2), a, weight.t(), beta, alpha));
}

void matrix_product(Call& call) { call.out(0, at::matmul(call.in(0), call.in(1))); }

void convolution(Call& call) { call.out(0, convolve(call, call.in(0), call.in(1), given(call, 2))); }

// Negative amounts of padding at the end come from output_shape; what symmetric padding cannot say is cut off afterwards.
void transposed_convolution(Call& call) {
  const auto &x = call.in(0), &weight = call.in(1);
  const auto kernel = call.integers("kernel_shape", weight.sizes().slice(2).vec());
  const auto rank = kernel.size();
  const std::vector<int64_t> ones(rank, 1), zeros(rank, 0);
  const auto strides = call.integers("strides", ones), dilations = call.integers("dilations", ones);
  const auto extra = call.integers("output_padding", zeros), wanted = call.integers("output_shape");
  auto pads = call.integers("pads", std::vector<int64_t>(2 * rank, 0));
  const auto mode = call.text("auto_pad", "NOTSET");
  auto full = at::convolution(x, weight, given(call, 2), strides, zeros, dilations, true, extra, call.integer("group", 1));
  for (size_t i = 0; i < rank; i++) {
    const auto axis = static_cast<int64_t>(i) + 2;
    auto size = full.size(axis) - pads[i] - pads[i + rank];
    auto begin = pads[i];
    if (!wanted.empty() || mode.rfind("SAME", 0) == 0) {
      size = wanted.empty() ? x.size(axis) * strides[i] : wanted[wanted.size() - rank + i];
      const auto total = full.size(axis) - size;
      // The larger half of what is cut off goes to the end for SAME_UPPER, and else to the beginning.
      begin = mode == "SAME_UPPER" ? total / 2 : total - (total >= 0 ? total / 2 : (total - 1) / 2);
    }
    if (begin < 0 || begin + size > full.size(axis)) {
      const auto short_by = begin + size - full.size(axis);
      std::vector<int64_t> grown(2 * (rank - i), 0);
      grown[grown.size() - 2] = std::max<int64_t>(-begin, 0);
      grown[grown.size() - 1] = std::max<int64_t>(short_by, 0);
      full = at::constant_pad_nd(full, grown, 0);
      begin = std::max<int64_t>(begin, 0);
    }
    full = full.narrow(axis, begin, size);
  }
  call.out(0, full);
}

// Per channel, shaped to broadcast over (batch, channels, space...).
at::Tensor by_channel(const at::Tensor& values, const at::Tensor& x) {
  std::vector<int64_t> sizes(static_cast<size_t>(std::max<int64_t>(x.dim(), 2)), 1);
  sizes[1] = -1;
  return values.view(sizes);
}

void batch_normalization(Call& call) {
  const auto& x = call.in(0);
  const auto epsilon = call.real("epsilon", 1e-5), momentum = call.real("momentum", 0.9);
  const bool training = call.integer("training_mode", 0) != 0;
  if (!training) {
    call.out(0, at::batch_norm(x, call.in(1), call.in(2), call.in(3), call.in(4), false, 1 - momentum, epsilon, false));
    return;
  }
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < x.dim(); i++)
    if (i != 1) axes.push_back(i);
  const auto mean = at::mean(x, axes), variance = at::mean(at::square(x - by_channel(mean, x)), axes);
  const auto scale = call.in(1) / at::sqrt(variance + epsilon);
  call.out(0, (x - by_channel(mean, x)) * by_channel(scale, x) + by_channel(call.in(2), x));
  call.out(1, call.in(3) * momentum + mean * (1 - momentum));
  call.out(2, call.in(4) * momentum + variance * (1 - momentum));
}

void instance_normalization(Call& call) {
  call.out(0, at::instance_norm(call.in(0), call.in(1), call.in(2), {}, {}, true, 0, call.real("epsilon", 1e-5), false));
}

void layer_normalization(Call& call) {
  const auto& x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", -1), x.dim());
  const auto epsilon = call.real("epsilon", 1e-5);
  if (!call.wants(1) && !call.wants(2) && call.in(1).sizes() == x.sizes().slice(static_cast<size_t>(axis))) {
    call.out(0, at::layer_norm(x, x.sizes().slice(static_cast<size_t>(axis)), call.in(1), given(call, 2), epsilon, false));
    return;
  }
  std::vector<int64_t> axes;
  for (auto i = axis; i < x.dim(); i++) axes.push_back(i);
  const auto mean = at::mean(x, axes, true);
  const auto inverse = at::rsqrt(at::mean(at::square(x - mean), axes, true) + epsilon);
  const auto scaled = (x - mean) * inverse * call.in(1);
  call.out(0, call.has(2) ? scaled + call.in(2) : scaled);
  call.out(1, mean);
  call.out(2, inverse);
}

void group_normalization(Call& call) {
  const auto& x = call.in(0);
  const auto groups = call.integer("num_groups", 1);
  auto scale = call.in(1), bias = call.in(2);
  if (scale.size(0) == groups && groups != x.size(1)) {
    scale = scale.repeat_interleave(x.size(1) / groups);
    bias = bias.repeat_interleave(x.size(1) / groups);
  }
  call.out(0, at::group_norm(x, groups, scale, bias, call.real("epsilon", 1e-5), false));
}

void local_response_normalization(Call& call) {
  const auto& x = call.in(0);
  const auto size = call.integer("size", 1);
  const auto squares = at::square(x);
  auto total = at::zeros_like(x);
  const auto before = (size - 1) / 2, channels = x.size(1);
  for (auto shift = -before; shift < size - before; shift++) {
    const auto from = std::max<int64_t>(shift, 0), to = std::min(channels, channels + shift);
    if (from < to) total.narrow(1, from - shift, to - from).add_(squares.narrow(1, from, to - from));
  }
  call.out(0, x / at::pow(call.real("bias", 1) + call.real("alpha", 1e-4) / static_cast<double>(size) * total,
                          call.real("beta", 0.75)));
}

void mean_variance_normalization(Call& call) {
  const auto& x = call.in(0);
  const auto axes = call.integers("axes", {0, 2, 3});
  const auto centred = x - at::mean(x, axes, true);
  call.out(0, centred / (at::sqrt(at::mean(at::square(centred), axes, true)) + 1e-9));
}

void length_normalization(Call& call) {
  const auto& x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", -1), x.dim());
  const auto norm = at::norm(x, at::Scalar(call.integer("p", 2)), {axis}, true);
  call.out(0, at::where(at::eq(norm, 0), at::zeros_like(x), x / norm));
}

void einsum(Call& call) {
  std::vector<at::Tensor> operands;
  for (size_t i = 0; i < call.input_count(); i++) operands.push_back(call.in(i));
  auto equation = call.text("equation", "");
  equation.erase(std::remove(equation.begin(), equation.end(), ' '), equation.end());
  call.out(0, at::einsum(equation, operands));
}

void grid_sample(Call& call) {
  const auto mode = call.text("mode", "bilinear"), padding = call.text("padding_mode", "zeros");
  const auto method = mode == "nearest" ? 1 : mode == "bicubic" || mode == "cubic" ? 2 : 0;
  const auto outside = padding == "border" ? 1 : padding == "reflection" ? 2 : 0;
  call.out(0, at::grid_sampler(call.in(0), call.in(1), method, outside, call.integer("align_corners", 0) != 0));
}

}  // namespace

const OperatorTable& layer_operators() {
  static const OperatorTable table = [] {
    OperatorTable made = {
        {"BatchNormalization", {batch_normalization}},
        {"Conv", {convolution}},
        {"ConvTranspose", {transposed_convolution}},
        {"Det", {[](Call& c) { c.out(0, at::det(c.in(0))); }}},
        {"Einsum", {einsum}},
        {"Gemm", {gemm}},
        {"GridSample", {grid_sample}},
        {"GroupNormalization", {group_normalization}},
        {"InstanceNormalization", {instance_normalization}},
        {"LRN", {local_response_normalization}},
        {"LayerNormalization", {layer_normalization}},
        {"LpNormalization", {length_normalization}},
        {"MatMul", {matrix_product}},
        {"MeanVarianceNormalization", {mean_variance_normalization}},
    };
    made.insert(pooling_operators().begin(), pooling_operators().end());
    return made;
  }();
  return table;
}

}  // namespace simeval
