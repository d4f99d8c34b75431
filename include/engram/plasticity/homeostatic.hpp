#pragma once
#include "window.hpp"

namespace engram::inline ENGRAM_ABI {

/// Homeostatic plasticity of inhibitory synapses (Vogels et al. 2011, in the form of Yang and Doiron 2025, Eq. 3):
///
///     L(s) = f exp(-|s|/tau),  and every presynaptic spike adds d
///
/// With negative weights f < 0 strengthens and d > 0 weakens the synapse; the postsynaptic rate is driven to
/// r_target = -d/(2 f tau). Defaults: Table II for W_EE^max = 0.24 mV and 12 Hz.
struct Homeostatic {
  Voltage f{0.24 * -6e-4};
  Voltage d{1.0368e-4};
  Time tau{30};

  static constexpr Homeostatic for_target(Voltage f, Time tau, Rate target) { return {f, -2.0 * (f * tau * target), tau}; }
  constexpr Rate target() const { return d / (-2.0 * (f * tau)); }

  constexpr auto pre_then_post() const { return std::tuple{Decay{f, tau}}; }
  constexpr auto post_then_pre() const { return std::tuple{Decay{f, tau}}; }
  constexpr Voltage per_pre() const { return d; }

  static constexpr auto fields() {
    return std::tuple{field("f", &Homeostatic::f), field("d", &Homeostatic::d),
                      field("tau", &Homeostatic::tau, positive)};
  }
};
static_assert(PairRule<Homeostatic>);

}  // namespace engram::inline ENGRAM_ABI
