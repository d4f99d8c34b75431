#pragma once
/// Motif coefficients of any pair rule: how fast a motif of synapses around a synapse i <- j changes its weight,
///
///     S = integral L(s) M(s) ds = (1/pi) Re integral_0^inf conj(L(w)) M(w) dw,     s = t_post - t_pre
///
/// with the covariance C_ij(s) = <y_i(t+s) y_j(t)> that the motif makes (i post, in population a; j pre, in b; c between):
///
///     forward        b -> a         K_a C_b            common input   a <- c -> b    K_a C_c conj(K_b)
///     backward       a -> b         C_a conj(K_b)      forward chain  b -> c -> a    K_a K_c C_b
///     signal         a <- s -> b    chi_a conj(chi_b)  backward chain a -> c -> b    C_a conj(K_c K_b)
///
/// Source: Yang and Doiron 2025, Eqs. 10 to 14, with the sign of the lag of their Eq. 7 turned (docs/theory.md).
#include <numbers>

#include "../plasticity/window.hpp"
#include "response.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// A pair rule as the theory sees it: its window on the frequency grid and its constants. Units mV, ms.
struct WindowSpectrum {
  double S0 = 0;               ///< integral of the window, mV ms
  double per_pre = 0;          ///< mV at every presynaptic spike
  double per_post = 0;         ///< mV at every postsynaptic spike
  Eigen::VectorXcd transform;  ///< integral L(s) exp(-i w s) ds, mV ms
};

template <PairRule R>
WindowSpectrum sample(const R& rule, const FrequencyGrid& grid) {
  return {window_integral(rule).value, engram::per_pre(rule).value, engram::per_post(rule).value,
          grid.omega().unaryExpr([&](double w) { return window_transform(rule, w); })};
}

/// integral L(s) C(s) ds for a covariance given by its spectrum on the grid.
inline Integral overlap(const WindowSpectrum& rule, const Eigen::Ref<const Eigen::VectorXcd>& C, const FrequencyGrid& grid) {
  const Integral sum = grid.integrate(rule.transform.conjugate().cwiseProduct(C).real());
  return {sum.value / std::numbers::pi, sum.error / std::numbers::pi};
}

/// The spectra of the motifs, for the synapse i <- j from population b to a.
namespace motif {
inline Eigen::VectorXcd forward(const Cell& a, const Cell& b) { return a.K.cwiseProduct(b.spectrum); }
inline Eigen::VectorXcd backward(const Cell& a, const Cell& b) { return b.K.conjugate().cwiseProduct(a.spectrum); }
inline Eigen::VectorXcd common(const Cell& a, const Cell& b, const Cell& c) {
  return a.K.cwiseProduct(b.K.conjugate()).cwiseProduct(c.spectrum);
}
inline Eigen::VectorXcd forward_chain(const Cell& a, const Cell& b, const Cell& c) {
  return a.K.cwiseProduct(c.K).cwiseProduct(b.spectrum);
}
inline Eigen::VectorXcd backward_chain(const Cell& a, const Cell& b, const Cell& c) {
  return b.K.cwiseProduct(c.K).conjugate().cwiseProduct(a.spectrum);
}
inline Eigen::VectorXcd signal(const Cell& a, const Cell& b) { return a.chi.cwiseProduct(b.chi.conjugate()); }
}  // namespace motif

/// All coefficients of a synapse b -> a with c between. Units: S0 mV ms; Sf, Sb 1/ms; Scc, Sfc, Sbc 1/(ms mV).
struct MotifCoefficients {
  double S0 = 0;
  Integral Sf, Sb, Scc, Sfc, Sbc;
};

/// Throws config_error if the frequency grid leaves an error above `tolerance` of what the coefficient would be without cancellation.
inline MotifCoefficients motif_coefficients(const WindowSpectrum& rule, const Cell& a, const Cell& b, const Cell& c,
                                            const FrequencyGrid& grid, double tolerance = 1e-3) {
  const auto coefficient = [&](const char* name, const Eigen::VectorXcd& M) {
    const Integral s = overlap(rule, M, grid);
    const double scale = grid.weight().dot(rule.transform.cwiseProduct(M).cwiseAbs()) / std::numbers::pi;
    if (!(s.error <= tolerance * scale))
      throw config_error("FrequencyGrid", "a relative error of " + number_text(s.error / scale) + " in " + name,
                         "a finer or wider grid: at most " + number_text(tolerance));
    return s;
  };
  return {rule.S0,
          coefficient("Sf", motif::forward(a, b)),
          coefficient("Sb", motif::backward(a, b)),
          coefficient("Scc", motif::common(a, b, c)),
          coefficient("Sfc", motif::forward_chain(a, b, c)),
          coefficient("Sbc", motif::backward_chain(a, b, c))};
}

}  // namespace engram::inline ENGRAM_ABI::theory
