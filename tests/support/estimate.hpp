#pragma once
/// Means of independent samples with their standard errors, and whether the science tests run in their long form.
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

namespace statistics {

/// ENGRAM_SCIENCE=full: the long form, whose numbers docs print.
inline bool full() {
  const char* science = std::getenv("ENGRAM_SCIENCE");
  return science && std::string_view(science) == "full";
}

struct Estimate {
  double mean, error;
  double freedom = std::numeric_limits<double>::infinity();  ///< degrees of freedom behind the error

  /// Standard normal score of the distance: Student's t, few samples not knowing their spread, by Wallace's transformation
  /// (Wallace 1959, (8 f + 1)/(8 f + 3) sqrt(f log(1 + t^2/f))).
  double z(double expected) const {
    const double t = (mean - expected) / error;
    if (std::isinf(freedom)) return t;
    return std::copysign((8 * freedom + 1) / (8 * freedom + 3) * std::sqrt(freedom * std::log1p(t * t / freedom)), t);
  }
};

inline Estimate estimate(const std::vector<double>& samples) {
  const auto n = static_cast<double>(samples.size());
  double mean = 0, square = 0;
  for (const double x : samples) mean += x / n;
  for (const double x : samples) square += (x - mean) * (x - mean);
  return {mean, std::sqrt(square / (n * (n - 1))), n - 1};
}

}  // namespace statistics
