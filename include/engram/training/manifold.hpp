#pragma once
/// Smooth random manifolds (Zenke and Vogels 2021): a point x of the unit cube goes to one number in [0, 1] for each of
/// `units` units, which becomes the time of that unit's one spike. For each unit, theta uniform in (0, 1):
///
///     f(x) = prod_d sum_{i=1}^{cut-1} theta0_i/((i+1)^alpha + 1) sin(2 pi (i x_d theta1_i + theta2_i))
///     cut  = min(ceil(0.001^(-1/alpha)), 1000)
///
/// scaled to [0, 1] by the unit's least and largest value over 2000 fixed points. alpha is the smoothness; this is the
/// normalisation of the torch version of `randman` (its numpy version divides by i^alpha).
#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <tuple>
#include <vector>

#include "draw.hpp"
#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// The manifold of one class, drawn from (seed, index).
class RandomManifold {
 public:
  RandomManifold(std::size_t units, std::size_t dimension, double smoothness, Seed seed, std::size_t index)
      : units_(units), dimension_(dimension), cut_(cutoff(smoothness)) {
    require_in("RandomManifold.units", static_cast<double>(units), {1, 1e6});
    require_in("RandomManifold.dimension", static_cast<double>(dimension), {1, 100});
    auto random = draw(seed, Draw::manifold, index);
    terms_.resize(units * dimension * cut_);
    for (std::size_t k = 0; k < terms_.size(); ++k) {
      const double i = static_cast<double>(k % cut_);
      const double amplitude = random.uniform(), frequency = random.uniform(), phase = random.uniform();
      terms_[k] = {k % cut_ == 0 ? 0 : amplitude / (std::pow(i + 1, smoothness) + 1), i * frequency, phase};
    }
    scale(seed, index);
  }

  /// Number of terms of the series.
  static std::size_t cutoff(double smoothness) {
    require_in("RandomManifold.smoothness", smoothness, {0.1, 100});
    return static_cast<std::size_t>(std::min(std::ceil(std::pow(1e-3, -1 / smoothness)), 1000.0));
  }

  /// The point x (one number in [0, 1] per dimension) on the manifold, unit by unit.
  void embed(std::span<const double> x, std::span<double> y) const {
    for (std::size_t unit = 0; unit < units_; ++unit)
      y[unit] = std::clamp((raw(unit, x) - low_[unit]) / (high_[unit] - low_[unit]), 0.0, 1.0);
  }
  std::size_t dimension() const { return dimension_; }

 private:
  struct Term {
    double amplitude, frequency, phase;
  };

  double raw(std::size_t unit, std::span<const double> x) const {
    double product = 1;
    for (std::size_t d = 0; d < dimension_; ++d) {
      double sum = 0;
      const Term* terms = &terms_[(unit * dimension_ + d) * cut_];
      for (std::size_t i = 1; i < cut_; ++i)
        sum += terms[i].amplitude * std::sin(2 * std::numbers::pi * (terms[i].frequency * x[d] + terms[i].phase));
      product *= sum;
    }
    return product;
  }

  void scale(Seed seed, std::size_t index) {
    low_.assign(units_, std::numeric_limits<double>::max());
    high_.assign(units_, std::numeric_limits<double>::lowest());
    auto random = draw(seed, Draw::scale, index);
    std::vector<double> x(dimension_);
    for (int point = 0; point < 2000; ++point) {
      for (double& each : x) each = random.uniform();
      for (std::size_t unit = 0; unit < units_; ++unit) {
        const double y = raw(unit, x);
        low_[unit] = std::min(low_[unit], y);
        high_[unit] = std::max(high_[unit], y);
      }
    }
  }

  std::size_t units_, dimension_, cut_;
  std::vector<Term> terms_;
  std::vector<double> low_, high_;
};

}  // namespace engram::inline ENGRAM_ABI::training
