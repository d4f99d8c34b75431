#pragma once
/// Statistics of one spike train, given as its spike times in ms, sorted, within [0, duration].
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// Spike times in ms.
using SpikeTimes = std::span<const double>;

/// Throws config_error unless the times are sorted and within [0, duration].
inline void require_spike_times(const std::string& name, SpikeTimes spikes, Time duration) {
  require_in(name + ".duration", duration.value, positive, "ms");
  double last = 0;
  for (std::size_t k = 0; k < spikes.size(); ++k) {
    if (!(spikes[k] >= last && spikes[k] <= duration.value))
      throw config_error(name + "[" + std::to_string(k) + "]", number_text(spikes[k]) + " ms",
                         "sorted times in [0, " + number_text(duration.value) + "] ms");
    last = spikes[k];
  }
}

/// Spikes per time.
inline Rate rate(SpikeTimes spikes, Time duration) {
  require_spike_times("rate.spikes", spikes, duration);
  return static_cast<double>(spikes.size()) / duration;
}

/// Coefficient of variation of the interspike intervals, sd / mean with the sample variance (n - 1): 1 for a Poisson
/// process, 0 for a clock. NaN for fewer than 3 spikes.
inline double cv_of_intervals(SpikeTimes spikes) {
  if (spikes.size() < 3) return std::nan("");
  require_spike_times("cv_of_intervals.spikes", spikes, Time{std::max(spikes.back(), 1.0)});
  const double n = static_cast<double>(spikes.size() - 1);
  const double mean = (spikes.back() - spikes.front()) / n;
  double squares = 0;
  for (std::size_t k = 1; k < spikes.size(); ++k) {
    const double deviation = spikes[k] - spikes[k - 1] - mean;
    squares += deviation * deviation;
  }
  return std::sqrt(squares / (n - 1)) / mean;
}

/// Spike counts of consecutive windows [k w, (k+1) w); what is left at the end of the record is not used.
inline std::vector<double> spike_counts(SpikeTimes spikes, Time duration, Time window) {
  require_spike_times("spike_counts.spikes", spikes, duration);
  require_in("spike_counts.window", window.value, {0, duration.value, true}, "ms");
  std::vector<double> counts(static_cast<std::size_t>(duration / window * (1 + 1e-12)), 0);
  for (const double t : spikes) {
    const auto k = static_cast<std::size_t>(t / window.value);
    if (k < counts.size()) ++counts[k];
  }
  return counts;
}

/// Variance over mean of the spike counts of consecutive windows (sample variance): 1 for a Poisson process at every
/// window, CV^2 of a renewal process at long ones. NaN without spikes. Throws config_error for fewer than 2 windows.
inline double fano_factor(SpikeTimes spikes, Time duration, Time window) {
  const auto counts = spike_counts(spikes, duration, window);
  const double n = static_cast<double>(counts.size());
  require_in("fano_factor.window", window.value, {0, duration.value / 2, true}, "ms");
  double mean = 0, squares = 0;
  for (const double c : counts) mean += c / n;
  for (const double c : counts) squares += (c - mean) * (c - mean);
  return squares / (n - 1) / mean;
}

}  // namespace engram::inline ENGRAM_ABI::analysis
