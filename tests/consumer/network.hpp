#pragma once
#include <engram/engram.hpp>

/// A plastic network of two populations; the sum of its weights after 200 ms. Compiled into both units.
inline double summed_weight() {
  using namespace engram;
  using namespace engram::literals;
  const auto e = population("E", 80, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 6_mV});
  const auto i = population("I", 20, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 6_mV});
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, i,
                        connect(e, e, Bernoulli{0.2}, Weight{0.1_mV}, mix(0.5, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV}),
                        connect(i, e, Bernoulli{0.2}, Weight{-0.3_mV}, Homeostatic{}, HardBounds{-0.96_mV, 0_mV}),
                        connect(e, i, Bernoulli{0.2}, Weight{0.08_mV}));
  sim.run(200_ms);
  double sum = 0;
  std::get<0>(sim.projections()).for_each([&](const auto& synapse) { sum += static_cast<double>(synapse.weight); });
  return sum;
}
