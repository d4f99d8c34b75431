/// Plasticity rules of one's own. A pair rule states its window, and traces, integral and Fourier transform follow; any
/// other rule states what happens at a presynaptic and at a postsynaptic spike.
#include <cstdio>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

//! [pair rule]
/// A symmetric Mexican hat: L(s) = a exp(-|s|/10 ms) - b exp(-|s|/40 ms).
struct MexicanHat {
  Voltage a{4e-4}, b{1.01e-4};

  auto pre_then_post() const { return std::tuple{Decay{a, 10_ms}, Decay{-b, 40_ms}}; }
  auto post_then_pre() const { return pre_then_post(); }
};
static_assert(PairRule<MexicanHat>);
//! [pair rule]

//! [hooks]
/// Minimal triplet rule (Pfister and Gerstner 2006): depression at a presynaptic spike by the postsynaptic trace,
/// potentiation at a postsynaptic spike by the presynaptic trace and a slow trace of the cell's own earlier spikes.
struct Triplet {
  double depress = 5e-4, potentiate = 4e-4;  // mV

  std::array<Time, 1> pre_traces() const { return {16.8_ms}; }
  std::array<Time, 2> post_traces() const { return {33.7_ms, 114_ms}; }
  double on_pre(double w, const auto&, const auto& post) const { return w - depress * post[0]; }
  double on_post(double w, const auto& pre, const auto& post) const { return w + potentiate * pre[0] * (0.2 + post[1]); }
};
static_assert(PlasticityRule<Triplet>);
//! [hooks]

template <class Rule>
void show(const char* name, const Rule& rule) {
  auto e = population("E", 500, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
  auto ee = connect(e, e, Bernoulli{0.1}, Weight{0.05_mV}, rule, HardBounds{0_mV, 0.24_mV});
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, ee);
  BlockMeans weights{5_s, "E->E", {CellRange{0, 500}}, {CellRange{0, 500}}};
  sim.run(20_s, weights);
  for (const auto& [t, sums] : weights.rows)
    std::printf("%s: mean weight %.6f mV after %2.0f s\n", name, sums.mean_existing()(0, 0), t.value / 1e3);
}

int main() {
  const MexicanHat hat;
  std::printf("Mexican hat: L(0) = %.2e mV, integral %.2e mV ms, at 10 Hz %.2e mV ms\n", window(hat, 0_ms).value,
              window_integral(hat).value, window_transform(hat, 2 * 3.14159265 * 0.01).real());
  show("Mexican hat", hat);
  show("triplet", Triplet{});
}
