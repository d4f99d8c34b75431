// The network of docs/model.md, the same work as brian2_network.py; prints the same line of JSON (CPU seconds: 20 times the
// least of 20 slices).
// Usage: engram_network N p seconds [threads]
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

int main(int argc, char** argv) {
  if (argc < 4) return std::fprintf(stderr, "usage: engram_network N p seconds [threads]\n"), 2;
  const auto n = static_cast<Index>(std::atoi(argv[1]));
  const double p = std::atof(argv[2]), seconds = std::atof(argv[3]), scale = 100 / (n * p);
  const Threads threads{argc > 4 ? static_cast<unsigned>(std::atoi(argv[4])) : 1};
  const Voltage w_max{0.24 * scale}, i_max{-0.96 * scale};
  const auto e = population("E", n * 4 / 5, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
  const auto i = population("I", n / 5, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
  const Causal causal{3.3258e-3 * w_max, 3.33e-3 * w_max, 20_ms, 20_ms};
  const Homeostatic homeostatic{-6e-4 * w_max, Voltage{1.0368e-4 * scale}, 30_ms};
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, threads, e, i,  //
                        connect(e, e, Bernoulli{p}, Weight{0.5 * w_max}, causal, HardBounds{0_mV, w_max}),
                        connect(i, e, Bernoulli{p}, Weight{0.5 * i_max}, homeostatic, HardBounds{i_max, 0_mV}),
                        connect(e, i, Bernoulli{p}, Weight{Voltage{0.08 * scale}}), connect(i, i, Bernoulli{p}, Weight{Voltage{-0.32 * scale}}));
  sim.run(100_ms);
  constexpr int slices = 20;
  std::clock_t least = std::numeric_limits<std::clock_t>::max();
  for (int k = 0; k < slices; ++k) {
    const std::clock_t begin = std::clock();
    sim.run(Time{std::round(10000 * seconds / slices) / 10});
    least = std::min(least, std::clock() - begin);
  }
  const double cpu = slices * static_cast<double>(least) / CLOCKS_PER_SEC;
  std::size_t synapses = 0;
  std::apply([&](const auto&... each) { ((synapses += each.size()), ...); }, sim.projections());
  const auto rate = [&](const auto& population) {
    double spikes = 0;
    for (const auto count : population.spike_count()) spikes += static_cast<double>(count);
    return spikes / population.size() / (seconds + 0.1);
  };
  const auto& [pe, pi] = sim.populations();
  std::printf("{\"simulator\": \"engram\", \"N\": %u, \"p\": %g, \"seconds\": %g, \"cpu_s\": %.6g, \"synapses\": %zu, "
              "\"rate_E_Hz\": %.4g, \"rate_I_Hz\": %.4g}\n",
              n, p, seconds, cpu, synapses, rate(pe), rate(pi));
}
