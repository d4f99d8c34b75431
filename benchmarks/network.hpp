#pragma once
/// The network of docs/model.md at half the bounds, in every size: weights are scaled so that the drive depends neither
/// on n nor on p, and every size fires at about 12 Hz.
#include <engram/engram.hpp>

namespace bench {

using namespace engram;
using namespace engram::literals;

inline auto cells(const char* name, Index n, Voltage mean = 0_mV) {
  return population(name, n, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = mean, .sigma = 4_mV});
}

/// `mean` drives all cells: about 12 Hz at 0 mV.
template <class T = float, class Rule>
auto network(Index n, double p, const Rule& rule, Threads threads = {}, Voltage mean = 0_mV) {
  const double scale = 100 / (n * p);
  const auto e = cells("E", n * 4 / 5, mean), i = cells("I", n / 5, mean);
  const Voltage w{0.24 * scale}, v{-0.96 * scale};
  return simulation<T>(Clock{0.1_ms}, Seed{1}, threads, e, i, connect(e, e, Bernoulli{p}, Weight{0.5 * w}, rule, HardBounds{0_mV, w}),
                       connect(i, e, Bernoulli{p}, Weight{0.5 * v}, Homeostatic{-6e-4 * w, Voltage{1.0368e-4 * scale}, 30_ms}, HardBounds{v, 0_mV}),
                       connect(e, i, Bernoulli{p}, Weight{Voltage{0.08 * scale}}), connect(i, i, Bernoulli{p}, Weight{Voltage{-0.32 * scale}}));
}

inline Causal causal(Index n, double p) {
  const double w = 24 / (n * p);
  return {Voltage{3.3258e-3 * w}, Voltage{3.33e-3 * w}, 20_ms, 20_ms};
}
inline Acausal acausal(Index n, double p) {
  const VoltageRate f{1.11e-4 * 24 / (n * p)};
  return {f, f, 30_ms, 29.974985_ms, 30_ms, 30_ms};
}

inline double spikes(const auto& sim) {
  double sum = 0;
  std::apply([&](const auto&... p) { ((sum += std::accumulate(p.spike_count().begin(), p.spike_count().end(), 0.)), ...); }, sim.populations());
  return sum;
}
inline double synapses(const auto& sim) {
  return std::apply([](const auto&... p) { return (0. + ... + static_cast<double>(p.size())); }, sim.projections());
}

}  // namespace bench
