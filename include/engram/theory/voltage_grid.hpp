#pragma once
/// The cells of membrane potential over which threshold integration goes down, with the coefficients of each cell.
#include <Eigen/Core>
#include <cmath>

#include "../neuron/integrate_and_fire.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// Cells from the threshold down to where the stationary density is e^-40 of its greatest value; a node lies on the reset.
/// Across a cell P' = G P - q, G = (drift + mu)/sigma^2, q constant, so that P(V - h) = A P(V) + B sigma^2 q with
///
///     A = exp(-integral of G)  (Simpson),   B sigma^2 = integral_0^h exp(-G_0 s - G' s^2/2) ds,  G_0 at the lower node
///
/// to first order in G'. B tends to 1/(G_0 sigma^2) where G_0 h is large: in the upstroke of a spike, where a coefficient
/// taken at the middle of the cell would spoil the order of the whole.
class VoltageGrid {
 public:
  template <IntegrateAndFire Model>
  VoltageGrid(const Model& model, Voltage mu, Voltage sigma, Voltage dV) {
    validate(model, "neuron");
    require_in("mu", mu.value, any_finite, "mV");
    require_in("sigma", sigma.value, positive, "mV");
    const double range = model.cut.value - model.reset.value;
    require_in("ThresholdIntegration.dV", dV.value, {0, range / 4, true}, "mV");
    reset_cell_ = static_cast<Eigen::Index>(std::ceil(range / dV.value - 1e-9));
    step_ = range / static_cast<double>(reset_cell_);
    const double variance = sigma.value * sigma.value;
    const auto slope = [&](double cell) { return (model.drift(model.cut.value - cell * step_) + mu.value) / variance; };
    const Eigen::Index n = reset_cell_ + cells_below(slope, range);
    decay_.resize(n);
    gain_.resize(n);
    potential_ = Eigen::VectorXd::LinSpaced(n + 1, model.cut.value, model.cut.value - static_cast<double>(n) * step_);
    for (Eigen::Index k = 0; k < n; ++k) place(k, slope, variance);
  }

  Eigen::Index cells() const { return decay_.size(); }
  Eigen::Index reset_cell() const { return reset_cell_; }  ///< the first cell below the reset
  double step() const { return step_; }                    ///< mV
  double decay(Eigen::Index k) const { return decay_(k); }  ///< A
  double gain(Eigen::Index k) const { return gain_(k); }    ///< B, 1/mV
  const Eigen::VectorXd& potential() const { return potential_; }

 private:
  void place(Eigen::Index k, const auto& slope, double variance) {
    const double at = static_cast<double>(k);
    const double up = step_ * slope(at), middle = step_ * slope(at + 0.5), low = step_ * slope(at + 1);
    decay_(k) = std::exp(-(up + 4 * middle + low) / 6);
    gain_(k) = (moment(0, low) - (up - low) / 2 * moment(2, low)) * step_ / variance;
  }

  /// integral_0^1 u^n exp(-x u) du for n = 0 and 2.
  static double moment(int n, double x) {
    if (std::abs(x) < 0.05) {  // the closed form cancels: series
      double term = 1, sum = 0;
      for (int k = 0; k < 8; ++k, term *= -x / k) sum += term / (n + 1 + k);
      return sum;
    }
    const double whole = -std::expm1(-x) / x;
    return n == 0 ? whole : (2 * (whole - std::exp(-x)) / x - std::exp(-x)) / x;
  }

  /// The density below the reset is exp(-integral of the slope): it must decay, or there is no stationary state.
  Eigen::Index cells_below(const auto& slope, double range) const {
    double depth = 0, least = 0;
    const auto limit = static_cast<Eigen::Index>(std::min(4e6, 1e3 * range / step_));
    for (Eigen::Index k = 0; k < limit; ++k) {
      depth += slope(static_cast<double>(reset_cell_ + k) + 0.5) * step_;
      if (!std::isfinite(depth)) break;
      least = std::min(least, depth);
      if (depth - least > 40) return k + 1;
    }
    throw config_error("neuron", "no stationary state: the drift does not hold the membrane from below (potential depth " +
                       number_text(depth - least) + " of 40)", "a drift + mu that is positive far below the reset");
  }

  Eigen::Index reset_cell_ = 0;
  double step_ = 0;
  Eigen::VectorXd decay_, gain_, potential_;
};

}  // namespace engram::inline ENGRAM_ABI::theory
