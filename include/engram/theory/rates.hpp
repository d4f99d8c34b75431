#pragma once
/// Rates that are consistent with the weights: r_a = f_a(mu_a), mu_a = mu_ext + area sum_c N_c p_ac W_ac r_c.
#include <Eigen/LU>
#include <memory>
#include <vector>

#include "populations.hpp"
#include "transfer.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// One table for each population; populations of like neurons share one.
using Transfers = std::vector<std::shared_ptr<const Transfer>>;

/// dmu_a/dr_c = area N_c p_ac W_ac, mV ms.
inline Eigen::MatrixXd coupling(const PopulationNetwork& net, const Exponential& filter, const Eigen::MatrixXd& W) {
  return filter.area().value * net.probability.cwiseProduct(W) * net.size.asDiagonal();
}

/// Self-consistent rates (1/ms) by Newton's method, from `rates`; populations with hold(a) != 0 keep theirs. Throws
/// config_error where there is no stationary state within the tables.
inline Eigen::VectorXd self_consistent_rates(const PopulationNetwork& net, const Exponential& filter, const Transfers& f,
                                             const Eigen::MatrixXd& W, Eigen::VectorXd rates, const Eigen::VectorXi& hold) {
  const Eigen::MatrixXd M = coupling(net, filter, W);
  const auto n = net.count();
  const auto residual = [&](const Eigen::VectorXd& r) {
    Eigen::VectorXd out = Eigen::VectorXd::Zero(n);
    const Eigen::VectorXd mu = net.input + M * r;
    for (Eigen::Index a = 0; a < n; ++a)
      if (!hold(a)) out(a) = f[static_cast<std::size_t>(a)]->rate(mu(a)) - r(a);
    return out;
  };
  const auto newton = [&](const Eigen::VectorXd& r, const Eigen::VectorXd& error) {
    Eigen::MatrixXd J = -Eigen::MatrixXd::Identity(n, n);
    const Eigen::VectorXd mu = net.input + M * r;
    for (Eigen::Index a = 0; a < n; ++a)
      if (!hold(a)) J.row(a) += f[static_cast<std::size_t>(a)]->slope(mu(a)) * M.row(a);
    return Eigen::VectorXd(-J.partialPivLu().solve(error));
  };
  Eigen::VectorXd error = residual(rates);
  for (int k = 0; k < 100 && error.cwiseAbs().maxCoeff() > 1e-13; ++k) {
    const Eigen::VectorXd step = newton(rates, error);
    double length = std::min(1., 0.01 / std::max(1e-300, step.cwiseAbs().maxCoeff()));  // at most 10 Hz at a time
    Eigen::VectorXd next = rates + length * step;
    while (length > 1e-3 && residual(next).norm() > error.norm()) next = rates + (length /= 2) * step;
    rates = next, error = residual(next);
  }
  if (!(error.cwiseAbs().maxCoeff() < 1e-9))
    throw config_error("weights", "no self-consistent rates (error " + number_text(error.cwiseAbs().maxCoeff() * 1e3) + " Hz)",
                       "a network with a stationary state");
  return rates;
}

/// Variance (mV^2) that the spikes of the network add to the membrane's own noise in each population, as that of an equivalent
/// white noise: sum_c N_c p_ac r_c (area W_ac)^2 / (2 (tau + tau_syn)), the variance it gives a leaky membrane. `weight_square` is the
/// mean square weight per synapse, mV^2.
inline Eigen::VectorXd recurrent_variance(const PopulationNetwork& net, const Exponential& filter, Time tau,
                                          const Eigen::MatrixXd& weight_square, const Eigen::VectorXd& rates) {
  const Eigen::MatrixXd per_spike = net.probability.cwiseProduct(weight_square) * net.size.asDiagonal();
  return filter.area().value * filter.area().value / (2 * (tau.value + filter.tau.value)) * per_spike * rates;
}

/// Weights whose homeostatic inhibition balances the excitation, so that every held population has the rate `target`: the
/// plastic synapses from inhibitory populations are set to the one weight that does it (Eq. 16, r^p meaning r_I), within its
/// bounds if `bounded`.
inline Eigen::MatrixXd balanced(const PopulationNetwork& net, const Exponential& filter, const Transfers& f,
                                Eigen::MatrixXd W, const Eigen::VectorXd& rates, const Eigen::VectorXd& target,
                                bool bounded = true) {
  for (Eigen::Index a = 0; a < net.count(); ++a) {
    if (net.target(a) <= 0) continue;
    double drive = net.input(a), inhibition = 0;  // inhibition: mV of drive for each mV of weight
    for (Eigen::Index c = 0; c < net.count(); ++c) {
      const double per_weight = filter.area().value * net.size(c) * net.probability(a, c) * rates(c);
      (net.inhibitory(c) && net.rule(a, c) >= 0 ? inhibition : drive) += per_weight * (net.inhibitory(c) && net.rule(a, c) >= 0 ? 1 : W(a, c));
    }
    if (!(inhibition > 0))
      throw config_error("PopulationNetwork.inhibitory", "no plastic inhibition of a population with a target rate", "some");
    const double needed = (f[static_cast<std::size_t>(a)]->input_for(target(a)) - drive) / inhibition;
    for (Eigen::Index c = 0; c < net.count(); ++c)
      if (net.inhibitory(c) && net.rule(a, c) >= 0) W(a, c) = bounded ? std::clamp(needed, net.lower(a, c), net.upper(a, c)) : needed;
  }
  return W;
}

}  // namespace engram::inline ENGRAM_ABI::theory
