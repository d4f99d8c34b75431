#pragma once
/// Covariance density of two spike trains as a function of lag,
///
///   C(s) = <y_post(t + s) y_pre(t)> - r_post r_pre,   s = t_post - t_pre,   in 1/ms^2 (times 1e6: in Hz^2),
///
/// the lag of pair rules and of the theory: s > 0 where the postsynaptic spike comes later. Spike times are in ms,
/// sorted, within [0, duration].
///
/// Bins are centred on multiples of the bin width and half open, [s - bin/2, s + bin/2). On a time grid dt take an odd
/// multiple of dt, or lags fall on the edges. Presynaptic spikes closer to the ends of the record than the largest lag
/// are not used, so that all lags have the same exposure. The estimate has the usual bias of subtracting the measured
/// rates, -(integral of C)/duration.
///
/// Standard errors: the record is cut into segments of presynaptic time; the error is the spread of the estimates of
/// the segments over the square root of their number. Segments must be longer than the correlations.
///
/// C is bilinear: the sum of C over all pairs of two groups is C of their pooled() trains.
#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <vector>

#include "spike_statistics.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// How to estimate a covariance density.
struct Correlogram {
  Time bin{1};
  Time max_lag{100};  ///< the centre of the last bin; rounded to a multiple of the bin
  int segments = 20;  ///< for the standard errors

  static constexpr auto fields() {
    return std::tuple{field("bin", &Correlogram::bin, positive), field("max_lag", &Correlogram::max_lag, non_negative),
                      field("segments", &Correlogram::segments, {2, 1e6})};
  }
};

struct CovarianceDensity {
  std::vector<double> lag;      ///< ms, centres of the bins, ascending, symmetric about 0
  std::vector<double> density;  ///< 1/ms^2
  std::vector<double> error;    ///< 1/ms^2, standard error
  Rate post_rate, pre_rate;     ///< of the whole record, and of its part that was used
};

/// All spikes of several trains as one sorted train.
template <class Trains>
std::vector<double> pooled(const Trains& trains) {
  std::vector<double> out;
  for (const auto& train : trains) out.insert(out.end(), std::begin(train), std::end(train));
  std::ranges::sort(out);
  return out;
}

namespace detail {
/// `skip(i, j)`: whether the pair of spike i of post and spike j of pre is left out.
template <class Skip>
CovarianceDensity covariance_density(SpikeTimes post, SpikeTimes pre, Time duration, const Correlogram& c,
                                     Skip&& skip) {
  validate(c, "Correlogram");
  require_spike_times("Correlogram.post", post, duration);
  require_spike_times("Correlogram.pre", pre, duration);
  const double bin = c.bin.value;
  const double half = std::round(c.max_lag / c.bin);
  const double reach = (half + 0.5) * bin, used = duration.value - 2 * reach;
  if (!(used > 0))
    throw config_error("Correlogram.max_lag", number_text(c.max_lag.value) + " ms",
                       "less than half the duration, " + number_text(duration.value) + " ms");
  const auto bins = static_cast<std::size_t>(2 * half + 1), segments = static_cast<std::size_t>(c.segments);
  std::vector<double> count(bins * segments, 0), references(segments, 0);
  std::size_t low = 0;
  for (std::size_t j = 0; j < pre.size(); ++j) {
    const double t = pre[j];
    if (t < reach || t >= duration.value - reach) continue;
    const auto segment = std::min(segments - 1, static_cast<std::size_t>((t - reach) / used * c.segments));
    ++references[segment];
    while (low < post.size() && post[low] < t - reach) ++low;
    for (std::size_t i = low; i < post.size() && post[i] - t < reach; ++i) {
      if (skip(i, j)) continue;
      const double k = std::floor((post[i] - t) / bin + half + 0.5);
      if (k >= 0 && k <= 2 * half) ++count[segment * bins + static_cast<std::size_t>(k)];
    }
  }
  CovarianceDensity out;
  const double span_of_segment = used / c.segments, n = c.segments;
  out.post_rate = static_cast<double>(post.size()) / duration;
  for (const double r : references) out.pre_rate.value += r / used;
  for (std::size_t k = 0; k < bins; ++k) {
    double sum = 0, squares = 0;
    const auto estimate = [&](std::size_t s) {
      return (count[s * bins + k] / bin - out.post_rate.value * references[s]) / span_of_segment;
    };
    for (std::size_t s = 0; s < segments; ++s) sum += estimate(s);
    for (std::size_t s = 0; s < segments; ++s) squares += std::pow(estimate(s) - sum / n, 2);
    out.lag.push_back((static_cast<double>(k) - half) * bin);
    out.density.push_back(sum / n);
    out.error.push_back(std::sqrt(squares / (n - 1) / n));
  }
  return out;
}
}  // namespace detail

/// Cross-covariance density of two different trains.
inline CovarianceDensity cross_covariance(SpikeTimes post, SpikeTimes pre, Time duration,
                                          const Correlogram& options = {}) {
  return detail::covariance_density(post, pre, duration, options, [](std::size_t, std::size_t) { return false; });
}

/// Auto-covariance density of one train without its delta r delta(s): the pairs of a spike with itself are left out.
inline CovarianceDensity auto_covariance(SpikeTimes spikes, Time duration, const Correlogram& options = {}) {
  return detail::covariance_density(spikes, spikes, duration, options,
                                    [](std::size_t i, std::size_t j) { return i == j; });
}

}  // namespace engram::inline ENGRAM_ABI::analysis
