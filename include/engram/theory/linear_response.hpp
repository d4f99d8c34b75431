#pragma once
/// Linear response of a whole network: cross-spectra of all pairs of neurons and the drift of every single synapse,
///
///     C(w) = (I - W K)^-1 (C0 + chi S chi^H) (I - W K)^-H,    (W K)_ij = K_i(w) W_ij
///
/// W the full weight matrix, (post, pre), mV; S_ij the power of common white signals. Cost: one LU of the size of the
/// network for each frequency; give a coarse FrequencyGrid for large ones. Sources: Lindner et al. 2005, Trousdale et al. 2012.
#include <Eigen/LU>
#include <span>

#include "motifs.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// Modulus of the largest eigenvalue, by the growth of a vector under repeated multiplication.
inline double spectral_radius(const Eigen::MatrixXcd& M, int iterations = 300) {
  Eigen::VectorXcd v(M.rows());
  for (Eigen::Index k = 0; k < v.size(); ++k) v(k) = std::polar(1., 2.399963 * static_cast<double>(k * k));  // no symmetry
  double growth = 0;
  for (int k = 0; k < iterations; ++k) {
    v = M * v;
    const double norm = v.norm();
    if (!(norm > 0)) return 0;
    if (k >= iterations / 2) growth += std::log(norm);
    v /= norm;
  }
  return std::exp(growth / (iterations - iterations / 2));
}

class LinearResponse {
 public:
  /// `kind[i]` says which of `cells` neuron i is. `signal` (neuron, signal): strengths of common white noise, mV ms^1/2.
  LinearResponse(Eigen::MatrixXd W, std::vector<std::size_t> kind, std::vector<Cell> cells, FrequencyGrid grid,
                 Eigen::MatrixXd signal = {})
      : W_(std::move(W)), kind_(std::move(kind)), cells_(std::move(cells)), grid_(std::move(grid)), signal_(std::move(signal)) {
    const auto n = static_cast<Eigen::Index>(kind_.size());
    if (W_.rows() != n || W_.cols() != n)
      throw config_error("LinearResponse.W", std::to_string(W_.rows()) + " x " + std::to_string(W_.cols()), std::to_string(n) + " neurons squared");
    if (signal_.size() > 0 && signal_.rows() != n)
      throw config_error("LinearResponse.signal", std::to_string(signal_.rows()) + " rows", std::to_string(n));
    for (std::size_t each : kind_) require_in("LinearResponse.kind", static_cast<double>(each), {0, static_cast<double>(cells_.size()), false, true});
  }

  const FrequencyGrid& grid() const { return grid_; }

  /// C(w) at node k of the grid, 1/ms. Throws config_error where the spectral radius of W K is 1 or more.
  Eigen::MatrixXcd cross_spectrum(Eigen::Index k) const {
    const auto n = W_.rows();
    const Eigen::VectorXcd K = per_neuron([&](const Cell& c) { return c.K(k); });
    const Eigen::MatrixXcd M = K.asDiagonal() * W_.cast<std::complex<double>>();
    require_convergence(M, k);
    const Eigen::MatrixXcd propagator = (Eigen::MatrixXcd::Identity(n, n) - M).partialPivLu().inverse();
    const Eigen::VectorXcd C0 = per_neuron([&](const Cell& c) { return std::complex<double>(c.spectrum(k)); });
    if (signal_.size() == 0) return propagator * C0.asDiagonal() * propagator.adjoint();
    const Eigen::MatrixXcd driven = propagator * (per_neuron([&](const Cell& c) { return c.chi(k); }).asDiagonal() * signal_.cast<std::complex<double>>());
    return propagator * C0.asDiagonal() * propagator.adjoint() + driven * driven.adjoint();
  }

  /// integral L(s) C_ij(s) ds for every pair i <- j, mV/ms; the diagonal means nothing.
  Eigen::MatrixXd covariance_drift(const WindowSpectrum& rule) const {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(W_.rows(), W_.cols());
    for (Eigen::Index k = 0; k < grid_.size(); ++k)
      out += grid_.weight()(k) / std::numbers::pi * (std::conj(rule.transform(k)) * cross_spectrum(k)).real();
    return out;
  }

  /// The same with what chance adds: r_i r_j S0 + r_j d_pre + r_i d_post, at the rates given (1/ms) or else the cells'.
  Eigen::MatrixXd drift(const WindowSpectrum& rule, const Eigen::VectorXd& rates = {}) const {
    const Eigen::VectorXd r = rates.size() > 0 ? rates : Eigen::VectorXd(per_neuron([](const Cell& c) { return std::complex<double>(c.rate); }).real());
    const Eigen::VectorXd one = Eigen::VectorXd::Ones(r.size());
    return covariance_drift(rule) + rule.S0 * r * r.transpose() + rule.per_pre * one * r.transpose() + rule.per_post * r * one.transpose();
  }

 private:
  Eigen::VectorXcd per_neuron(const auto& value) const {
    Eigen::VectorXcd out(static_cast<Eigen::Index>(kind_.size()));
    for (std::size_t i = 0; i < kind_.size(); ++i) out(static_cast<Eigen::Index>(i)) = value(cells_[kind_[i]]);
    return out;
  }

  void require_convergence(const Eigen::MatrixXcd& M, Eigen::Index k) const {
    if (k % 15 != 0) return;  // once a panel: the susceptibility is smooth
    const double bound = std::min(M.cwiseAbs().rowwise().sum().maxCoeff(), M.cwiseAbs().colwise().sum().maxCoeff());
    if (bound < 1) return;
    const double radius = spectral_radius(M);
    if (!(radius < 1))
      throw config_error("spectral radius of W K", number_text(radius) + " at " + number_text(grid_.omega()(k)) + " rad/ms", "below 1");
  }

  Eigen::MatrixXd W_;
  std::vector<std::size_t> kind_;
  std::vector<Cell> cells_;
  FrequencyGrid grid_;
  Eigen::MatrixXd signal_;
};

}  // namespace engram::inline ENGRAM_ABI::theory
