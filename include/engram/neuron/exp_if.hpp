#pragma once
#include "../core/math.hpp"
#include "integrate_and_fire.hpp"

namespace engram::inline ENGRAM_ABI {

/// Exponential integrate-and-fire neuron (Fourcaud-Trocme et al. 2003):
///
///     tau dV/dt = (leak - V) + sharpness exp((V - threshold)/sharpness) + drive
///     V >= cut: spike, V = reset, held for `refractory`
///
/// Defaults: Yang and Doiron 2025, Table I. `cut` may be anywhere well above the threshold: the upstroke takes no time.
struct ExpIF {
  Time tau{20};            ///< membrane time constant
  Voltage leak{-55};       ///< E_L
  Voltage threshold{-53};  ///< V_T, where the upstroke begins
  Voltage sharpness{3};    ///< Delta_T, width of the spike onset
  Voltage cut{0};          ///< V_s
  Voltage reset{-60};      ///< V_r
  Time refractory{1};      ///< tau_ref

  template <class B>
  B drift(B v) const { return fma(B(sharpness.value), onset(v), B(leak.value) - v); }

  /// Where tau dV/dt = sharpness exp((V - threshold)/sharpness) alone leads in h tau from v: it is solved exactly,
  /// v - sharpness log(1 - h exp((v - threshold)/sharpness)). A cell that has got to infinity by then is past the cut.
  template <class B>
  B upstroke(B v, double h) const {
    const B left = fma(B(-h), onset(v), B(1));
    const B to = fma(B(sharpness.value / 2), minus_two_log(max(left, B(1e-37))), v);
    return where(left > B(0), to, max(B(cut.value), to));
  }

  static constexpr auto fields() {
    return std::tuple{field("tau", &ExpIF::tau, positive),
                      field("leak", &ExpIF::leak),
                      field("threshold", &ExpIF::threshold),
                      field("sharpness", &ExpIF::sharpness, positive),
                      field("cut", &ExpIF::cut),
                      field("reset", &ExpIF::reset),
                      field("refractory", &ExpIF::refractory, non_negative)};
  }
  void check(const std::string& name) const {
    require_in(name + ".cut", cut.value, {threshold.value, any_finite.high, true}, "mV");
    require_in(name + ".reset", reset.value, {any_finite.low, cut.value, false, true}, "mV");
  }

 private:
  template <class B>
  B onset(B v) const {
    const double steepness = 1.4426950408889634 / sharpness.value;  // log2 e / Delta_T
    return exp2(fma(v, B(steepness), B(-steepness * threshold.value)));
  }
};
static_assert(IntegrateAndFire<ExpIF>);

}  // namespace engram::inline ENGRAM_ABI
