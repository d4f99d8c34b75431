#pragma once
#include <engram/engram.hpp>

/// A small network with every kind of synapse that a checkpoint can hold.
inline auto fuzzed_network() {
  using namespace engram;
  using namespace engram::literals;
  const auto e = population("E", 5, ExpIF{}, Exponential{5_ms, 4}, WhiteNoise{.mean = 6_mV}, CommonSignal{1.5_mV, {CellRange{0, 3}}, true});
  const auto i = population("I", 3, LIF{}, Exponential{5_ms}, WhiteNoise{.mean = 20_mV});
  return simulation<float>(Clock{0.1_ms}, Seed{1}, e, i, connect(e, e, AllToAll{}, Weight{0.2_mV}, mix(0.4, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV}),
                           connect(i, e, AllToAll{}, Weight{-0.4_mV}, Homeostatic{}, HardBounds{-0.96_mV, 0_mV}), connect(e, i, AllToAll{}, Weight{0.08_mV}));
}
