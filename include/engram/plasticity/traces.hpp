#pragma once
/// From the statement of a pair rule's window to the basis functions in which the simulator keeps its traces.
///
/// A side of a window is a sum of (a + b s) exp(-s/tau). For an earlier spike at time p and a later one at q, both counted
/// from a common origin, each term factors into functions of p and of q:
///
///     Decay:        a e^{p/tau}                     times  e^{-q/tau}
///     SlopedDecay:  (a - b p) e^{p/tau}, b e^{p/tau}  times  e^{-q/tau}, q e^{-q/tau}
///
/// so a side needs one basis function for a Decay and two for a SlopedDecay. The origin moves along with time (epochs),
/// to keep the exponentials small.
#include <algorithm>
#include <array>
#include <cstddef>

#include "../core/math.hpp"
#include "window.hpp"

namespace engram::inline ENGRAM_ABI::detail {

template <class Term>
inline constexpr std::size_t basis_of = std::same_as<Term, SlopedDecay> ? 2 : 1;

template <class Side>
inline constexpr std::size_t basis_size = 0;
template <class... Terms>
inline constexpr std::size_t basis_size<std::tuple<Terms...>> = (basis_of<Terms> + ... + 0);

/// Calls f(term, first basis index) for each term.
template <class Side, class F>
constexpr void for_each_term(const Side& side, F&& f) {
  std::size_t at = 0;
  std::apply([&](const auto&... term) { ((f(term, at), at += basis_of<std::decay_t<decltype(term)>>), ...); }, side);
}

/// The basis functions of the later spike at time q: e^{-q/tau}, q e^{-q/tau}. Decreasing; used for spikes that wait for
/// the row of their partner to be visited.
template <class Side>
std::array<double, basis_size<Side>> later_basis(const Side& side, double q) {
  std::array<double, basis_size<Side>> e;
  for_each_term(side, [&](const auto& term, std::size_t b) {
    e[b] = exp(-q / term.tau.value);
    if constexpr (basis_of<std::decay_t<decltype(term)>> == 2) e[b + 1] = q * e[b];
  });
  return e;
}

/// The basis functions of the earlier spike at time p: e^{p/tau}, p e^{p/tau}. Summed over spikes they are a trace.
template <class Side>
std::array<double, basis_size<Side>> earlier_basis(const Side& side, double p) {
  return later_basis(side, -p);  // e^{p/tau}, and -p e^{p/tau}: the sign is taken up in earlier_coefficients
}

/// Coefficients k so that the sum over earlier spikes of the window at time q is sum_b k_b (sum of earlier_basis)_b.
template <class Side>
std::array<double, basis_size<Side>> earlier_coefficients(const Side& side, double q) {
  std::array<double, basis_size<Side>> k;
  for_each_term(side, [&](const auto& term, std::size_t b) {
    const double e = exp(-q / term.tau.value);
    k[b] = (term.initial().value + term.slope().value * q) * e;
    if constexpr (basis_of<std::decay_t<decltype(term)>> == 2) k[b + 1] = term.slope().value * e;
  });
  return k;
}

/// Trace of one presynaptic cell: the sum of earlier_basis over its spikes, all counted from one origin.
template <class Side>
struct PreTrace {
  std::array<double, basis_size<Side>> value;

  /// c so that a postsynaptic spike at q, counted from the same origin, gets sum_b c_b later_basis(q)_b.
  std::array<double, basis_size<Side>> coefficients(const Side& side) const {
    std::array<double, basis_size<Side>> c;
    for_each_term(side, [&](const auto& term, std::size_t b) {
      c[b] = term.initial().value * value[b];
      if constexpr (basis_of<std::decay_t<decltype(term)>> == 2) {
        c[b] += term.slope().value * value[b + 1];
        c[b + 1] = term.slope().value * value[b];
      }
    });
    return c;
  }
};

/// Shortest time constant of both sides, ms.
template <class... Sides>
double shortest_tau(const Sides&... sides) {
  double tau = std::numeric_limits<double>::infinity();
  const auto take = [&](const auto& term, std::size_t) { tau = std::min(tau, term.tau.value); };
  (for_each_term(sides, take), ...);
  return tau;
}

/// Whether the side and a constant beside it, and so every sum of them, have one sign: then clipping once after several
/// changes is exact.
template <class Side>
bool one_signed(const Side& side, Voltage constant) {
  bool up = constant.value >= 0, down = constant.value <= 0;
  for_each_term(side, [&](const auto& term, std::size_t) {
    up = up && term.initial().value >= 0 && term.slope().value >= 0;
    down = down && term.initial().value <= 0 && term.slope().value <= 0;
  });
  return up || down;
}

}  // namespace engram::inline ENGRAM_ABI::detail
