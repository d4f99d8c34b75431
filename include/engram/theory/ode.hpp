#pragma once
/// Ordinary differential equations with bounds: the embedded pair of Dormand and Prince (1980), order 5 with error control
/// of order 4. A component that sits on a bound and would leave it stands still.
#include <Eigen/Core>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::theory {

struct OdeOptions {
  double relative = 1e-6;   ///< tolerance, per component
  double absolute = 1e-9;
  int max_steps = 100000;
};

struct OdeBounds {
  Eigen::VectorXd lower, upper;  ///< empty: none
};

class BoundedOde {
 public:
  using Derivative = std::function<Eigen::VectorXd(double, const Eigen::VectorXd&)>;

  BoundedOde(Derivative f, OdeBounds bounds = {}, OdeOptions options = {}) : f_(std::move(f)), bounds_(std::move(bounds)), options_(options) {
    require_in("OdeOptions.relative", options_.relative, {0, 1, true, true});
    require_in("OdeOptions.absolute", options_.absolute, positive);
  }

  /// The states at `times` (ascending; the first is that of `y`). Throws numerical_error when the steps run out or the
  /// state leaves the numbers.
  std::vector<Eigen::VectorXd> solve(Eigen::VectorXd y, const std::vector<double>& times) {
    std::vector<Eigen::VectorXd> out{clamped(y)};
    if (times.empty()) return {};
    double step = 0;
    for (std::size_t k = 1; k < times.size(); ++k) out.push_back(advance(out.back(), times[k - 1], times[k], step));
    return out;
  }

  std::size_t evaluations() const { return evaluations_; }

 private:
  Eigen::VectorXd clamped(const Eigen::VectorXd& y) const {
    return bounds_.lower.size() == 0 ? y : Eigen::VectorXd(y.cwiseMax(bounds_.lower).cwiseMin(bounds_.upper));
  }

  Eigen::VectorXd slope(double t, const Eigen::VectorXd& y) {
    ++evaluations_;
    const Eigen::VectorXd inside = clamped(y);
    Eigen::VectorXd d = f_(t, inside);
    for (Eigen::Index k = 0; bounds_.lower.size() > 0 && k < d.size(); ++k)
      if ((inside(k) <= bounds_.lower(k) && d(k) < 0) || (inside(k) >= bounds_.upper(k) && d(k) > 0)) d(k) = 0;
    return d;
  }

  Eigen::VectorXd advance(Eigen::VectorXd y, double t, double end, double& step) {
    if (step <= 0) step = (end - t) / 16;
    for (int n = 0; t < end; ++n) {
      const bool last = step >= end - t;
      const double h = last ? end - t : step;
      const auto [next, error] = attempt(t, y, h);
      if (!std::isfinite(error) || n > options_.max_steps)
        throw numerical_error("weights", 0, static_cast<std::uint64_t>(n), error, "the integration in time does not advance");
      const double factor = std::clamp(0.9 * std::pow(std::max(error, 1e-10), -0.2), 0.2, 5.);
      if (error <= 1) y = next, t = last ? end : t + h;
      if (!(last && error <= 1)) step = h * factor;  // a step cut at the end says nothing of the next
      else step = std::max(step, h * factor);
    }
    return y;
  }

  /// One step: the new state, and its error over the tolerance.
  std::pair<Eigen::VectorXd, double> attempt(double t, const Eigen::VectorXd& y, double h) {
    static constexpr std::array<double, 7> c{0, 0.2, 0.3, 0.8, 8. / 9, 1, 1};
    static constexpr double a[7][6] = {{},
                                       {1. / 5},
                                       {3. / 40, 9. / 40},
                                       {44. / 45, -56. / 15, 32. / 9},
                                       {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
                                       {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
                                       {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}};
    static constexpr std::array<double, 7> e{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40};
    std::array<Eigen::VectorXd, 7> k;
    Eigen::VectorXd next = y, error = Eigen::VectorXd::Zero(y.size());
    for (std::size_t s = 0; s < 7; ++s) {
      next = y;
      for (std::size_t j = 0; j < s; ++j) next += h * a[s][j] * k[j];
      k[s] = slope(t + c[s] * h, next);
      error += h * e[s] * k[s];
    }
    next = clamped(next);
    const Eigen::ArrayXd scale = options_.absolute + options_.relative * y.array().abs().max(next.array().abs());
    return {next, (error.array() / scale).abs().maxCoeff()};
  }

  Derivative f_;
  OdeBounds bounds_;
  OdeOptions options_;
  std::size_t evaluations_ = 0;
};

}  // namespace engram::inline ENGRAM_ABI::theory
