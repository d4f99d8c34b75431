// Prints a hash of all state after a short run of a network with every kind of projection. Built for several instruction
// sets of one FMA class; the hashes must be equal (tests/CMakeLists.txt compares them).
#include <cstdio>

#include "../network/hash.hpp"

using namespace engram;
using namespace engram::literals;

template <class T>
unsigned long long run() {
  const auto e = population("E", 300, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 6_mV}, CommonSignal{.members = {CellRange{0, 100}}, .enabled = true});
  const auto i = population("I", 77, LIF{}, receptors(Exponential{5_ms}, Exponential{10_ms}), WhiteNoise{.mean = 15_mV, .sigma = 6_mV});
  auto sim = simulation<T>(Clock{0.1_ms}, Seed{5}, e, i,
                           connect(e, e, Bernoulli{0.1}, Weight{0.237_mV}, mix(0.4, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV}),
                           connect(i, e, Bernoulli{0.1}, Weight{-0.3_mV}, Homeostatic{}, HardBounds{-0.96_mV, 0_mV}),
                           connect(e, i, Bernoulli{0.1}, Weight{0.08_mV}), connect(i, receptor(i, 1), Bernoulli{0.1}, Weight{-0.32_mV}));
  sim.run(500_ms);
  return hash(sim);
}

int main() {
  std::printf("%016llx %016llx\n", run<float>(), run<double>());
}
