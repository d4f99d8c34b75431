#pragma once
#include <engram/engram.hpp>

namespace engram {

/// FNV-1a over the bytes of every membrane potential, synaptic variable, spike count and weight.
inline std::uint64_t hash(const auto& sim) {
  std::uint64_t h = 14695981039346656037u;
  const auto add = [&](const auto& value) {
    unsigned char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    for (const unsigned char b : bytes) h = (h ^ b) * 1099511628211u;
  };
  const auto add_population = [&](const auto& p) {
    for (const auto v : p.state()) add(v);
    for (std::size_t k = 0; k < p.receptors; ++k)
      for (const auto v : p.synaptic(k)) add(v);
    for (const auto n : p.spike_count()) add(n);
  };
  const auto add_projection = [&](const auto& p) { p.for_each([&](const auto& s) { add(s.weight); }); };
  std::apply([&](const auto&... p) { (add_population(p), ...); }, sim.populations());
  std::apply([&](const auto&... p) { (add_projection(p), ...); }, sim.projections());
  return h;
}

}  // namespace engram
