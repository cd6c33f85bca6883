// Elements taken from and put to places that are values themselves.
#include <algorithm>

#include "ops.h"

namespace simeval {

namespace {

// Negative places count from the end.
at::Tensor places_of(const at::Tensor& indices, int64_t size) {
  const auto places = indices.to(at::kLong);
  return at::where(places < 0, places + size, places);
}

void gather(Call& call) {
  const auto& x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", 0), x.dim());
  const auto indices = places_of(call.in(1), x.size(axis));
  auto sizes = x.sizes().vec();
  sizes.erase(sizes.begin() + axis);
  sizes.insert(sizes.begin() + axis, indices.sizes().begin(), indices.sizes().end());
  call.out(0, x.index_select(axis, indices.reshape({-1})).reshape(sizes));
}

void gather_elements(Call& call) {
  const auto& x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", 0), x.dim());
  call.out(0, at::gather(x, axis, places_of(call.in(1), x.size(axis))));
}

// Flat places of the slices that the last axis of `indices` names, among the leading axes of `sizes`.
at::Tensor flat_places(const at::Tensor& indices, at::IntArrayRef sizes, int64_t skipped) {
  const auto depth = indices.size(-1);
  auto flat = at::zeros(indices.sizes().slice(0, static_cast<size_t>(indices.dim() - 1)), indices.options().dtype(at::kLong));
  for (int64_t i = 0; i < depth; i++) {
    const auto size = sizes[static_cast<size_t>(i + skipped)];
    flat = flat * size + places_of(indices.select(-1, i), size);
  }
  return flat;
}

void gather_nd(Call& call) {
  const auto &x = call.in(0), &indices = call.in(1);
  const auto batch_axes = call.integer("batch_dims", 0), depth = indices.size(-1);
  int64_t batch = 1, among = 1;
  for (int64_t i = 0; i < batch_axes; i++) batch *= x.size(i);
  for (int64_t i = batch_axes; i < batch_axes + depth; i++) among *= x.size(i);
  std::vector<int64_t> rest(x.sizes().begin() + batch_axes + depth, x.sizes().end());
  int64_t row = 1;
  for (auto size : rest) row *= size;
  auto flat = flat_places(indices, x.sizes(), batch_axes).reshape({batch, -1});
  flat = (flat + at::arange(batch, flat.options()).unsqueeze(1) * among).reshape({-1});
  auto sizes = indices.sizes().vec();
  sizes.pop_back();
  sizes.insert(sizes.end(), rest.begin(), rest.end());
  call.out(0, x.reshape({batch * among, row}).index_select(0, flat).reshape(sizes));
}

void scatter_elements(Call& call) {
  const auto& x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", 0), x.dim());
  const auto places = places_of(call.in(1), x.size(axis));
  const auto how = call.text("reduction", "none");
  if (how == "none") return call.out(0, x.scatter(axis, places, call.in(2)));
  if (how == "add") return call.out(0, x.scatter_add(axis, places, call.in(2)));
  if (how == "mul") return call.out(0, x.scatter(axis, places, call.in(2), "multiply"));
  if (how == "max") return call.out(0, x.scatter_reduce(axis, places, call.in(2), "amax"));
  if (how == "min") return call.out(0, x.scatter_reduce(axis, places, call.in(2), "amin"));
  call.refuse("reduction " + how);
}

void scatter_nd(Call& call) {
  const auto &x = call.in(0), &indices = call.in(1);
  const auto depth = indices.size(-1);
  int64_t among = 1;
  for (int64_t i = 0; i < depth; i++) among *= x.size(i);
  const auto row = x.numel() / std::max<int64_t>(among, 1);
  const auto flat = flat_places(indices, x.sizes(), 0).reshape({-1, 1}).expand({-1, row});
  const auto updates = call.in(2).reshape({-1, row});
  const auto base = x.reshape({among, row});
  const auto how = call.text("reduction", "none");
  at::Tensor result;
  if (how == "none") result = base.scatter(0, flat, updates);
  else if (how == "add") result = base.scatter_add(0, flat, updates);
  else if (how == "mul") result = base.scatter(0, flat, updates, "multiply");
  else if (how == "max") result = base.scatter_reduce(0, flat, updates, "amax");
  else if (how == "min") result = base.scatter_reduce(0, flat, updates, "amin");
  else call.refuse("reduction " + how);
  call.out(0, result.reshape(x.sizes()));
}

void one_hot(Call& call) {
  const auto depth = call.ints(1).at(0);
  const auto& values = call.in(2);
  const auto axis = Call::axis(call.integer("axis", -1), call.in(0).dim() + 1);
  const auto places = places_of(call.in(0), depth).unsqueeze(axis);
  std::vector<int64_t> along(static_cast<size_t>(places.dim()), 1);
  along[static_cast<size_t>(axis)] = depth;
  const auto hot = at::eq(at::arange(depth, places.options()).view(along), places);
  call.out(0, at::where(hot, values.select(0, 1), values.select(0, 0)));
}

void compress(Call& call) {
  const bool flat = !call.has_attribute("axis");
  const auto x = flat ? call.in(0).reshape({-1}) : call.in(0);
  const auto axis = flat ? 0 : Call::axis(call.integer("axis", 0), x.dim());
  call.out(0, x.index_select(axis, at::nonzero(call.in(1)).reshape({-1})));
}

}  // namespace

const OperatorTable& indexing_operators() {
  constexpr int moves = Operator::Moves;
  static const OperatorTable table = {
      {"Compress", {compress, moves}},
      {"Gather", {gather, moves}},
      {"GatherElements", {gather_elements, moves}},
      {"GatherND", {gather_nd, moves}},
      {"NonZero", {[](Call& c) { c.out(0, at::nonzero(c.in(0)).t()); }, moves}},
      {"OneHot", {one_hot, moves, 0b10}},
      {"Scatter", {scatter_elements, moves}},
      {"ScatterElements", {scatter_elements}},
      {"ScatterND", {scatter_nd}},
  };
  return table;
}

}  // namespace simeval
