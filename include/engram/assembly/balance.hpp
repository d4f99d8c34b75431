#pragma once
/// The inhibition that holds every excitatory group at its target rate, given the excitatory weights (Yang and Doiron
/// 2025, Eq. 16): where homeostatic plasticity would take it.
#include <algorithm>
#include <array>

#include "../theory/threshold_integration.hpp"
#include "layout.hpp"
#include "preset.hpp"

namespace engram::inline ENGRAM_ABI {

/// Mean E->E weights by block as fractions of W_EE_max; row = target, column = source, in the order A, B, O.
using BlockFractions = std::array<std::array<double, 3>, 3>;

inline BlockFractions homogeneous(double x) { return {{{x, x, x}, {x, x, x}, {x, x, x}}}; }
/// The five of the symmetric case.
inline BlockFractions symmetric_blocks(double AA, double AB, double AO, double OA, double OO) {
  return {{{AA, AB, AO}, {AB, AA, AO}, {OA, OA, OO}}};
}

namespace detail {
/// Root of an increasing function in [low, high], by bisection to 1e-9.
inline double increasing_root(double low, double high, auto&& f) {
  while (high - low > 1e-9) (f((low + high) / 2) < 0 ? low : high) = (low + high) / 2;
  return (low + high) / 2;
}
}  // namespace detail

/// Rate of the inhibitory cells (1/ms) while the excitatory ones fire at their target.
inline double inhibitory_rate(const AssemblyPreset& p) {
  const double area = p.weight_scale * p.tau_syn.value * p.p;
  const double N_E = p.excitatory_cells(), N_I = p.N - N_E;
  const double from_E = area * N_E * p.W_IE.value * p.target.value;
  return detail::increasing_root(0, 0.5 / p.neuron.refractory.value, [&](double r) {
    const Voltage mean = p.mu + Voltage{from_E + area * N_I * p.W_II.value * r};
    return r - theory::ThresholdIntegration(p.neuron, mean, p.sigma, Voltage{0.05}).rate().value;
  });
}

/// I->E weights onto A, B and O (mV). config_error if what balances the recurrent excitation lies outside [W_EI_max, 0];
/// an external drive that inhibition cannot balance leaves the weight at its bound.
inline std::array<double, 3> balanced_inhibition(const AssemblyPreset& p, const TwoAssemblies& layout, const BlockFractions& x) {
  const double area = p.weight_scale * p.tau_syn.value * p.p;
  const double target = p.target.value;
  const double mean = detail::increasing_root(-20, 20, [&](double mu) {
    return theory::ThresholdIntegration(p.neuron, Voltage{mu}, p.sigma, Voltage{0.05}).rate().value - target;
  });
  const double N_I = p.N - p.excitatory_cells();
  const double from_I = area * N_I * inhibitory_rate(p);
  const std::array<double, 3> size{static_cast<double>(layout.A.size), static_cast<double>(layout.B.size), static_cast<double>(layout.O.size)};
  std::array<double, 3> w{};
  for (std::size_t a = 0; a < 3; ++a) {
    double from_E = 0;
    for (std::size_t b = 0; b < 3; ++b) from_E += area * size[b] * x[a][b] * p.W_EE_max.value * target;
    require_in("balanced I->E weight", -from_E / from_I, {p.W_EI_max.value, 0}, "mV", "its bounds");
    w[a] = std::clamp((mean - p.mu.value - from_E) / from_I, p.W_EI_max.value, 0.);
  }
  return w;
}

}  // namespace engram::inline ENGRAM_ABI
