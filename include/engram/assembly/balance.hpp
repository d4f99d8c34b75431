#pragma once
/// The inhibition that balances given excitatory weights: near where homeostatic plasticity takes it (Yang and Doiron 2025,
/// Eq. 16, without the small bias that would move the rate from that of an unconnected cell to the target).
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

/// I->E weights onto A, B and O (mV) with which recurrent inhibition cancels recurrent excitation in the mean, the cells
/// of E firing at their target. config_error if one lies outside [W_EI_max, 0].
inline std::array<double, 3> balanced_inhibition(const AssemblyPreset& p, const TwoAssemblies& layout, const BlockFractions& x) {
  const double N_I = p.N - p.excitatory_cells();
  const double from_I = N_I * inhibitory_rate(p);
  const std::array<double, 3> size{static_cast<double>(layout.A.size), static_cast<double>(layout.B.size), static_cast<double>(layout.O.size)};
  std::array<double, 3> w{};
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) w[a] -= size[b] * x[a][b] * p.W_EE_max.value * p.target.value / from_I;
    require_in("balanced I->E weight", w[a], {p.W_EI_max.value, 0}, "mV", "its bounds");
  }
  return w;
}

}  // namespace engram::inline ENGRAM_ABI
