#pragma once
#include "integrate_and_fire.hpp"

namespace engram::inline ENGRAM_ABI {

/// Leaky integrate-and-fire neuron (Lapicque 1907; Stein 1965):
///
///     tau dV/dt = (leak - V) + drive;   V >= cut: spike, V = reset, held for `refractory`
struct LIF {
  Time tau{20};
  Voltage leak{-70};  ///< E_L
  Voltage cut{-50};   ///< the threshold
  Voltage reset{-60};
  Time refractory{2};

  template <class B>
  B drift(B v) const {
    return B(leak.value) - v;
  }

  static constexpr auto fields() {
    return std::tuple{field("tau", &LIF::tau, positive), field("leak", &LIF::leak), field("cut", &LIF::cut),
                      field("reset", &LIF::reset), field("refractory", &LIF::refractory, non_negative)};
  }
  void check(const std::string& name) const {
    require_in(name + ".reset", reset.value, {any_finite.low, cut.value, false, true}, "mV");
  }
};
static_assert(IntegrateAndFire<LIF>);

}  // namespace engram::inline ENGRAM_ABI
