#pragma once
/// What the mean field leaves out: single weights diffuse, because a plastic synapse hears random pairs of spikes, and hard
/// bounds turn diffusion into a drift of the mean.
///
/// For independent stationary spike trains with spectra C_i (post), C_j (pre) the variance of a weight grows per time by
///
///     v = (1/pi) integral_0^inf |L(w)|^2 C_i C_j dw + (r_i S0 + d_pre)^2 C_j(0) + (r_j S0 + d_post)^2 C_i(0)
///
/// (r_i r_j integral L^2 + ... for Poisson trains). A weight at the distance d from a bound is on average pushed inward by
/// 2 s (phi(z) - z Q(z)), s = sqrt(v t), z = d/s, phi and Q the normal density and upper tail (reflected Brownian motion).
#include <cmath>
#include <limits>
#include <numbers>

#include "motifs.hpp"

namespace engram::inline ENGRAM_ABI::theory {

namespace detail {
/// integral_0^inf side(s)^2 ds.
inline double side_square(const auto& side) {
  return engram::detail::sum_terms(side, [&](const auto& m) {
    return engram::detail::sum_terms(side, [&](const auto& n) {
      const double q = 1 / m.tau.value + 1 / n.tau.value, a = m.initial().value, b = m.slope().value;
      const double c = n.initial().value, d = n.slope().value;
      return a * c / q + (a * d + b * c) / (q * q) + 2 * b * d / (q * q * q);
    });
  });
}
}  // namespace detail

/// integral L(s)^2 ds, mV^2 ms.
template <PairRule R>
double window_square(const R& rule) {
  return detail::side_square(rule.pre_then_post()) + detail::side_square(rule.post_then_pre());
}

/// v: variance of a single weight per time, mV^2/ms. Bounds and correlations between the two trains are not in it.
template <PairRule R>
double weight_diffusion(const R& rule, const Response& post, const Response& pre, const FrequencyGrid& grid) {
  const WindowSpectrum L = sample(rule, grid);
  const double chance = post.rate * pre.rate;  // split off: its integral is known, the rest falls fast
  const Eigen::VectorXd excess = post.spectrum.cwiseProduct(pre.spectrum).array() - chance;
  const double pairs = chance * window_square(rule) + grid.integrate(L.transform.cwiseAbs2().cwiseProduct(excess)).value / std::numbers::pi;
  const double by_pre = post.rate * L.S0 + L.per_pre, by_post = pre.rate * L.S0 + L.per_post;
  return pairs + by_pre * by_pre * pre.spectrum(0) + by_post * by_post * post.spectrum(0);
}

/// Mean displacement (inward, mV) of weights that started at `distance` from a hard bound and diffused with v for a time.
inline double push_of_bound(Voltage distance, double v, Time time) {
  const double s = std::sqrt(v * time.value);
  if (!(s > 0)) return 0;
  const double z = distance.value / s;
  return 2 * s * (std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi) - z * std::erfc(z / std::numbers::sqrt2) / 2);
}

/// How long a block of like weights can be trusted to the mean field.
struct BoundsForecast {
  Time trusted;   ///< when the push of the bound reaches `fraction` of what the drift has done; infinite if never
  Time touching;  ///< when one standard deviation reaches the bound
};

/// `distance` to the nearer bound, `drift` of the block (mV/ms), v of its weights (mV^2/ms).
inline BoundsForecast forecast_bounds(Voltage distance, VoltageRate drift, double v, double fraction = 0.1) {
  require_in("forecast_bounds.distance", distance.value, non_negative, "mV");
  require_in("forecast_bounds.v", v, positive, "mV^2/ms");
  require_in("forecast_bounds.fraction", fraction, {0, 1, true});
  const auto excess = [&](double t) { return push_of_bound(distance, v, Time{t}) - fraction * std::abs(drift.value) * t; };
  const double touching = distance.value * distance.value / v;
  double before = touching * 1e-4;
  for (double t = before; t < 1e6 * touching; before = t, t *= 1.1)
    if (excess(t) > 0) {
      double low = before, high = t;
      for (int k = 0; k < 60; ++k) (excess((low + high) / 2) > 0 ? high : low) = (low + high) / 2;
      return {Time{high}, Time{touching}};
    }
  return {Time{distance.value == 0 ? 0 : std::numeric_limits<double>::infinity()}, Time{touching}};
}

}  // namespace engram::inline ENGRAM_ABI::theory
