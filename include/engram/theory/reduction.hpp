#pragma once
/// The fate of two assemblies reduced to the weight between them (Yang and Doiron 2025, Eq. 18): all other weights at
/// their bound, inhibition at its balance,
///
///     dW_AB/dt = k0 + k1 W_AB + k2 W_AB^2      (at order two; at all orders the flow is no polynomial)
///
/// Two corrections to the paper: D_0 has (gamma_E + lambda)/2 where (gamma_E - lambda)(1 + lambda)/2 is printed, and r_I is the
/// self-consistent rate of the inhibitory neurons.
#include <array>
#include <optional>

#include "mean_field.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// k0 + k1 W + k2 W^2.
struct Quadratic {
  double k0 = 0, k1 = 0, k2 = 0;
  double operator()(double w) const { return k0 + w * (k1 + w * k2); }

  /// Through three points.
  static Quadratic through(std::array<double, 3> x, std::array<double, 3> y) {
    const double d01 = (y[1] - y[0]) / (x[1] - x[0]), d12 = (y[2] - y[1]) / (x[2] - x[1]);
    const double k2 = (d12 - d01) / (x[2] - x[0]), k1 = d01 - k2 * (x[0] + x[1]);
    return {y[0] - x[0] * (k1 + k2 * x[0]), k1, k2};
  }
};

/// The closed form for the paper's W_AB = N p w_AB in mV, time in ms, from the coefficients of a mean field of order two.
inline Quadratic reduced_closed_form(const AssemblyPopulations& two, const Exponential& filter, const MotifCoefficients& E,
                                     const MotifCoefficients& via_I, double r_E, double r_I, double mu_target) {
  const double N = two.N_E + two.N_I, gamma_E = two.N_E / N, gamma_I = two.N_I / N, p = two.p;
  const double W_max = N * p * two.W_EE_max.value, W_IE = N * p * two.W_IE.value;
  const double mu_diff = (mu_target - two.mu.value) / (filter.area().value * r_I * gamma_I);
  const double D0 = mu_diff - r_E / (r_I * gamma_I) * (gamma_E + two.lambda) / 2 * W_max;
  const double D1 = r_E * (gamma_E - two.lambda) / (2 * r_I * gamma_I);
  const double S2 = E.Scc.value + E.Sfc.value + E.Sbc.value;
  const double Icc = via_I.Scc.value, Ifb = via_I.Sfc.value + via_I.Sbc.value;
  return {N * p * r_E * r_E * E.S0 + p * gamma_I * D0 * (Icc * D0 + Ifb * W_IE) + p * S2 * two.lambda * W_max * W_max,
          E.Sf.value + p * E.Sb.value - p * gamma_I * D1 * (2 * Icc * D0 + Ifb * W_IE) + p * S2 * (gamma_E - two.lambda) * W_max,
          p * gamma_I * Icc * D1 * D1};
}

/// dx_AB/dt (1/ms) as a function of x_AB, the others given as fractions of the bound.
class ReducedFlow {
 public:
  ReducedFlow(const AssemblyPopulations& two, const MeanField& field, AssemblyPopulations::Fractions others = {1, 0, 1, 1, 1})
      : two_(two), field_(field), others_(others) {}

  double operator()(double x) const {
    auto at = others_;
    at.AB = x;
    return two_.fractions(field_.drift(two_.weights(at))).AB;
  }
  /// k0, k1, k2 for x in [0, 1]: exact at order two, the parabola through 0, 1/2 and 1 at all orders. 1/ms.
  Quadratic quadratic() const { return Quadratic::through({0, 0.5, 1}, {(*this)(0), (*this)(0.5), (*this)(1)}); }

 private:
  const AssemblyPopulations& two_;
  const MeanField& field_;
  AssemblyPopulations::Fractions others_;
};

/// A zero of f between `low` and `high`, where f has opposite signs (Illinois variant of regula falsi).
inline double root(const auto& f, double low, double high, double tolerance = 1e-10) {
  double a = low, b = high, fa = f(a), fb = f(b);
  if (fa == 0) return a;
  if (!(fa * fb <= 0)) throw config_error("root", "no change of sign in [" + number_text(low) + ", " + number_text(high) + "]", "one");
  for (int k = 0; k < 200 && std::abs(b - a) > tolerance; ++k) {
    const double c = (a * fb - b * fa) / (fb - fa), fc = f(c);
    if (fc == 0) return c;
    if (fc * fb < 0) a = b, fa = fb;
    else fa /= 2;
    b = c, fb = fc;
  }
  return b;
}

struct FixedPoint {
  double x;
  bool stable;
};

/// The fixed points of dx/dt = f(x) in (low, high): changes of sign on `cells` cells, each refined.
inline std::vector<FixedPoint> fixed_points(const auto& f, double low = 0, double high = 1, int cells = 64) {
  std::vector<FixedPoint> out;
  double left = low, value = f(low);
  for (int k = 1; k <= cells; ++k) {
    const double right = low + (high - low) * k / cells, next = f(right);
    if ((value < 0) != (next < 0)) out.push_back({root(f, left, right), next < 0});
    left = right, value = next;
  }
  return out;
}

/// Where growth begins: the lowest unstable fixed point, 0 if the weight grows from 0, nothing if it decays everywhere.
inline std::optional<double> threshold(const auto& f, double low = 0, double high = 1, int cells = 64) {
  if (f(low) >= 0) return low;
  for (const auto& point : fixed_points(f, low, high, cells))
    if (!point.stable) return point.x;
  return std::nullopt;
}

}  // namespace engram::inline ENGRAM_ABI::theory
