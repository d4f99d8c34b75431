/// engram inside a program that owns the loop, the clock and the data: step by step, reading and writing state.
#include <cstdio>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

int main() {
  auto e = population("E", 400, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
  auto i = population("I", 100, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
  auto ee = connect(e, e, Bernoulli{0.1}, Weight{0.1_mV}, mix(0.5, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV});
  auto ei = connect(i, e, Bernoulli{0.1}, Weight{-0.4_mV}, Homeostatic{}, HardBounds{-0.96_mV, 0_mV});
  auto sim = simulation<double>(Clock{0.1_ms}, Seed{1}, e, i, ee, ei);

  // The parts, in the order they were given.
  auto& [E, I] = sim.populations();
  auto& [EE, EI] = sim.projections();

  // The caller's own loop: a current pulse onto the first hundred cells every 100 ms, and their answer.
  std::size_t answered = 0;
  for (int n = 0; n < 5000; ++n) {
    if (n % 1000 == 0)
      for (std::size_t c = 0; c < 100; ++c) E.synaptic()[c] += 20;  // mV, decays with the synapse
    sim.step();
    for (const Index cell : E.spikes()) answered += cell < 100 && n % 1000 < 200;
  }
  std::printf("%zu spikes of the stimulated cells within 20 ms of five pulses\n", answered);

  // Reading and writing state between steps.
  std::printf("membrane potential of cell 7: %.3f mV\n", E.state()[7]);
  E.state()[7] = -60;
  double mean = 0;
  EE.for_each([&](const auto& synapse) { mean += synapse.weight; });
  std::printf("mean weight %.6f mV over %zu synapses\n", mean / static_cast<double>(EE.size()), EE.size());
  EE.set_weights([](Index source, Index target, double w) { return source < 100 && target < 100 ? 0.2 : w; });
  EE.set_learning(false);

  // A fork: the same state, other noise from here on.
  auto fork = sim;
  fork.reseed(Seed{2});
  sim.run(1_s);
  fork.run(1_s);
  auto& [E2, I2] = fork.populations();
  std::printf("after one second: cell 0 at %.3f mV, in the fork at %.3f mV\n", E.state()[0], E2.state()[0]);
}
