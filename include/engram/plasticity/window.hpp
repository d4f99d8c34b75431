#pragma once
/// The window of a pair rule: L(s), s = t_post - t_pre, as a sum of terms for each side plus constants per spike.
///
/// A pair rule states its window once,
///
///     auto pre_then_post() const;   // s > 0: std::tuple of Decay and/or SlopedDecay
///     auto post_then_pre() const;   // s < 0: the same, as functions of |s|
///     Voltage per_pre() const;      // optional: added at every presynaptic spike
///     Voltage per_post() const;     // optional: added at every postsynaptic spike
///
/// and everything else is derived here and in the projection: the value window(rule, s), the integral S0, the Fourier
/// transform, and the traces of the simulator. Theory and simulation cannot disagree about a rule.
///
/// Pairing: all pairs of spikes. Coincident spikes (same time step) count (L(0+) + L(0-))/2.
#include <cmath>
#include <complex>
#include <concepts>
#include <tuple>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI {

/// amplitude exp(-|s|/tau).
struct Decay {
  Voltage amplitude;
  Time tau;

  constexpr Voltage initial() const { return amplitude; }
  constexpr VoltageRate slope() const { return VoltageRate{0}; }
};

/// (amplitude + slope |s|) exp(-|s|/tau).
struct SlopedDecay {
  Voltage amplitude;
  VoltageRate gradient;
  Time tau;

  constexpr Voltage initial() const { return amplitude; }
  constexpr VoltageRate slope() const { return gradient; }
};

template <class Term>
concept WindowTerm = std::same_as<Term, Decay> || std::same_as<Term, SlopedDecay>;

namespace detail {
template <class Tuple>
inline constexpr bool all_terms = false;
template <class... Terms>
inline constexpr bool all_terms<std::tuple<Terms...>> = (WindowTerm<Terms> && ...);
}  // namespace detail

/// A tuple of window terms.
template <class T>
concept WindowSide = detail::all_terms<std::remove_cvref_t<T>>;

template <class R>
concept PairRule = requires(const R rule) {
  { rule.pre_then_post() } -> WindowSide;
  { rule.post_then_pre() } -> WindowSide;
};

template <PairRule R>
constexpr Voltage per_pre(const R& rule) {
  if constexpr (requires { rule.per_pre(); }) return rule.per_pre();
  else return {};
}
template <PairRule R>
constexpr Voltage per_post(const R& rule) {
  if constexpr (requires { rule.per_post(); }) return rule.per_post();
  else return {};
}

namespace detail {
/// Sum of f(term) over a side.
template <class Side, class F>
constexpr auto sum_terms(const Side& side, F&& f) {
  return std::apply([&](const auto&... term) { return (decltype(f(Decay{})){} + ... + f(term)); }, side);
}
inline double side_value(const auto& side, double lag) {
  return sum_terms(side, [&](const auto& k) {
    return (k.initial().value + k.slope().value * lag) * std::exp(-lag / k.tau.value);
  });
}
constexpr double side_integral(const auto& side) {
  return sum_terms(side, [](const auto& k) { return (k.initial().value + k.slope().value * k.tau.value) * k.tau.value; });
}
inline std::complex<double> side_transform(const auto& side, double omega) {
  return sum_terms(side, [&](const auto& k) {
    const std::complex<double> z(1 / k.tau.value, omega);
    return k.initial().value / z + k.slope().value / (z * z);
  });
}
}  // namespace detail

/// L(s) in mV. At s = 0 the half rule: (L(0+) + L(0-))/2.
template <PairRule R>
Voltage window(const R& rule, Time s) {
  const auto after = [&] { return detail::side_value(rule.pre_then_post(), std::abs(s.value)); };
  const auto before = [&] { return detail::side_value(rule.post_then_pre(), std::abs(s.value)); };
  if (s.value > 0) return Voltage{after()};
  if (s.value < 0) return Voltage{before()};
  return Voltage{(after() + before()) / 2};
}

/// S0, the integral of L over all lags, mV ms. Constants per spike are not part of it.
template <PairRule R>
constexpr VoltageTime window_integral(const R& rule) {
  return VoltageTime{detail::side_integral(rule.pre_then_post()) + detail::side_integral(rule.post_then_pre())};
}

/// integral L(s) exp(-i omega s) ds, mV ms; omega in rad/ms.
template <PairRule R>
std::complex<double> window_transform(const R& rule, double omega) {
  return detail::side_transform(rule.pre_then_post(), omega) + detail::side_transform(rule.post_then_pre(), -omega);
}

/// Mean drift of a weight between independent Poisson neurons: r_pre r_post S0 + r_pre per_pre + r_post per_post.
template <PairRule R>
constexpr VoltageRate chance_drift(const R& rule, Rate pre, Rate post) {
  return pre * post * window_integral(rule) + pre * per_pre(rule) + post * per_post(rule);
}

}  // namespace engram::inline ENGRAM_ABI
