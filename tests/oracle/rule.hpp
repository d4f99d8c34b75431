#pragma once
/// An independent reading of the model, for tests only: plain double, one loop after the other, nothing taken from
/// include/engram. What is tested against it was written from the same equations but shares no line with it.
///
/// Here: pair rules as the equations state them, one function for each side of the window.
#include <cmath>
#include <functional>

namespace oracle {

/// L(s), s = t_post - t_pre in ms, in mV; and what every spike adds without a partner.
struct Rule {
  std::function<double(double)> after;   ///< L(s) for s > 0, and its limit at s = 0+
  std::function<double(double)> before;  ///< L(s) for s < 0, and its limit at s = 0-
  double per_pre = 0;
  double per_post = 0;

  double operator()(double s) const {
    if (s > 0) return after(s);
    if (s < 0) return before(s);
    return (after(0) + before(0)) / 2;
  }
};

/// f+ exp(-s/tau+), s > 0;  -f- exp(s/tau-), s < 0.
inline Rule causal(double f_plus, double f_minus, double tau_plus, double tau_minus) {
  return {[=](double s) { return f_plus * std::exp(-s / tau_plus); },
          [=](double s) { return -f_minus * std::exp(s / tau_minus); }};
}

/// f+ exp(-s/tau+) (T+ - s), s > 0;  f- exp(s/tau-) (T- + s), s < 0.
inline Rule acausal(double f_plus, double f_minus, double T_plus, double T_minus, double tau_plus, double tau_minus) {
  return {[=](double s) { return f_plus * std::exp(-s / tau_plus) * (T_plus - s); },
          [=](double s) { return f_minus * std::exp(s / tau_minus) * (T_minus + s); }};
}

/// f exp(-|s|/tau), and d for every presynaptic spike.
inline Rule homeostatic(double f, double d, double tau) {
  return {[=](double s) { return f * std::exp(-std::abs(s) / tau); },
          [=](double s) { return f * std::exp(-std::abs(s) / tau); }, d};
}

/// kappa a + (1 - kappa) b.
inline Rule mix(double kappa, const Rule& a, const Rule& b) {
  return {[=](double s) { return kappa * a.after(s) + (1 - kappa) * b.after(s); },
          [=](double s) { return kappa * a.before(s) + (1 - kappa) * b.before(s); },
          kappa * a.per_pre + (1 - kappa) * b.per_pre, kappa * a.per_post + (1 - kappa) * b.per_post};
}

}  // namespace oracle
