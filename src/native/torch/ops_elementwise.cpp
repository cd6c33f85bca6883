// Functions of single elements, with NumPy's broadcasting.
#include "ops.h"

namespace simeval {

namespace {

using Binary = at::Tensor (*)(const at::Tensor&, const at::Tensor&);
using Unary = at::Tensor (*)(const at::Tensor&);

template <Unary function>
void unary(Call& call) {
  call.out(0, function(call.in(0)));
}

template <Binary function>
void binary(Call& call) {
  call.out(0, function(call.in(0), call.in(1)));
}

// Sum, Max, Min: any number of inputs.
template <Binary function>
void variadic(Call& call) {
  auto total = call.in(0);
  for (size_t i = 1; i < call.input_count(); i++) total = function(total, call.in(i));
  call.out(0, total);
}

at::Tensor add(const at::Tensor& a, const at::Tensor& b) { return at::add(a, b); }
at::Tensor subtract(const at::Tensor& a, const at::Tensor& b) { return at::sub(a, b); }
at::Tensor multiply(const at::Tensor& a, const at::Tensor& b) { return at::mul(a, b); }

// Integers are divided towards zero.
at::Tensor divide(const at::Tensor& a, const at::Tensor& b) {
  return a.is_floating_point() ? at::div(a, b) : at::div(a, b, "trunc");
}

// The result has the type of the base.
at::Tensor power(const at::Tensor& base, const at::Tensor& exponent) {
  if (base.is_floating_point()) return at::pow(base, exponent.to(base.scalar_type()));
  const auto wide = exponent.is_floating_point() ? at::pow(base.to(at::kDouble), exponent.to(at::kDouble))
                                                 : at::pow(base.to(at::kLong), exponent.to(at::kLong));
  return wide.to(base.scalar_type());
}

at::Tensor scaled_exponential(const at::Tensor& x, double alpha, double gamma) {
  return gamma * (at::clamp_min(x, 0) + at::clamp_max(alpha * at::expm1(x), 0));
}

void modulo(Call& call) {
  const auto &a = call.in(0), &b = call.in(1);
  call.out(0, call.integer("fmod", 0) != 0 ? at::fmod(a, b) : at::remainder(a, b));
}

void clip(Call& call) {
  auto x = call.in(0);
  if (call.opset() < 11) {
    if (call.has_attribute("min")) x = at::clamp_min(x, call.real("min", 0));
    if (call.has_attribute("max")) x = at::clamp_max(x, call.real("max", 0));
  } else {
    if (call.has(1)) x = at::maximum(x, call.in(1));
    if (call.has(2)) x = at::minimum(x, call.in(2));
  }
  call.out(0, x);
}

void bit_shift(Call& call) {
  const auto &a = call.in(0), &b = call.in(1);
  const auto left = call.text("direction", "") == "LEFT";
  call.out(0, left ? at::bitwise_left_shift(a, b) : at::bitwise_right_shift(a, b));
}

void is_infinite(Call& call) {
  const auto& x = call.in(0);
  auto found = at::zeros_like(x, x.options().dtype(at::kBool));
  if (call.integer("detect_positive", 1) != 0) found = at::logical_or(found, at::isposinf(x));
  if (call.integer("detect_negative", 1) != 0) found = at::logical_or(found, at::isneginf(x));
  call.out(0, found);
}

void shrink(Call& call) {
  const auto& x = call.in(0);
  const auto bias = call.real("bias", 0), threshold = call.real("lambd", 0.5);
  const auto zero = at::zeros_like(x);
  call.out(0, at::where(x < -threshold, x + bias, at::where(x > threshold, x - bias, zero)).to(x.scalar_type()));
}

void gelu(Call& call) { call.out(0, at::gelu(call.in(0), call.text("approximate", "none") == "tanh" ? "tanh" : "none")); }

void parametric_relu(Call& call) {
  const auto &x = call.in(0), &slope = call.in(1);
  call.out(0, at::where(x < 0, x * slope, x));
}

void mean(Call& call) {
  variadic<add>(call);
  call.out(0, at::div(call.outputs[0], static_cast<double>(call.input_count())));
}

void dropout(Call& call) {
  const bool training = call.opset() >= 12 && call.has(2) && call.ints(2).at(0) != 0;
  if (training && (!call.has(1) || call.in(1).item().toDouble() != 0)) call.refuse("training mode is random");
  call.out(0, call.in(0));
  if (call.wants(1)) call.out(1, at::ones_like(call.in(0), call.in(0).options().dtype(at::kBool)));
}

void cast(Call& call) { call.out(0, call.in(0).to(scalar_of(static_cast<int32_t>(call.integer("to", 0))))); }

}  // namespace

const OperatorTable& elementwise_operators() {
  static const OperatorTable table = {
      {"Abs", {unary<at::abs>}},
      {"Acos", {unary<at::acos>}},
      {"Acosh", {unary<at::acosh>}},
      {"Add", {binary<add>}},
      {"And", {binary<at::logical_and>}},
      {"Asin", {unary<at::asin>}},
      {"Asinh", {unary<at::asinh>}},
      {"Atan", {unary<at::atan>}},
      {"Atanh", {unary<at::atanh>}},
      {"BitShift", {bit_shift}},
      {"BitwiseAnd", {[](Call& c) { c.out(0, at::bitwise_and(c.in(0), c.in(1))); }}},
      {"BitwiseNot", {unary<at::bitwise_not>}},
      {"BitwiseOr", {[](Call& c) { c.out(0, at::bitwise_or(c.in(0), c.in(1))); }}},
      {"BitwiseXor", {[](Call& c) { c.out(0, at::bitwise_xor(c.in(0), c.in(1))); }}},
      {"Cast", {cast, Operator::Moves}},
      {"CastLike", {[](Call& c) { c.out(0, c.in(0).to(c.in(1).scalar_type())); }, Operator::Moves}},
      {"Ceil", {unary<at::ceil>}},
      {"Celu", {[](Call& c) {
         const auto alpha = c.real("alpha", 1);
         c.out(0, at::clamp_min(c.in(0), 0) + at::clamp_max(alpha * at::expm1(c.in(0) / alpha), 0));
       }}},
      {"Clip", {clip}},
      {"Cos", {unary<at::cos>}},
      {"Cosh", {unary<at::cosh>}},
      {"Div", {binary<divide>}},
      {"Dropout", {dropout, 0, 0b110}},
      {"Elu", {[](Call& c) { c.out(0, at::elu(c.in(0), c.real("alpha", 1))); }}},
      {"Equal", {[](Call& c) { c.out(0, at::eq(c.in(0), c.in(1))); }}},
      {"Erf", {unary<at::erf>}},
      {"Exp", {unary<at::exp>}},
      {"Floor", {unary<at::floor>}},
      {"Gelu", {gelu}},
      {"Greater", {[](Call& c) { c.out(0, at::gt(c.in(0), c.in(1))); }}},
      {"GreaterOrEqual", {[](Call& c) { c.out(0, at::ge(c.in(0), c.in(1))); }}},
      {"HardSigmoid", {[](Call& c) { c.out(0, at::clamp(c.in(0) * c.real("alpha", 0.2) + c.real("beta", 0.5), 0, 1)); }}},
      {"HardSwish", {[](Call& c) { c.out(0, at::hardswish(c.in(0))); }}},
      {"Identity", {[](Call& c) { c.out(0, c.in(0)); }, Operator::Moves}},
      {"IsInf", {is_infinite}},
      {"IsNaN", {unary<at::isnan>}},
      {"LeakyRelu", {[](Call& c) { c.out(0, at::leaky_relu(c.in(0), c.real("alpha", 0.01))); }}},
      {"Less", {[](Call& c) { c.out(0, at::lt(c.in(0), c.in(1))); }}},
      {"LessOrEqual", {[](Call& c) { c.out(0, at::le(c.in(0), c.in(1))); }}},
      {"Log", {unary<at::log>}},
      {"Max", {variadic<at::maximum>}},
      {"Mean", {mean}},
      {"Min", {variadic<at::minimum>}},
      {"Mish", {[](Call& c) { c.out(0, c.in(0) * at::tanh(at::softplus(c.in(0)))); }}},
      {"Mod", {modulo}},
      {"Mul", {binary<multiply>}},
      {"Neg", {unary<at::neg>}},
      {"Not", {unary<at::logical_not>}},
      {"Or", {binary<at::logical_or>}},
      {"PRelu", {parametric_relu}},
      {"Pow", {binary<power>}},
      {"Reciprocal", {unary<at::reciprocal>}},
      {"Relu", {unary<at::relu>}},
      {"Round", {[](Call& c) { c.out(0, at::round(c.in(0))); }}},
      {"Selu", {[](Call& c) {
         c.out(0, scaled_exponential(c.in(0), c.real("alpha", 1.67326319217681884765625),
                                     c.real("gamma", 1.05070102214813232421875)));
       }}},
      {"Shrink", {shrink}},
      {"Sigmoid", {unary<at::sigmoid>}},
      {"Sign", {unary<at::sign>}},
      {"Sin", {unary<at::sin>}},
      {"Sinh", {unary<at::sinh>}},
      {"Softplus", {[](Call& c) { c.out(0, at::softplus(c.in(0))); }}},
      {"Softsign", {[](Call& c) { c.out(0, c.in(0) / (at::abs(c.in(0)) + 1)); }}},
      {"Sqrt", {unary<at::sqrt>}},
      {"Sub", {binary<subtract>}},
      {"Sum", {variadic<add>}},
      {"Tan", {unary<at::tan>}},
      {"Tanh", {unary<at::tanh>}},
      {"ThresholdedRelu", {[](Call& c) {
         c.out(0, at::where(c.in(0) > c.real("alpha", 1), c.in(0), at::zeros_like(c.in(0))));
       }}},
      {"Where", {[](Call& c) { c.out(0, at::where(c.in(0), c.in(1), c.in(2))); }}},
      {"Xor", {binary<at::logical_xor>}},
  };
  return table;
}

}  // namespace simeval
