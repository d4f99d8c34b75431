// Compiled once for each instruction set (UNIT names the function), and all of it linked into one program.
#include <engram/engram.hpp>

#include "unit.hpp"

namespace {

using namespace engram;
using namespace engram::literals;

struct Digest {
  std::uint64_t value = 14695981039346656037u;  // Fowler, Noll and Vo
  template <class T>
  void add(T x) {
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &x, sizeof(T));
    for (const auto b : bytes) value = (value ^ b) * 1099511628211u;
  }
};

/// Every spike, potential and weight of a plastic network with common signals.
template <class T>
std::uint64_t digest() {
  const CommonSignal signal{.sigma = 1.5_mV, .members = {CellRange{0, 100}}, .enabled = true};
  const auto e = population("E", 300, ExpIF{}, Exponential{5_ms, 4}, WhiteNoise{.sigma = 5_mV}, signal);
  const auto i = population("I", 70, LIF{}, Exponential{5_ms}, WhiteNoise{.mean = 15_mV, .sigma = 5_mV});
  auto sim = simulation<T>(Clock{0.1_ms}, Seed{1}, e, i,
                           connect(e, e, Bernoulli{0.2}, Weight{0.12_mV}, mix(0.4, Causal{}, Acausal{}), HardBounds{0.119_mV, 0.121_mV}),
                           connect(i, e, Bernoulli{0.2}, Weight{-0.3_mV}, Homeostatic{}, HardBounds{-0.96_mV, 0_mV}),
                           connect(e, i, Bernoulli{0.2}, Weight{0.08_mV}));
  auto& [pe, pi] = sim.populations();
  Digest d;
  for (int n = 0; n < 3000; ++n) {
    sim.step();
    for (const auto cell : pe.spikes()) d.add(cell);
    for (const auto cell : pi.spikes()) d.add(cell);
  }
  for (const T v : pe.state()) d.add(v);
  for (const T v : pi.state()) d.add(v);
  std::get<0>(sim.projections()).for_each([&](const auto& s) { d.add(s.weight); });
  std::get<1>(sim.projections()).for_each([&](const auto& s) { d.add(s.weight); });
  return d.value;
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

}  // namespace

Unit UNIT() { return {TEXT(ENGRAM_ABI), digest<float>(), digest<double>()}; }
