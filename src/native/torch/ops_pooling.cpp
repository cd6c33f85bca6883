// Poolings and resizing.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops.h"
#include "windows.h"

namespace simeval {

namespace {

std::vector<int64_t> space(const at::Tensor& x) {
  std::vector<int64_t> axes;
  for (int64_t i = 2; i < x.dim(); i++) axes.push_back(i);
  return axes;
}

// The windows of every place as trailing axes: (batch, channels, places..., kernel...). With ceil_mode, a last window that
// begins inside the padded input counts although it ends outside.
at::Tensor unfolded(const Windows& windows, const at::Tensor& x, bool ceil, double value) {
  auto view = windows.padded(x, value);
  const auto rank = windows.kernel.size();
  for (size_t i = 0; i < rank; i++) {
    const auto axis = static_cast<int64_t>(i) + 2;
    const auto reach = (windows.kernel[i] - 1) * windows.dilations[i] + 1;
    const auto over = view.size(axis) - reach;
    auto places = over / windows.strides[i] + 1;
    if (ceil && over % windows.strides[i] != 0 && places * windows.strides[i] < x.size(axis) + windows.before[i]) {
      const auto missing = places * windows.strides[i] + reach - view.size(axis);
      std::vector<int64_t> grown(2 * (rank - i), 0);
      grown.back() = missing;
      view = at::constant_pad_nd(view, grown, value);
      places++;
    }
    if (places < 1) throw std::runtime_error("its window is larger than the padded input");
  }
  for (size_t i = 0; i < rank; i++) {
    const auto reach = (windows.kernel[i] - 1) * windows.dilations[i] + 1;
    view = view.unfold(static_cast<int64_t>(i) + 2, reach, windows.strides[i]);
    if (windows.dilations[i] > 1) view = view.slice(-1, 0, reach, windows.dilations[i]);
  }
  return view;
}

std::vector<int64_t> trailing(size_t rank) {
  std::vector<int64_t> axes;
  for (size_t i = 0; i < rank; i++) axes.push_back(-1 - static_cast<int64_t>(i));
  return axes;
}

void average_pool(Call& call) {
  const auto& x = call.in(0);
  const Windows windows(call, x, call.integers("kernel_shape"));
  const bool ceil = call.integer("ceil_mode", 0) != 0;
  const auto axes = trailing(windows.kernel.size());
  const auto total = at::sum(unfolded(windows, x, ceil, 0), axes);
  // What counts: all of the padded input, or only the input; never what ceil_mode reaches beyond.
  const bool padding = call.integer("count_include_pad", 0) != 0;
  const auto ones = at::ones_like(x.slice(0, 0, 1).slice(1, 0, 1));
  auto counted = windows;
  if (padding) {
    counted.before.assign(counted.before.size(), 0);
    counted.after = counted.before;
  }
  const auto count = at::sum(unfolded(counted, padding ? windows.padded(ones, 1) : ones, ceil, 0), axes);
  call.out(0, total / count);
}

void max_pool(Call& call) {
  const auto& x = call.in(0);
  const Windows windows(call, x, call.integers("kernel_shape"));
  const bool ceil = call.integer("ceil_mode", 0) != 0;
  const auto rank = windows.kernel.size();
  const bool real = x.is_floating_point();
  const auto least = real ? -std::numeric_limits<double>::infinity() : x.scalar_type() == at::kByte ? 0.0 : -128.0;
  if (!real && x.scalar_type() != at::kByte && x.scalar_type() != at::kChar) call.refuse("integers wider than 8 bits");
  const auto view = unfolded(windows, x, ceil, least);
  if (!call.wants(1)) return call.out(0, at::amax(view, trailing(rank)));
  const auto [values, inside] = at::max(view.flatten(-static_cast<int64_t>(rank)), -1);
  call.out(0, values);
  // The places of the greatest elements, found by sending the flat places through the same windows.
  auto sizes = x.sizes().vec();
  auto places = at::arange(x.numel(), x.options().dtype(at::kLong)).view(sizes);
  if (call.integer("storage_order", 0) != 0 && rank == 2) {
    auto turned = sizes;
    std::swap(turned[2], turned[3]);
    places = places.view(turned).transpose(2, 3);
  }
  const auto named = unfolded(windows, places, ceil, -1).flatten(-static_cast<int64_t>(rank));
  call.out(1, at::gather(named, -1, inside.unsqueeze(-1)).squeeze(-1));
}

void lp_pool(Call& call) {
  const auto& x = call.in(0);
  const Windows windows(call, x, call.integers("kernel_shape"));
  const auto p = static_cast<double>(call.integer("p", 2));
  const auto powers = at::pow(at::abs(x), p);
  const auto view = unfolded(windows, powers, call.integer("ceil_mode", 0) != 0, 0);
  call.out(0, at::pow(at::sum(view, trailing(windows.kernel.size())), 1 / p));
}

void max_unpool(Call& call) {
  const auto &x = call.in(0), &places = call.in(1);
  const auto kernel = call.integers("kernel_shape");
  const auto strides = call.integers("strides", std::vector<int64_t>(kernel.size(), 1));
  const auto pads = call.integers("pads", std::vector<int64_t>(2 * kernel.size(), 0));
  auto sizes = x.sizes().vec();
  for (size_t i = 0; i < kernel.size(); i++)
    sizes[i + 2] = (x.size(static_cast<int64_t>(i) + 2) - 1) * strides[i] - pads[i] - pads[i + kernel.size()] + kernel[i];
  int64_t count = 1;
  for (auto size : sizes) count *= size;
  auto flat = at::zeros({count}, x.options()).scatter(0, places.reshape({-1}), x.reshape({-1})).view(sizes);
  if (call.has(2)) {
    // Places count inside the smaller tensor; the wanted one is filled up with zeros at its ends.
    const auto wanted = call.ints(2);
    std::vector<int64_t> grown;
    for (auto i = wanted.size(); i-- > 2;) {
      grown.push_back(0);
      grown.push_back(wanted[i] - sizes[i]);
    }
    flat = at::constant_pad_nd(flat, grown, 0);
  }
  call.out(0, flat);
}

// Resizing, axis by axis, as the operator's definition has it: where an output element lies in the input, and the weights of
// the input's elements around that place.
struct Resizing {
  std::string mode, place, nearest;
  double cubic;
  bool exclude, extrapolate_outside;
};

double source_of(const Resizing& how, double at, double scale, double in, double out, double begin, double end) {
  if (how.place == "asymmetric") return at / scale;
  if (how.place == "align_corners") return out == 1 ? 0 : at * (in - 1) / (out - 1);
  if (how.place == "pytorch_half_pixel") return out > 1 ? (at + 0.5) / scale - 0.5 : 0;
  if (how.place == "tf_half_pixel_for_nn") return (at + 0.5) / scale;
  if (how.place == "tf_crop_and_resize")
    return out > 1 ? begin * (in - 1) + at * (end - begin) * (in - 1) / (out - 1) : 0.5 * (begin + end) * (in - 1);
  return (at + 0.5) / scale - 0.5;
}

std::vector<double> weights_of(const Resizing& how, double ratio) {
  if (how.mode == "linear") return {1 - ratio, ratio};
  const auto a = how.cubic;
  return {((a * (ratio + 1) - 5 * a) * (ratio + 1) + 8 * a) * (ratio + 1) - 4 * a,
          ((a + 2) * ratio - (a + 3)) * ratio * ratio + 1,
          ((a + 2) * (1 - ratio) - (a + 3)) * (1 - ratio) * (1 - ratio) + 1,
          ((a * (2 - ratio) - 5 * a) * (2 - ratio) + 8 * a) * (2 - ratio) - 4 * a};
}

int64_t nearest_of(const Resizing& how, double source) {
  if (how.nearest == "floor") return static_cast<int64_t>(std::floor(source));
  if (how.nearest == "ceil") return static_cast<int64_t>(std::ceil(source));
  if (how.nearest == "round_prefer_ceil") return static_cast<int64_t>(std::floor(source + 0.5));
  return static_cast<int64_t>(std::ceil(source - 0.5));
}

// One axis: a matrix (out x in) of weights. Rows of places outside are left zero and told by `outside`.
at::Tensor resizing_matrix(const Resizing& how, int64_t in, int64_t out, double scale, double begin, double end,
                           std::vector<int64_t>& outside) {
  auto matrix = at::zeros({out, in}, at::kDouble);
  auto* data = matrix.data_ptr<double>();
  for (int64_t i = 0; i < out; i++) {
    const auto source = source_of(how, static_cast<double>(i), scale, static_cast<double>(in), static_cast<double>(out), begin, end);
    if (how.extrapolate_outside && (source < 0 || source > static_cast<double>(in - 1))) {
      outside.push_back(i);
      continue;
    }
    auto* row = data + i * in;
    const auto clamped = [in](int64_t at) { return std::clamp<int64_t>(at, 0, in - 1); };
    if (how.mode == "nearest") {
      row[clamped(nearest_of(how, source))] = 1;
      continue;
    }
    const auto base = static_cast<int64_t>(std::floor(source));
    auto weights = weights_of(how, source - static_cast<double>(base));
    const auto first = base - (how.mode == "linear" ? 0 : 1);
    if (how.exclude) {
      double total = 0;
      for (size_t k = 0; k < weights.size(); k++) {
        const auto at = first + static_cast<int64_t>(k);
        if (at < 0 || at >= in) weights[k] = 0;
        total += weights[k];
      }
      for (auto& weight : weights) weight /= total;
    }
    for (size_t k = 0; k < weights.size(); k++) row[clamped(first + static_cast<int64_t>(k))] += weights[k];
  }
  return matrix;
}

void resize(Call& call) {
  auto x = call.in(0);
  const bool old = call.opset() < 11;
  const auto input_of_scales = call.node.op == "Upsample" || old ? 1 : 2;
  Resizing how{call.text("mode", "nearest"), call.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
               call.text("nearest_mode", old ? "floor" : "round_prefer_floor"), call.real("cubic_coeff_a", -0.75),
               call.integer("exclude_outside", 0) != 0, false};
  how.extrapolate_outside = how.place == "tf_crop_and_resize";
  if (call.integer("antialias", 0) != 0) call.refuse("antialias");
  if (call.text("keep_aspect_ratio_policy", "stretch") != "stretch") call.refuse("keep_aspect_ratio_policy");
  std::vector<double> scales;
  if (call.has(static_cast<size_t>(input_of_scales)) && call.in(static_cast<size_t>(input_of_scales)).numel() > 0) {
    const auto given = call.in(static_cast<size_t>(input_of_scales)).to(at::kCPU, at::kDouble).contiguous();
    scales.assign(given.data_ptr<double>(), given.data_ptr<double>() + given.numel());
  } else {
    for (auto scale : call.reals("scales")) scales.push_back(scale);
  }
  const auto sizes = call.ints(3);
  auto axes = call.integers("axes");
  if (axes.empty())
    for (int64_t i = 0; i < x.dim(); i++) axes.push_back(i);
  std::vector<double> region;
  if (how.extrapolate_outside && call.has(1)) {
    const auto given = call.in(1).to(at::kCPU, at::kDouble).contiguous();
    region.assign(given.data_ptr<double>(), given.data_ptr<double>() + given.numel());
  }
  const auto type = x.scalar_type();
  std::vector<std::pair<int64_t, std::vector<int64_t>>> outside;
  for (size_t i = 0; i < axes.size(); i++) {
    const auto axis = Call::axis(axes[i], x.dim());
    const auto in = x.size(axis);
    const auto out = sizes.empty() ? static_cast<int64_t>(std::floor(static_cast<double>(in) * scales.at(i))) : sizes.at(i);
    const auto scale = sizes.empty() ? scales.at(i) : static_cast<double>(out) / static_cast<double>(in);
    const auto begin = region.empty() ? 0 : region.at(i), end = region.empty() ? 1 : region.at(i + axes.size());
    if (out == in && scale == 1 && !how.extrapolate_outside) continue;
    std::vector<int64_t> beyond;
    const auto matrix = resizing_matrix(how, in, out, scale, begin, end, beyond);
    if (how.mode == "nearest") {
      x = x.index_select(axis, at::argmax(matrix, 1).to(x.device()));
    } else {
      const auto weights = matrix.to(x.device(), x.is_floating_point() ? type : at::kFloat);
      x = at::matmul(x.to(weights.scalar_type()).transpose(axis, -1), weights.t()).transpose(axis, -1);
    }
    if (!beyond.empty()) outside.emplace_back(axis, beyond);
  }
  for (const auto& [axis, rows] : outside) x = x.index_fill(axis, at::tensor(rows, x.options().dtype(at::kLong)), call.real("extrapolation_value", 0));
  call.out(0, x.to(type));
}

}  // namespace

const OperatorTable& pooling_operators() {
  static const OperatorTable table = {
      {"AveragePool", {average_pool}},
      {"GlobalAveragePool", {[](Call& c) { c.out(0, at::mean(c.in(0), space(c.in(0)), true)); }}},
      {"GlobalMaxPool", {[](Call& c) { c.out(0, at::amax(c.in(0), space(c.in(0)), true)); }}},
      {"LpPool", {lp_pool}},
      {"MaxPool", {max_pool}},
      {"MaxUnpool", {max_unpool, 0, 0b100}},
      {"Resize", {resize, 0, 0b1110}},
      {"Upsample", {resize, 0, 0b10}},
  };
  return table;
}

}  // namespace simeval
