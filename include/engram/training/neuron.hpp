#pragma once
/// Neurons that can be trained: voltage in units of the way from rest (0, also the reset) to the threshold (1).
///
///     U[t+1] = next(U[t], I[t]) (1 - S[t]),   S[t] = (U[t] > threshold)
///
/// A policy has `threshold` and `prepare(dt)`, which returns the step with its coefficients computed: `next(U, I)` and
/// `slope(U) = d next / dU`. The reset is not differentiated ("detached"; Zenke and Vogels 2021).
#include <cmath>
#include <concepts>
#include <tuple>

#include "../core/fields.hpp"
#include "../core/math.hpp"

namespace engram::inline ENGRAM_ABI::training {

template <class N>
concept TrainableNeuron = requires(const N n, Time dt, double u, native_lanes<float> lanes) {
  { n.threshold } -> std::convertible_to<double>;
  { n.prepare(dt).gain } -> std::convertible_to<double>;
  { n.prepare(dt).next(u, u) } -> std::same_as<double>;
  { n.prepare(dt).slope(u) } -> std::same_as<double>;
  { n.prepare(dt).next(lanes, lanes) } -> std::same_as<native_lanes<float>>;
};

/// Leaky integrate-and-fire, exact for a current held over the step: next = a U + (1 - a) I, a = exp(-dt/tau).
struct NormalizedLIF {
  Time tau{20};
  static constexpr double threshold = 1;

  struct Step {
    double decay, gain;  ///< a, and d next / dI = 1 - a

    template <class B>
    B next(B u, B current) const {
      using T = scalar_t<B>;
      return fma(B(T(decay)), u, B(B(T(gain)) * current));
    }
    template <class B>
    B slope(B) const {
      return B(scalar_t<B>(decay));
    }
  };
  Step prepare(Time dt) const {
    const double a = std::exp(-(dt / tau));
    return {a, 1 - a};
  }

  static constexpr auto fields() { return std::tuple{field("tau", &NormalizedLIF::tau, positive)}; }
};

/// Exponential integrate-and-fire:
///
///     next = a U + (1 - a) (I + sharpness exp(min((U - onset)/sharpness, cap))),   spike at U > threshold
///
/// `cap` bounds the exponential and with it the slope, a + (1 - a) exp(cap): above 1 near the threshold, so that
/// gradients grow there. Keep cap <= 3 and clip the gradient (TrainerOptions::clip).
struct NormalizedExpIF {
  Time tau{20};
  double onset = 0.7;      ///< theta_T, in units of the threshold's distance from rest
  double sharpness = 0.1;  ///< Delta_T, same units
  double cap = 3;          ///< largest argument of the exponential
  double threshold = 1;    ///< V_cut

  struct Step {
    double decay, gain, onset, sharpness, cap;

    template <class B>
    B upstroke(B u) const {
      using T = scalar_t<B>;
      return exp(min(B((u - B(T(onset))) * B(T(1 / sharpness))), B(T(cap))));
    }
    template <class B>
    B next(B u, B current) const {
      using T = scalar_t<B>;
      return fma(B(T(decay)), u, B(B(T(gain)) * fma(B(T(sharpness)), upstroke(u), current)));
    }
    template <class B>
    B slope(B u) const {
      using T = scalar_t<B>;
      const auto capped = B((u - B(T(onset))) * B(T(1 / sharpness))) > B(T(cap));
      return fma(B(T(gain)), where(capped, B(T(0)), upstroke(u)), B(T(decay)));
    }
  };
  Step prepare(Time dt) const {
    const double a = std::exp(-(dt / tau));
    return {a, 1 - a, onset, sharpness, cap};
  }

  static constexpr auto fields() {
    return std::tuple{field("tau", &NormalizedExpIF::tau, positive), field("onset", &NormalizedExpIF::onset, positive),
                      field("sharpness", &NormalizedExpIF::sharpness, positive),
                      field("cap", &NormalizedExpIF::cap, Range{0, 3}),
                      field("threshold", &NormalizedExpIF::threshold, positive)};
  }
  void check(const std::string& name) const { require_in(name + ".threshold", threshold, {onset, any_finite.high, true}); }
};

static_assert(TrainableNeuron<NormalizedLIF> && TrainableNeuron<NormalizedExpIF>);

}  // namespace engram::inline ENGRAM_ABI::training
