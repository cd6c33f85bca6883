// LSTM, GRU and RNN, step by step as the operators' definitions have them, so that activations, peepholes and sequence
// lengths are what the node says.
#include <algorithm>

#include "ops.h"

namespace simeval {

namespace {

using Activation = at::Tensor (*)(const at::Tensor&);

Activation activation_of(const Call& call, const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "sigmoid") return [](const at::Tensor& x) { return at::sigmoid(x); };
  if (lower == "tanh") return [](const at::Tensor& x) { return at::tanh(x); };
  if (lower == "relu") return [](const at::Tensor& x) { return at::relu(x); };
  if (lower == "softsign") return [](const at::Tensor& x) { return x / (at::abs(x) + 1); };
  if (lower == "softplus") return [](const at::Tensor& x) { return at::softplus(x); };
  call.refuse("activation " + name);
}

// The weights of one direction, and how it steps.
struct Cell {
  at::Tensor w, r, wb, rb, peephole;
  std::vector<Activation> f;
  int64_t hidden = 0;
  double clip = 0;
  bool linear_before_reset = false, input_forget = false;

  at::Tensor limited(const at::Tensor& x) const { return clip > 0 ? at::clamp(x, -clip, clip) : x; }

  void rnn(const at::Tensor& x, at::Tensor& h, at::Tensor&) const {
    h = f[0](limited(at::linear(x, w, wb) + at::linear(h, r, rb)));
  }

  void gru(const at::Tensor& x, at::Tensor& h, at::Tensor&) const {
    const auto from_x = at::linear(x, w, wb).chunk(3, 1);
    const auto weights = r.chunk(3, 0), biases = rb.chunk(3, 0);
    const auto z = f[0](limited(from_x[0] + at::linear(h, weights[0], biases[0])));
    const auto reset = f[0](limited(from_x[1] + at::linear(h, weights[1], biases[1])));
    const auto candidate = linear_before_reset ? from_x[2] + reset * at::linear(h, weights[2], biases[2])
                                               : from_x[2] + at::linear(reset * h, weights[2], biases[2]);
    h = (1 - z) * f[1](limited(candidate)) + z * h;
  }

  // Gates in the order input, output, forget, cell.
  void lstm(const at::Tensor& x, at::Tensor& h, at::Tensor& c) const {
    const auto gates = (at::linear(x, w, wb) + at::linear(h, r, rb)).chunk(4, 1);
    const auto peek = [&](int64_t i, const at::Tensor& state) {
      return peephole.defined() ? peephole.narrow(0, i * hidden, hidden) * state : at::zeros({1}, state.options());
    };
    const auto in = f[0](limited(gates[0] + peek(0, c)));
    const auto forget = input_forget ? 1 - in : f[0](limited(gates[2] + peek(2, c)));
    c = forget * c + in * f[1](limited(gates[3]));
    const auto out = f[0](limited(gates[1] + peek(1, c)));
    h = out * f[2](c);
  }
};

using Step = void (Cell::*)(const at::Tensor&, at::Tensor&, at::Tensor&) const;

Cell cell_of(const Call& call, int64_t direction, int64_t gates, std::vector<std::string> defaults) {
  Cell cell;
  cell.w = call.in(1).select(0, direction);
  cell.r = call.in(2).select(0, direction);
  cell.hidden = cell.r.size(1);
  const auto width = gates * cell.hidden;
  const auto bias = call.has(3) ? call.in(3).select(0, direction) : at::zeros({2 * width}, cell.w.options());
  cell.wb = bias.narrow(0, 0, width);
  cell.rb = bias.narrow(0, width, width);
  if (gates == 4 && call.has(7)) cell.peephole = call.in(7).select(0, direction);
  auto names = defaults;
  if (call.has_attribute("activations")) {
    names.clear();
    auto text = call.text("activations", "");
    for (size_t from = 0; from <= text.size();) {
      const auto to = std::min(text.find('\n', from), text.size());
      names.push_back(text.substr(from, to - from));
      from = to + 1;
    }
    const auto offset = static_cast<std::ptrdiff_t>(direction) * static_cast<std::ptrdiff_t>(defaults.size());
    if (names.size() < static_cast<size_t>(offset) + defaults.size()) call.refuse("too few activations");
    names.assign(names.begin() + offset, names.begin() + offset + static_cast<std::ptrdiff_t>(defaults.size()));
  }
  for (const auto& name : names) cell.f.push_back(activation_of(call, name));
  cell.clip = call.real("clip", 0);
  cell.linear_before_reset = call.integer("linear_before_reset", 0) != 0;
  cell.input_forget = call.integer("input_forget", 0) != 0;
  return cell;
}

at::Tensor initial(const Call& call, size_t input, int64_t direction, bool batch_first, const at::Tensor& like) {
  if (!call.has(input)) return like;
  return call.in(input).select(batch_first ? 1 : 0, direction);
}

template <int64_t gates>
void recurrent(Call& call, Step step, const std::vector<std::string>& defaults) {
  const bool batch_first = call.integer("layout", 0) != 0;
  const auto x = batch_first ? call.in(0).transpose(0, 1) : call.in(0);
  const auto steps = x.size(0), batch = x.size(1);
  const auto direction = call.text("direction", "forward");
  const auto lengths = call.has(4) ? call.in(4).to(at::kLong).unsqueeze(1) : at::Tensor();
  std::vector<at::Tensor> all, last_h, last_c;
  for (int64_t d = 0; d < call.in(1).size(0); d++) {
    const auto cell = cell_of(call, d, gates, defaults);
    const bool backward = direction == "reverse" || d == 1;
    const auto zeros = at::zeros({batch, cell.hidden}, x.options());
    auto h = initial(call, 5, d, batch_first, zeros), c = gates == 4 ? initial(call, 6, d, batch_first, zeros) : zeros;
    std::vector<at::Tensor> given(static_cast<size_t>(steps));
    for (int64_t i = 0; i < steps; i++) {
      const auto at = backward ? steps - 1 - i : i;
      auto next_h = h, next_c = c;
      (cell.*step)(x.select(0, at), next_h, next_c);
      if (lengths.defined()) {
        // Beyond its length a sequence keeps its state and gives zeros.
        const auto inside = at::gt(lengths, at);
        given[static_cast<size_t>(at)] = at::where(inside, next_h, zeros);
        next_h = at::where(inside, next_h, h);
        next_c = at::where(inside, next_c, c);
      } else {
        given[static_cast<size_t>(at)] = next_h;
      }
      h = next_h;
      c = next_c;
    }
    all.push_back(at::stack(given, 0));
    last_h.push_back(h);
    last_c.push_back(c);
  }
  // (steps, directions, batch, hidden), or with the batch first (batch, steps, directions, hidden).
  const auto y = at::stack(all, 1);
  call.out(0, batch_first ? y.permute({2, 0, 1, 3}) : y);
  call.out(1, at::stack(last_h, batch_first ? 1 : 0));
  if (gates == 4) call.out(2, at::stack(last_c, batch_first ? 1 : 0));
}

}  // namespace

const OperatorTable& recurrent_operators() {
  static const OperatorTable table = {
      {"GRU", {[](Call& c) { recurrent<3>(c, &Cell::gru, {"Sigmoid", "Tanh"}); }}},
      {"LSTM", {[](Call& c) { recurrent<4>(c, &Cell::lstm, {"Sigmoid", "Tanh", "Tanh"}); }}},
      {"RNN", {[](Call& c) { recurrent<1>(c, &Cell::rnn, {"Tanh"}); }}},
  };
  return table;
}

}  // namespace simeval
