#pragma once
#include "window.hpp"

namespace engram::inline ENGRAM_ABI {

/// Causal (Hebbian, asymmetric) spike-timing-dependent plasticity:
///
///     L(s) = f_plus exp(-s/tau_plus)  (s > 0),   -f_minus exp(s/tau_minus)  (s < 0)
///
/// S0 = f_plus tau_plus - f_minus tau_minus. Defaults: Yang and Doiron 2025, Table II, for W_EE^max = 0.24 mV.
struct Causal {
  Voltage f_plus{0.24 * 3.3258350e-3};  ///< potentiation at s = 0+
  Voltage f_minus{0.24 * 3.33e-3};      ///< depression at s = 0-, a positive number
  Time tau_plus{20};
  Time tau_minus{20};

  /// The rule whose window has the integral S0: f_plus is solved for.
  static constexpr Causal balanced(Voltage f_minus, VoltageTime S0, Time tau_plus, Time tau_minus) {
    return {(S0 + f_minus * tau_minus) / tau_plus, f_minus, tau_plus, tau_minus};
  }

  constexpr auto pre_then_post() const { return std::tuple{Decay{f_plus, tau_plus}}; }
  constexpr auto post_then_pre() const { return std::tuple{Decay{-f_minus, tau_minus}}; }

  static constexpr auto fields() {
    return std::tuple{field("f_plus", &Causal::f_plus), field("f_minus", &Causal::f_minus),
                      field("tau_plus", &Causal::tau_plus, positive), field("tau_minus", &Causal::tau_minus, positive)};
  }
};
static_assert(PairRule<Causal>);

}  // namespace engram::inline ENGRAM_ABI
