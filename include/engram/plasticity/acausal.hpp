#pragma once
#include "window.hpp"

namespace engram::inline ENGRAM_ABI {

/// Acausal (symmetric) spike-timing-dependent plasticity: potentiation at short lags of either order, depression beyond.
///
///     L(s) = f_plus (T_plus - s) exp(-s/tau_plus)  (s > 0),   f_minus (T_minus + s) exp(s/tau_minus)  (s < 0)
///
/// S0 = f_plus tau_plus (T_plus - tau_plus) + f_minus tau_minus (T_minus - tau_minus). Defaults: Yang and Doiron 2025,
/// Table II, for W_EE^max = 0.24 mV, with S0 = -8.33e-5 W_EE^max mV ms (the printed sign and power make every assembly fuse).
struct Acausal {
  VoltageRate f_plus{0.24 * 1.11e-4};
  VoltageRate f_minus{0.24 * 1.11e-4};
  Time T_plus{30};
  Time T_minus{29.974985};
  Time tau_plus{30};
  Time tau_minus{30};

  /// The rule whose window has the integral S0: T_minus is solved for.
  static constexpr Acausal balanced(VoltageRate f, VoltageTime S0, Time T_plus, Time tau) {
    return {f, f, T_plus, S0 / (f * tau) - T_plus + 2.0 * tau, tau, tau};
  }

  constexpr auto pre_then_post() const { return std::tuple{SlopedDecay{f_plus * T_plus, -f_plus, tau_plus}}; }
  constexpr auto post_then_pre() const { return std::tuple{SlopedDecay{f_minus * T_minus, -f_minus, tau_minus}}; }

  static constexpr auto fields() {
    return std::tuple{field("f_plus", &Acausal::f_plus),
                      field("f_minus", &Acausal::f_minus),
                      field("T_plus", &Acausal::T_plus),
                      field("T_minus", &Acausal::T_minus),
                      field("tau_plus", &Acausal::tau_plus, positive),
                      field("tau_minus", &Acausal::tau_minus, positive)};
  }
};
static_assert(PairRule<Acausal>);

}  // namespace engram::inline ENGRAM_ABI
