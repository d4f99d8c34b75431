#pragma once
/// Cross-spectra between the neurons of populations, summed over all orders in the weights:
///
///     C = (I - W K)^-1 (C0 + chi S chi^H) (I - W K)^-H
///
/// averaged over random wiring to leading order in 1/N. With G_ab = K_a p_ab W_ab, N = diag(sizes) and
/// D = (I - G N)^-1 G, the paths from a neuron of b to one of a, the mean over existing synapses i <- j is
///
///     C_ab = D_ab C_b + C_a conj(D_ba) + sum_c N_c D_ac C_c conj(D_bc) + (1 - p_ab) W_ab K_a C_b + signals;
///
/// the term with 1 - p_ab is what a synapse that is known to exist adds to the average one.
#include <Eigen/LU>
#include <cmath>
#include <complex>
#include <vector>

#include "populations.hpp"
#include "response.hpp"

namespace engram::inline ENGRAM_ABI::theory {

namespace detail {

/// Complex matrices as real ones of twice the size, [[Re, -Im], [Im, Re]]: sums, products and inverses go over, the
/// adjoint is the transpose. At a handful of populations this is as fast, and compiles in half the time.
inline void add_complex(Eigen::MatrixXd& M, Eigen::Index a, Eigen::Index b, std::complex<double> z) {
  const auto n = M.rows() / 2;
  M(a, b) += z.real(), M(n + a, n + b) += z.real();
  M(a, n + b) -= z.imag(), M(n + a, b) += z.imag();
}

/// Modulus of the largest eigenvalue by Gelfand's formula, |M^(2^k)|^(1/2^k), by repeated squaring: for small matrices.
inline double gelfand_radius(Eigen::MatrixXd M) {
  double log_radius = 0, weight = 1;
  for (int k = 0; k < 24; ++k, weight /= 2) {
    const double norm = M.norm();
    if (!(norm > 0)) return 0;
    log_radius += weight * std::log(norm);
    const Eigen::MatrixXd unit = M / norm;
    M.noalias() = unit * unit;
  }
  return std::exp(log_radius);
}

/// All order sums at one frequency after another.
class AllOrders {
 public:
  AllOrders(const PopulationNetwork& net, const Eigen::MatrixXd& W, const std::vector<const Cell*>& cells)
      : net_(net), W_(W), cells_(cells), mean_(net.probability.cwiseProduct(W)), size_(net.size.replicate(2, 1)) {
    if (net.signal.cols() > 0) power_ = net.signal * net.signal.transpose();
  }

  Eigen::MatrixXd at(Eigen::Index k, double omega, bool check) const {
    const auto n = net_.count();
    Eigen::MatrixXd G = zero(), C0 = zero();
    for (Eigen::Index a = 0; a < n; ++a) {
      for (Eigen::Index b = 0; b < n; ++b) add_complex(G, a, b, cell(a).K(k) * mean_(a, b));
      add_complex(C0, a, a, cell(a).spectrum(k));
    }
    const Eigen::MatrixXd M = G * size_.asDiagonal();
    if (check) require_convergence(M, omega);
    const auto lu = (Eigen::MatrixXd::Identity(2 * n, 2 * n) - M).partialPivLu();
    const Eigen::MatrixXd D = lu.solve(G), DC = D * C0;
    Eigen::MatrixXd C = DC + DC.transpose() + DC * size_.asDiagonal() * D.transpose();
    for (Eigen::Index a = 0; a < n; ++a)
      for (Eigen::Index b = 0; b < n; ++b)
        add_complex(C, a, b, (1 - net_.probability(a, b)) * W_(a, b) * cell(b).spectrum(k) * cell(a).K(k));
    if (power_.size() > 0) C += signals(k, Eigen::MatrixXd::Identity(2 * n, 2 * n) + D * size_.asDiagonal());
    return C;
  }

 private:
  const Cell& cell(Eigen::Index a) const { return *cells_[static_cast<std::size_t>(a)]; }
  Eigen::MatrixXd zero() const { return Eigen::MatrixXd::Zero(2 * net_.count(), 2 * net_.count()); }

  /// Throws if the expansion in the weights does not converge.
  static void require_convergence(const Eigen::MatrixXd& M, double omega) {
    if (M.cwiseAbs().rowwise().sum().maxCoeff() < 1) return;  // bounds the radius
    const double radius = gelfand_radius(M);
    if (!(radius < 1))
      throw config_error("spectral radius of W K", number_text(radius) + " at " + number_text(omega) + " rad/ms", "below 1");
  }

  Eigen::MatrixXd signals(Eigen::Index k, const Eigen::MatrixXd& propagator) const {
    Eigen::MatrixXd S = zero();
    for (Eigen::Index a = 0; a < net_.count(); ++a)
      for (Eigen::Index b = 0; b < net_.count(); ++b) add_complex(S, a, b, power_(a, b) * cell(a).chi(k) * std::conj(cell(b).chi(k)));
    return propagator * S * propagator.transpose();
  }

  const PopulationNetwork& net_;
  const Eigen::MatrixXd& W_;
  const std::vector<const Cell*>& cells_;
  Eigen::MatrixXd mean_;
  Eigen::VectorXd size_;
  Eigen::MatrixXd power_;
};

}  // namespace detail

/// The mean covariance C_ab(w) of pairs with a synapse, for every frequency of the grid: one column for each block, (a, b)
/// at column a + b n. 1/ms. Throws config_error where the spectral radius of W K reaches 1.
inline Eigen::MatrixXcd pair_covariance(const PopulationNetwork& net, const Eigen::MatrixXd& W, const std::vector<const Cell*>& cells,
                                        const FrequencyGrid& grid) {
  const auto n = net.count();
  const detail::AllOrders orders(net, W, cells);
  Eigen::MatrixXcd out(grid.size(), n * n);
  for (Eigen::Index k = 0; k < grid.size(); ++k) {
    const Eigen::MatrixXd C = orders.at(k, grid.omega()(k), k % 15 == 0);  // the radius once a panel: K is smooth
    for (Eigen::Index b = 0; b < n; ++b)
      for (Eigen::Index a = 0; a < n; ++a) out(k, a + b * n) = {C(a, b), C(n + a, b)};
  }
  return out;
}

}  // namespace engram::inline ENGRAM_ABI::theory
