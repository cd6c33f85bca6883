#include "windows.h"

#include <algorithm>

namespace simeval {

Windows::Windows(const Call& call, const at::Tensor& x, std::vector<int64_t> size) : kernel(std::move(size)) {
  const auto rank = kernel.size();
  const std::vector<int64_t> ones(rank, 1);
  strides = call.integers("strides", ones);
  dilations = call.integers("dilations", ones);
  auto pads = call.integers("pads", std::vector<int64_t>(2 * rank, 0));
  if (strides.size() != rank || dilations.size() != rank || pads.size() != 2 * rank || x.dim() != static_cast<int64_t>(rank) + 2)
    throw std::runtime_error("its kernel, strides, dilations, pads and input do not have one rank");
  before.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(rank));
  after.assign(pads.begin() + static_cast<std::ptrdiff_t>(rank), pads.end());
  const auto mode = call.text("auto_pad", "NOTSET");
  if (mode == "VALID") {
    before.assign(rank, 0);
    after.assign(rank, 0);
  } else if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    for (size_t i = 0; i < rank; i++) {
      const auto length = x.size(static_cast<int64_t>(i) + 2);
      const auto count = (length + strides[i] - 1) / strides[i];
      const auto total = std::max<int64_t>((count - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - length, 0);
      before[i] = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
      after[i] = total - before[i];
    }
  }
}

at::Tensor Windows::padded(const at::Tensor& x, double value) const {
  std::vector<int64_t> reversed;
  for (auto i = kernel.size(); i-- > 0;) {
    reversed.push_back(before[i]);
    reversed.push_back(after[i]);
  }
  return at::constant_pad_nd(x, reversed, value);
}

at::Tensor convolve(const Call& call, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                    double padding_value) {
  const Windows windows(call, x, weight.sizes().slice(2).vec());
  const auto groups = call.integer("group", 1);
  const std::vector<int64_t> none(windows.kernel.size(), 0);
  const bool inside = windows.symmetric() && padding_value == 0;
  return at::convolution(inside ? x : windows.padded(x, padding_value), weight, bias, windows.strides,
                         inside ? windows.before : none, windows.dilations, false, none, groups);
}

}  // namespace simeval
