// Sums, extremes and what is normalized by them.
#include <algorithm>

#include "ops.h"

namespace simeval {

namespace {

// The axes of a Reduce operator. No axes are all axes, unless the node asks for nothing to be done then.
struct Reduction {
  explicit Reduction(const Call& call) : keep(call.integer("keepdims", 1) != 0), axes(call.axes(1)) {
    const auto rank = call.in(0).dim();
    nothing = axes.empty() && call.integer("noop_with_empty_axes", 0) != 0;
    if (axes.empty())
      for (int64_t i = 0; i < rank; i++) axes.push_back(i);
    for (auto& axis : axes) axis = Call::axis(axis, rank);
    std::sort(axes.begin(), axes.end());
  }
  bool keep;
  bool nothing = false;
  std::vector<int64_t> axes;
};

at::Tensor sum(const at::Tensor& x, const Reduction& by) {
  return x.dim() == 0 ? x : at::sum(x, by.axes, by.keep, x.scalar_type());
}

at::Tensor mean(const at::Tensor& x, const Reduction& by) {
  if (x.dim() == 0) return x;
  return x.is_floating_point() ? at::mean(x, by.axes, by.keep)
                               : at::mean(x.to(at::kDouble), by.axes, by.keep).trunc().to(x.scalar_type());
}

at::Tensor product(const at::Tensor& x, const Reduction& by) {
  auto result = x;
  for (auto i = by.axes.rbegin(); i != by.axes.rend() && x.dim() > 0; ++i)
    result = at::prod(result, *i, by.keep, x.scalar_type());
  return result;
}

at::Tensor greatest(const at::Tensor& x, const Reduction& by) { return x.dim() == 0 ? x : at::amax(x, by.axes, by.keep); }
at::Tensor least(const at::Tensor& x, const Reduction& by) { return x.dim() == 0 ? x : at::amin(x, by.axes, by.keep); }
at::Tensor sum_of_magnitudes(const at::Tensor& x, const Reduction& by) { return sum(at::abs(x), by); }
at::Tensor sum_of_squares(const at::Tensor& x, const Reduction& by) { return sum(x * x, by); }
at::Tensor length(const at::Tensor& x, const Reduction& by) {
  return at::sqrt(sum_of_squares(x.is_floating_point() ? x : x.to(at::kDouble), by)).to(x.scalar_type());
}
at::Tensor log_of_sum(const at::Tensor& x, const Reduction& by) { return at::log(sum(x, by)); }
at::Tensor log_of_sum_of_exponentials(const at::Tensor& x, const Reduction& by) {
  return x.dim() == 0 ? x : at::logsumexp(x, by.axes, by.keep);
}

template <at::Tensor (*function)(const at::Tensor&, const Reduction&)>
void reduce(Call& call) {
  const Reduction by(call);
  call.out(0, by.nothing ? call.in(0) : function(call.in(0), by));
}

template <bool greatest>
void argument_of_extreme(Call& call) {
  auto x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", 0), x.dim());
  const bool last = call.integer("select_last_index", 0) != 0, keep = call.integer("keepdims", 1) != 0;
  if (last) x = at::flip(x, {axis});
  auto found = greatest ? at::argmax(x, axis, keep) : at::argmin(x, axis, keep);
  if (last) found = x.size(axis) - 1 - found;
  call.out(0, found);
}

// Before operator set 13, axes from the given one on were taken together.
at::Tensor along_axis(const Call& call, at::Tensor (*function)(const at::Tensor&, int64_t)) {
  const auto& x = call.in(0);
  if (call.opset() >= 13) return function(x, Call::axis(call.integer("axis", -1), x.dim()));
  const auto axis = Call::axis(call.integer("axis", 1), x.dim());
  int64_t outer = 1;
  for (int64_t i = 0; i < axis; i++) outer *= x.size(i);
  return function(x.reshape({outer, -1}), 1).view(x.sizes());
}

at::Tensor hardmax(const at::Tensor& x, int64_t axis) {
  return at::zeros_like(x).scatter(axis, at::argmax(x, axis, true), 1);
}

void cumulative_sum(Call& call) {
  auto x = call.in(0);
  const auto axis = Call::axis(call.ints(1).at(0), x.dim());
  const bool reverse = call.integer("reverse", 0) != 0;
  if (reverse) x = at::flip(x, {axis});
  auto total = at::cumsum(x, axis, x.scalar_type());
  if (call.integer("exclusive", 0) != 0) total = total - x;
  call.out(0, reverse ? at::flip(total, {axis}) : total);
}

// Equal elements stand in the order of their places.
void largest(Call& call) {
  const auto& x = call.in(0);
  const auto axis = Call::axis(call.integer("axis", -1), x.dim());
  const auto count = call.opset() >= 10 ? call.ints(1).at(0) : call.integer("k", 1);
  const auto [values, places] = at::sort(x, /*stable=*/true, axis, /*descending=*/call.integer("largest", 1) != 0);
  call.out(0, values.narrow(axis, 0, count));
  call.out(1, places.narrow(axis, 0, count));
}

at::Tensor class_losses(const at::Tensor& scores, const at::Tensor& target, const at::Tensor& weight, const Call& call,
                        at::Tensor& weights) {
  const auto ignored = call.has_attribute("ignore_index");
  const auto ignore = call.integer("ignore_index", 0);
  auto labels = target.to(at::kLong);
  const auto counted = ignored ? at::ne(labels, ignore) : at::ones_like(labels, labels.options().dtype(at::kBool));
  labels = at::where(counted, labels, at::zeros_like(labels));
  const auto flat = labels.reshape({-1});
  weights = weight.defined() ? weight.index_select(0, flat).view(labels.sizes()) : at::ones_like(labels, scores.options());
  weights = weights * counted.to(scores.scalar_type());
  return -at::gather(scores, 1, labels.unsqueeze(1)).squeeze(1) * weights;
}

at::Tensor reduced_loss(const at::Tensor& losses, const at::Tensor& weights, const Call& call) {
  const auto reduction = call.text("reduction", "mean");
  if (reduction == "none") return losses;
  return reduction == "sum" ? at::sum(losses) : at::sum(losses) / at::sum(weights);
}

void likelihood_loss(Call& call) {
  at::Tensor weights;
  const auto losses = class_losses(call.in(0), call.in(1), call[2], call, weights);
  call.out(0, reduced_loss(losses, weights, call));
}

void cross_entropy_loss(Call& call) {
  at::Tensor weights;
  const auto scores = at::log_softmax(call.in(0), 1);
  const auto losses = class_losses(scores, call.in(1), call[2], call, weights);
  call.out(0, reduced_loss(losses, weights, call));
  if (call.wants(1)) call.out(1, scores);
}

}  // namespace

const OperatorTable& reduction_operators() {
  constexpr unsigned axes = 0b10;
  static const OperatorTable table = {
      {"ArgMax", {argument_of_extreme<true>}},
      {"ArgMin", {argument_of_extreme<false>}},
      {"CumSum", {cumulative_sum, 0, 0b10}},
      {"Hardmax", {[](Call& c) { c.out(0, along_axis(c, hardmax)); }}},
      {"LogSoftmax",
       {[](Call& c) { c.out(0, along_axis(c, [](const at::Tensor& x, int64_t a) { return at::log_softmax(x, a); })); }}},
      {"NegativeLogLikelihoodLoss", {likelihood_loss}},
      {"ReduceL1", {reduce<sum_of_magnitudes>, 0, axes}},
      {"ReduceL2", {reduce<length>, 0, axes}},
      {"ReduceLogSum", {reduce<log_of_sum>, 0, axes}},
      {"ReduceLogSumExp", {reduce<log_of_sum_of_exponentials>, 0, axes}},
      {"ReduceMax", {reduce<greatest>, 0, axes}},
      {"ReduceMean", {reduce<mean>, 0, axes}},
      {"ReduceMin", {reduce<least>, 0, axes}},
      {"ReduceProd", {reduce<product>, 0, axes}},
      {"ReduceSum", {reduce<sum>, 0, axes}},
      {"ReduceSumSquare", {reduce<sum_of_squares>, 0, axes}},
      {"Softmax",
       {[](Call& c) { c.out(0, along_axis(c, [](const at::Tensor& x, int64_t a) { return at::softmax(x, a); })); }}},
      {"SoftmaxCrossEntropyLoss", {cross_entropy_loss}},
      {"TopK", {largest, 0, 0b10}},
  };
  return table;
}

}  // namespace simeval
