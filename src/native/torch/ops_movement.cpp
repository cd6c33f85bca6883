// Shapes, and elements moved without being changed.
#include <algorithm>
#include <limits>

#include "ops.h"

namespace simeval {

namespace {

void reshape(Call& call) {
  const auto& x = call.in(0);
  auto sizes = call.opset() >= 5 ? call.ints(1) : call.integers("shape");
  if (call.integer("allowzero", 0) == 0) {
    for (size_t i = 0; i < sizes.size(); i++)
      if (sizes[i] == 0) sizes[i] = x.size(static_cast<int64_t>(i));
  }
  call.out(0, x.reshape(sizes));
}

void flatten(Call& call) {
  const auto& x = call.in(0);
  auto axis = call.integer("axis", 1);
  if (axis != x.dim()) axis = Call::axis(axis, x.dim());
  int64_t outer = 1;
  for (int64_t i = 0; i < axis; i++) outer *= x.size(i);
  call.out(0, x.reshape({outer, x.numel() / std::max<int64_t>(outer, 1)}));
}

void squeeze(Call& call) {
  const auto& x = call.in(0);
  auto axes = call.axes(1);
  std::vector<int64_t> sizes;
  for (auto& axis : axes) axis = Call::axis(axis, x.dim());
  for (int64_t i = 0; i < x.dim(); i++) {
    const bool named = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (named && x.size(i) != 1) throw std::runtime_error("a squeezed axis has more than one element");
    if (axes.empty() ? x.size(i) != 1 : !named) sizes.push_back(x.size(i));
  }
  call.out(0, x.reshape(sizes));
}

void unsqueeze(Call& call) {
  const auto& x = call.in(0);
  auto axes = call.axes(1);
  const auto rank = x.dim() + static_cast<int64_t>(axes.size());
  for (auto& axis : axes) axis = Call::axis(axis, rank);
  std::vector<int64_t> sizes;
  int64_t next = 0;
  for (int64_t i = 0; i < rank; i++)
    sizes.push_back(std::find(axes.begin(), axes.end(), i) != axes.end() ? 1 : x.size(next++));
  call.out(0, x.reshape(sizes));
}

void transpose(Call& call) {
  const auto& x = call.in(0);
  auto order = call.integers("perm");
  if (order.empty())
    for (auto i = x.dim() - 1; i >= 0; i--) order.push_back(i);
  call.out(0, x.permute(order));
}

void concatenate(Call& call) {
  std::vector<at::Tensor> parts;
  for (size_t i = 0; i < call.input_count(); i++) parts.push_back(call.in(i));
  call.out(0, at::cat(parts, Call::axis(call.integer("axis", 1), parts[0].dim())));
}

void split(Call& call) {
  const auto& x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", 0), x.dim());
  auto sizes = call.axes(1, "split");
  if (sizes.empty()) {
    const auto parts = call.integer("num_outputs", static_cast<int64_t>(call.outputs.size()));
    const auto each = (x.size(axis) + parts - 1) / parts;
    for (auto left = x.size(axis); sizes.size() < static_cast<size_t>(parts); left -= sizes.back())
      sizes.push_back(std::min(each, left));
  }
  const auto parts = at::split_with_sizes(x, sizes, axis);
  for (size_t i = 0; i < parts.size(); i++) call.out(i, parts[i]);
}

// Steps may be negative, which ATen's slices do not know: such an axis is turned round first.
void slice(Call& call) {
  auto x = call.in(0);
  const bool old = call.opset() < 10;
  auto starts = old ? call.integers("starts") : call.ints(1);
  auto ends = old ? call.integers("ends") : call.ints(2);
  auto axes = call.axes(3);
  const auto steps = call.ints(4);
  for (size_t i = 0; i < starts.size(); i++) {
    const auto axis = axes.empty() ? static_cast<int64_t>(i) : Call::axis(axes[i], x.dim());
    const auto size = x.size(axis);
    const auto step = steps.empty() ? 1 : steps[i];
    auto start = starts[i] < 0 ? starts[i] + size : starts[i];
    auto end = ends[i];
    if (end < 0 && end > std::numeric_limits<int32_t>::min()) end += size;
    if (step > 0) {
      start = std::clamp<int64_t>(start, 0, size);
      end = std::clamp<int64_t>(end, start, size);
      x = x.slice(axis, start, end, step);
    } else {
      start = std::clamp<int64_t>(start, -1, size - 1);
      end = std::clamp<int64_t>(end, -1, start);
      x = at::flip(x, {axis}).slice(axis, size - 1 - start, size - 1 - end, -step);
    }
  }
  call.out(0, x);
}

// Sizes of 1 on either side are stretched.
void expand(Call& call) {
  const auto& x = call.in(0);
  auto sizes = call.ints(1);
  while (static_cast<int64_t>(sizes.size()) < x.dim()) sizes.insert(sizes.begin(), 1);
  const auto offset = static_cast<int64_t>(sizes.size()) - x.dim();
  for (int64_t i = 0; i < x.dim(); i++) {
    auto& size = sizes[static_cast<size_t>(i + offset)];
    if (size == 1) size = x.size(i);
  }
  call.out(0, x.expand(sizes));
}

at::Tensor places(int64_t size, int64_t before, int64_t after, const std::string& mode, const at::Tensor& x) {
  auto index = at::arange(-before, size + after, x.options().dtype(at::kLong));
  if (mode == "edge") return at::clamp(index, 0, size - 1);
  if (mode == "wrap") return at::remainder(index, size);
  const auto period = std::max<int64_t>(2 * (size - 1), 1);
  index = at::remainder(index, period);
  return at::where(index >= size, period - index, index);
}

void pad(Call& call) {
  auto x = call.in(0);
  const auto amounts = call.opset() >= 11 ? call.ints(1) : call.integers("pads");
  auto axes = call.ints(3);
  if (axes.empty())
    for (int64_t i = 0; i < x.dim(); i++) axes.push_back(i);
  const auto mode = call.text("mode", "constant");
  if (mode == "constant") {
    std::vector<int64_t> reversed(static_cast<size_t>(2 * x.dim()));
    for (size_t i = 0; i < axes.size(); i++) {
      const auto from_last = static_cast<size_t>(x.dim() - 1 - Call::axis(axes[i], x.dim()));
      reversed[2 * from_last] = amounts.at(i);
      reversed[2 * from_last + 1] = amounts.at(i + axes.size());
    }
    const auto value = call.opset() >= 11 ? (call.has(2) ? call.in(2).item() : at::Scalar(0))
                                          : at::Scalar(call.real("value", 0));
    call.out(0, at::constant_pad_nd(x, reversed, value));
    return;
  }
  for (size_t i = 0; i < axes.size(); i++) {
    const auto axis = Call::axis(axes[i], x.dim());
    auto before = amounts.at(i), after = amounts.at(i + axes.size());
    if (before == 0 && after == 0) continue;
    x = x.index_select(axis, places(x.size(axis), before, after, mode, x));
  }
  call.out(0, x);
}

void depth_to_space(Call& call) {
  const auto& x = call.in(0);
  const auto block = call.integer("blocksize", 1);
  const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3), depth = c / (block * block);
  const auto moved = call.text("mode", "DCR") == "CRD"
                         ? x.reshape({n, depth, block, block, h, w}).permute({0, 1, 4, 2, 5, 3})
                         : x.reshape({n, block, block, depth, h, w}).permute({0, 3, 4, 1, 5, 2});
  call.out(0, moved.reshape({n, depth, h * block, w * block}));
}

void space_to_depth(Call& call) {
  const auto& x = call.in(0);
  const auto block = call.integer("blocksize", 1);
  const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  call.out(0, x.reshape({n, c, h / block, block, w / block, block})
                  .permute({0, 3, 5, 1, 2, 4})
                  .reshape({n, c * block * block, h / block, w / block}));
}

void shape(Call& call) {
  const auto sizes = call.in(0).sizes().vec();
  const auto rank = static_cast<int64_t>(sizes.size());
  const auto bound = [rank](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const auto start = bound(call.integer("start", 0));
  const auto end = std::max(start, bound(call.integer("end", rank)));
  call.out(0, at::tensor(at::ArrayRef<int64_t>(sizes.data() + start, static_cast<size_t>(end - start)), at::kLong));
}

void triangle(Call& call) {
  const auto offset = call.has(1) ? call.ints(1).at(0) : 0;
  const auto& x = call.in(0);
  call.out(0, x.numel() == 0 ? x : call.integer("upper", 1) != 0 ? at::triu(x, offset) : at::tril(x, offset));
}

void eye_like(Call& call) {
  const auto& x = call.in(0);
  const auto type = call.has_attribute("dtype") ? scalar_of(static_cast<int32_t>(call.integer("dtype", 1))) : x.scalar_type();
  const auto offset = call.integer("k", 0);
  const auto rows = at::arange(x.size(0), x.options().dtype(at::kLong)).unsqueeze(1);
  const auto columns = at::arange(x.size(1), x.options().dtype(at::kLong)).unsqueeze(0);
  call.out(0, at::eq(columns - rows, offset).to(type));
}

void constant_of_shape(Call& call) {
  auto value = call.tensor("value");
  if (!value.defined()) value = at::zeros({1}, at::kFloat);
  call.out(0, value.reshape({}).expand(call.ints(0)).contiguous());
}

void range(Call& call) {
  const auto &start = call.in(0), &limit = call.in(1), &step = call.in(2);
  const auto count = start.is_floating_point()
                         ? std::ceil((limit.item().toDouble() - start.item().toDouble()) / step.item().toDouble())
                         : std::ceil(static_cast<double>(limit.item().toLong() - start.item().toLong()) /
                                     static_cast<double>(step.item().toLong()));
  const auto index = at::arange(std::max<int64_t>(static_cast<int64_t>(count), 0), at::kLong);
  call.out(0, start + index.to(start.scalar_type()) * step);
}

void constant(Call& call) {
  const auto value = call.tensor("value");
  if (value.defined()) return call.out(0, value);
  if (call.has_attribute("value_int")) return call.out(0, at::scalar_tensor(call.integer("value_int", 0), at::kLong));
  if (call.has_attribute("value_float"))
    return call.out(0, at::scalar_tensor(call.real("value_float", 0), at::kFloat));
  if (call.has_attribute("value_ints")) return call.out(0, at::tensor(call.integers("value_ints"), at::kLong));
  if (call.has_attribute("value_floats")) return call.out(0, at::tensor(call.reals("value_floats"), at::kFloat));
  call.refuse("a constant of this kind");
}

void reverse_sequence(Call& call) {
  auto x = call.in(0);
  const auto time = call.integer("time_axis", 0), batch = call.integer("batch_axis", 1);
  const auto lengths = call.ints(1);
  auto result = x.clone();
  for (int64_t i = 0; i < static_cast<int64_t>(lengths.size()); i++) {
    const auto axis = time > batch ? time - 1 : time;
    const auto length = lengths[static_cast<size_t>(i)];
    result.select(batch, i).narrow(axis, 0, length).copy_(at::flip(x.select(batch, i).narrow(axis, 0, length), {axis}));
  }
  call.out(0, result);
}

}  // namespace

const OperatorTable& movement_operators() {
  constexpr int moves = Operator::Moves;
  static const OperatorTable table = {
      {"Concat", {concatenate, moves}},
      {"Constant", {constant, moves | Operator::Host}},
      {"ConstantOfShape", {constant_of_shape, moves | Operator::Host, 0b1}},
      {"DepthToSpace", {depth_to_space, moves}},
      {"Expand", {expand, moves, 0b10}},
      {"EyeLike", {eye_like, moves}},
      {"Flatten", {flatten, moves}},
      {"Pad", {pad, 0, 0b1110}},
      {"Range", {range, moves | Operator::Host}},
      {"Reshape", {reshape, moves, 0b10}},
      {"ReverseSequence", {reverse_sequence, moves, 0b10}},
      {"Shape", {shape, moves | Operator::Host}},
      {"Size",
       {[](Call& c) { c.out(0, at::scalar_tensor(c.in(0).numel(), at::kLong)); }, moves | Operator::Host}},
      {"Slice", {slice, moves, 0b11110}},
      {"SpaceToDepth", {space_to_depth, moves}},
      {"Split", {split, moves, 0b10}},
      {"Squeeze", {squeeze, moves, 0b10}},
      {"Tile", {[](Call& c) { c.out(0, c.in(0).repeat(c.ints(1))); }, moves, 0b10}},
      {"Transpose", {transpose, moves}},
      {"Trilu", {triangle, 0, 0b10}},
      {"Unsqueeze", {unsqueeze, moves, 0b10}},
  };
  return table;
}

}  // namespace simeval
