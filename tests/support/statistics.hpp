#pragma once
/// What the tests judge samples by: distribution functions and p values, in double, from textbook series.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace statistics {

inline double normal_cdf(double z) { return std::erfc(-z / std::sqrt(2.)) / 2; }

/// Two-sided p value of a standard normal score.
inline double normal_p(double z) { return std::erfc(std::abs(z) / std::sqrt(2.)); }

/// Upper regularised incomplete gamma function Q(a, x): series below a + 1, Lentz's continued fraction above.
inline double gamma_q(double a, double x) {
  if (x <= 0) return 1;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (double n = a + 1; term > sum * 1e-16; ++n) sum += term *= x / n;
    return 1 - front * sum;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int n = 1; n < 10000; ++n) {
    const double an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= c * d;
    if (std::abs(c * d - 1) < 1e-15) break;
  }
  return front * h;
}

inline double chi_square_p(double chi2, double degrees) { return gamma_q(degrees / 2, chi2 / 2); }

/// Pearson's statistic of counts against what was expected; its p value, for count.size() - 1 degrees of freedom.
inline double chi_square_p(const std::vector<double>& count, const std::vector<double>& expected) {
  double chi2 = 0;
  for (std::size_t k = 0; k < count.size(); ++k) chi2 += (count[k] - expected[k]) * (count[k] - expected[k]) / expected[k];
  return chi_square_p(chi2, static_cast<double>(count.size() - 1));
}

/// Kolmogorov and Smirnov, one sample against a continuous distribution (Stephens' correction for small samples).
template <class Cdf>
double ks_p(std::vector<double> sample, Cdf&& cdf) {
  std::sort(sample.begin(), sample.end());
  const double n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t k = 0; k < sample.size(); ++k) {
    const double f = cdf(sample[k]), below = static_cast<double>(k) / n;
    distance = std::max({distance, f - below, below + 1 / n - f});
  }
  const double x = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * distance;
  if (x < 0.2) return 1;
  double p = 0;
  for (int k = 1; k < 200; ++k) p += (k % 2 ? 2 : -2) * std::exp(-2. * k * k * x * x);
  return std::clamp(p, 0., 1.);
}

/// Second level: are these p values uniform? A generator that is slightly wrong fails here, not in any one of them.
inline double uniform_p(const std::vector<double>& p) {
  return ks_p(p, [](double x) { return x; });
}

}  // namespace statistics
