// Quantized numbers. Integer sums are taken in float64, which holds them exactly.
#include <algorithm>

#include "ops.h"
#include "windows.h"

namespace simeval {

namespace {

// Scales and zero points of one axis, or of blocks along it, shaped to broadcast over `x`.
at::Tensor spread(const Call& call, const at::Tensor& values, const at::Tensor& x) {
  if (values.numel() == 1 && values.dim() <= 1) return values.reshape({});
  const auto axis = Call::axis(call.integer("axis", 1), x.dim());
  const auto block = call.integer("block_size", 0);
  if (block > 0) return values.repeat_interleave(block, axis).narrow(axis, 0, x.size(axis));
  std::vector<int64_t> sizes(static_cast<size_t>(x.dim()), 1);
  sizes[static_cast<size_t>(axis)] = -1;
  return values.reshape(sizes);
}

std::pair<int64_t, int64_t> range_of(const Call& call, at::ScalarType type) {
  switch (type) {
    case at::kByte: return {0, 255};
    case at::kChar: return {-128, 127};
    case at::kShort: return {-32768, 32767};
    default: call.refuse(std::string("quantized to ") + c10::toString(type));
  }
}

// clamp(round to nearest even(x / scale) + zero), dividing in float32.
at::Tensor quantized(const Call& call, const at::Tensor& x, const at::Tensor& scale, const at::Tensor& zero, at::ScalarType type) {
  const auto [least, most] = range_of(call, type);
  auto rounded = at::round(x.to(at::kFloat) / scale.to(at::kFloat));
  if (zero.defined()) rounded = rounded + zero.to(at::kFloat);
  return at::clamp(rounded, least, most).to(type);
}

void quantize(Call& call) {
  const auto& x = call.in(0);
  const auto type = call.has(2) ? call.in(2).scalar_type()
                                : scalar_of(static_cast<int32_t>(std::max<int64_t>(call.integer("output_dtype", 2), 1)));
  const auto zero = call.has(2) ? spread(call, call.in(2), x) : at::Tensor();
  call.out(0, quantized(call, x, spread(call, call.in(1), x), zero, type));
}

void dequantize(Call& call) {
  const auto& x = call.in(0);
  auto steps = x.to(at::kInt);
  if (call.has(2)) steps = steps - spread(call, call.in(2), x).to(at::kInt);
  call.out(0, steps.to(at::kFloat) * spread(call, call.in(1), x));
}

void dynamic_quantize(Call& call) {
  const auto& x = call.in(0);
  const auto most = at::clamp_min(at::max(x), 0), least = at::clamp_max(at::min(x), 0);
  const auto scale = (most - least) / 255;
  const auto zero = at::round(at::clamp(-least / scale, 0, 255));
  call.out(0, at::clamp(at::round(x / scale) + zero, 0, 255).to(at::kByte));
  call.out(1, scale);
  call.out(2, zero.to(at::kByte));
}

// Zero points of rows (of the left factor) or columns (of the right).
at::Tensor centred(const at::Tensor& x, const at::Tensor& zero, bool rows) {
  const auto wide = x.to(at::kDouble);
  if (!zero.defined()) return wide;
  const auto shift = zero.to(at::kDouble);
  return wide - (rows && shift.dim() == 1 && shift.size(0) > 1 ? shift.unsqueeze(1) : shift);
}

// acc * (scale_a * scale_b / scale_y), rounded to nearest even, in float32 as ONNX Runtime does.
at::Tensor requantized(const Call& call, const at::Tensor& sum, const at::Tensor& factor, const at::Tensor& zero) {
  const auto [least, most] = range_of(call, zero.scalar_type());
  return at::clamp(at::round(sum.to(at::kFloat) * factor) + zero.to(at::kFloat), least, most).to(zero.scalar_type());
}

void integer_product(Call& call) {
  call.out(0, at::matmul(centred(call.in(0), call[2], true), centred(call.in(1), call[3], false)).to(at::kInt));
}

void quantized_product(Call& call) {
  const auto sum = at::matmul(centred(call.in(0), call.in(2), true), centred(call.in(3), call.in(5), false));
  call.out(0, requantized(call, sum, call.in(1) * call.in(4) / call.in(6), call.in(7)));
}

// Zero points of output channels.
at::Tensor centred_weight(const at::Tensor& w, const at::Tensor& zero) {
  if (!zero.defined() || zero.numel() == 1) return centred(w, zero.defined() ? zero.reshape({}) : zero, false);
  std::vector<int64_t> sizes(static_cast<size_t>(w.dim()), 1);
  sizes[0] = -1;
  return w.to(at::kDouble) - zero.to(at::kDouble).view(sizes);
}

at::Tensor scalar_zero(const at::Tensor& zero) { return zero.defined() ? zero.reshape({}) : zero; }

void integer_convolution(Call& call) {
  const auto x = centred(call.in(0), scalar_zero(call[2]), false);
  call.out(0, convolve(call, x, centred_weight(call.in(1), call[3]), at::Tensor()).to(at::kInt));
}

void quantized_convolution(Call& call) {
  const auto x = centred(call.in(0), scalar_zero(call.in(2)), false);
  const auto bias = call.has(8) ? call.in(8).to(at::kDouble) : at::Tensor();
  const auto sum = convolve(call, x, centred_weight(call.in(3), call.in(5)), bias);
  auto factor = call.in(1) * call.in(4) / call.in(6);
  if (factor.numel() > 1) {
    std::vector<int64_t> sizes(static_cast<size_t>(sum.dim()), 1);
    sizes[1] = -1;
    factor = factor.view(sizes);
  }
  call.out(0, requantized(call, sum, factor, call.in(7)));
}

}  // namespace

const OperatorTable& quantization_operators() {
  static const OperatorTable table = {
      {"ConvInteger", {integer_convolution}},
      {"DequantizeLinear", {dequantize}},
      {"DynamicQuantizeLinear", {dynamic_quantize}},
      {"MatMulInteger", {integer_product}},
      {"QLinearConv", {quantized_convolution}},
      {"QLinearMatMul", {quantized_product}},
      {"QuantizeLinear", {quantize}},
  };
  return table;
}

}  // namespace simeval
