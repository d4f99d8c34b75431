#pragma once
/// Means of independent samples with their standard errors, and whether the science tests run in their long form.
#include <cmath>
#include <cstdlib>
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
  double z(double expected) const { return (mean - expected) / error; }
};

inline Estimate estimate(const std::vector<double>& samples) {
  const auto n = static_cast<double>(samples.size());
  double mean = 0, square = 0;
  for (const double x : samples) mean += x / n;
  for (const double x : samples) square += (x - mean) * (x - mean);
  return {mean, std::sqrt(square / (n * (n - 1)))};
}

}  // namespace statistics
