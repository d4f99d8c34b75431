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
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <complex>
#include <vector>

#include "populations.hpp"
#include "response.hpp"

namespace engram::inline ENGRAM_ABI::theory {

namespace detail {

/// Throws if the expansion in the weights does not converge at this frequency.
template <class Matrix>
void require_spectral_radius(const Matrix& M, double omega) {
  if (M.cwiseAbs().rowwise().sum().maxCoeff() < 1) return;  // bounds the radius
  const double radius = Eigen::ComplexEigenSolver<Eigen::MatrixXcd>(Eigen::MatrixXcd(M), false).eigenvalues().cwiseAbs().maxCoeff();
  if (!(radius < 1))
    throw config_error("spectral radius of W K", number_text(radius) + " at " + number_text(omega) + " rad/ms", "below 1");
}

/// All order sums at one frequency.
template <class Matrix>
class AllOrders {
 public:
  using complex = std::complex<double>;
  AllOrders(const PopulationNetwork& net, const Eigen::MatrixXd& mean_weight, std::vector<const Cell*> cells)
      : net_(net), mean_(mean_weight.cast<complex>()), cells_(std::move(cells)), power_(signal_power(net)) {}

  Matrix at(Eigen::Index k, const Eigen::MatrixXd& W, double omega, bool check) const {
    const auto n = net_.count();
    Matrix G = mean_;
    for (Eigen::Index a = 0; a < n; ++a) G.row(a) *= cell(a).K(k);
    const Matrix M = G * net_.size.template cast<complex>().asDiagonal();
    if (check) require_spectral_radius(M, omega);
    const Matrix inverse = (Matrix::Identity(n, n) - M).partialPivLu().inverse();
    const Matrix D = inverse * G;
    Matrix C0 = Matrix::Zero(n, n), signal = Matrix::Zero(n, n);
    for (Eigen::Index a = 0; a < n; ++a) C0(a, a) = cell(a).spectrum(k);
    Matrix C = D * C0 + C0 * D.adjoint() + D * (net_.size.template cast<complex>().asDiagonal() * C0) * D.adjoint();
    for (Eigen::Index a = 0; a < n; ++a)
      for (Eigen::Index b = 0; b < n; ++b) {
        C(a, b) += (1 - net_.probability(a, b)) * W(a, b) * cell(a).K(k) * cell(b).spectrum(k);
        if (power_.size() > 0) signal(a, b) = power_(a, b) * cell(a).chi(k) * std::conj(cell(b).chi(k));
      }
    if (power_.size() > 0) C += inverse * signal * inverse.adjoint();
    return C;
  }

  static Eigen::MatrixXd signal_power(const PopulationNetwork& net) {
    if (net.signal.cols() == 0) return {};
    return net.signal * net.signal.transpose();
  }

 private:
  const Cell& cell(Eigen::Index a) const { return *cells_[static_cast<std::size_t>(a)]; }

  const PopulationNetwork& net_;
  Matrix mean_;
  std::vector<const Cell*> cells_;
  Eigen::MatrixXd power_;
};

using SmallMatrix = Eigen::Matrix<std::complex<double>, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, 8, 8>;

}  // namespace detail

/// The mean covariance C_ab(w) of pairs with a synapse, for every frequency of the grid: one column for each block, (a, b)
/// at column a + b n. 1/ms. Throws config_error where the spectral radius of W K reaches 1.
inline Eigen::MatrixXcd pair_covariance(const PopulationNetwork& net, const Eigen::MatrixXd& W, const std::vector<const Cell*>& cells,
                                        const FrequencyGrid& grid) {
  const auto n = net.count();
  const Eigen::MatrixXd mean = net.probability.cwiseProduct(W);
  Eigen::MatrixXcd out(grid.size(), n * n);
  const auto fill = [&](const auto& orders) {
    for (Eigen::Index k = 0; k < grid.size(); ++k) {
      const auto C = orders.at(k, W, grid.omega()(k), k % 15 == 0);
      for (Eigen::Index b = 0; b < n; ++b)
        for (Eigen::Index a = 0; a < n; ++a) out(k, a + b * n) = C(a, b);
    }
  };
  if (n <= 8) fill(detail::AllOrders<detail::SmallMatrix>(net, mean, cells));
  else fill(detail::AllOrders<Eigen::MatrixXcd>(net, mean, cells));
  return out;
}

}  // namespace engram::inline ENGRAM_ABI::theory
