#pragma once
/// A network as the mean field sees it: populations of like neurons and blocks of synapses between them.
///
/// Weights here are per existing synapse, mV: W(a, b) is the mean over the synapses that exist from b to a. Divided by its
/// bound it is `x`, the fraction of the bound. The paper's W_ab counts absent pairs too and divides by epsilon = 1/N:
/// `pairwise()` and `per_synapse()` go between the two.
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// All matrices are (target, source).
struct PopulationNetwork {
  std::vector<std::string> name;
  Eigen::VectorXd size;         ///< neurons in each population; may be 0 and need not be whole
  Eigen::VectorXd input;        ///< external mean input, mV
  Eigen::MatrixXd probability;  ///< of a synapse between two neurons
  Eigen::MatrixXi rule;         ///< index of the plasticity rule of a block; -1: static
  Eigen::MatrixXd lower, upper; ///< bounds of the weights, mV
  Eigen::MatrixXd signal;       ///< (population, signal): strength sigma_train sqrt(2 tau) of a common white noise, mV ms^1/2
  Eigen::VectorXi inhibitory;   ///< 1 where the plastic synapses of a population keep their targets' rates
  Eigen::VectorXd target;       ///< rate that inhibition holds a population at, 1/ms; 0: not held

  Eigen::Index count() const { return size.size(); }
  double total() const { return size.sum(); }

  /// An empty description of n populations.
  static PopulationNetwork of(std::vector<std::string> names) {
    const auto n = static_cast<Eigen::Index>(names.size());
    const auto zeros = Eigen::MatrixXd::Zero(n, n);
    return {std::move(names), Eigen::VectorXd::Zero(n), Eigen::VectorXd::Zero(n), zeros, Eigen::MatrixXi::Constant(n, n, -1),
            zeros, zeros, Eigen::MatrixXd::Zero(n, 0), Eigen::VectorXi::Zero(n), Eigen::VectorXd::Zero(n)};
  }

  void check() const {
    const auto n = count();
    const auto square = [&](const char* field, Eigen::Index rows, Eigen::Index cols) {
      if (rows != n || cols != n)
        throw config_error(std::string("PopulationNetwork.") + field, std::to_string(rows) + " x " + std::to_string(cols),
                           std::to_string(n) + " x " + std::to_string(n));
    };
    square("probability", probability.rows(), probability.cols());
    square("rule", rule.rows(), rule.cols());
    square("lower", lower.rows(), lower.cols());
    square("upper", upper.rows(), upper.cols());
    square("name, input, inhibitory, target", std::min({static_cast<Eigen::Index>(name.size()), input.size(), inhibitory.size()}), target.size());
    if (signal.rows() != n) throw config_error("PopulationNetwork.signal", std::to_string(signal.rows()) + " rows", std::to_string(n));
    for (Eigen::Index a = 0; a < n; ++a) check_population(a);
  }

 private:
  void check_population(Eigen::Index a) const {
    const auto label = "PopulationNetwork(" + name[static_cast<std::size_t>(a)] + ")";
    require_in(label + ".size", size(a), non_negative, "neurons");
    require_in(label + ".input", input(a), any_finite, "mV");
    require_in(label + ".target", target(a), non_negative, "1/ms");
    for (Eigen::Index b = 0; b < count(); ++b) {
      require_in(label + ".probability", probability(a, b), fraction);
      require_in(label + ".upper", upper(a, b), {lower(a, b), any_finite.high}, "mV");
    }
  }
};

/// The paper's W_ab = N p w_ab, mV.
inline Eigen::MatrixXd pairwise(const PopulationNetwork& net, const Eigen::MatrixXd& per_synapse) {
  return net.total() * net.probability.cwiseProduct(per_synapse);
}
/// The mean over existing synapses of weights given as the paper's W_ab; 0 where no synapse exists.
inline Eigen::MatrixXd per_synapse(const PopulationNetwork& net, const Eigen::MatrixXd& pairwise) {
  return (net.probability.array() > 0).select(pairwise.array() / (net.total() * net.probability.array()), 0.).matrix();
}

/// Two assemblies that share members: populations A, B (exclusive members), O (overlap) and I, as in Yang and Doiron 2025.
struct AssemblyPopulations {
  double N_E = 800, N_I = 200;
  double lambda = 0.1;  ///< members of the overlap over all neurons, N_O/N
  double p = 0.1;
  Voltage W_EE_max{0.24}, W_EI_max{-0.96}, W_IE{0.08}, W_II{-0.32};
  Voltage mu{0};
  Voltage sigma_train{0};  ///< of the common signals sigma_train sqrt(2 tau) xi; 0: no training
  Time tau{20};            ///< membrane time constant in it
  Rate target{0.012};

  static constexpr Eigen::Index A = 0, B = 1, O = 2, I = 3;
  static constexpr int excitatory_rule = 0, inhibitory_rule = 1;

  PopulationNetwork network() const {
    require_in("AssemblyPopulations.N_E", N_E, positive, "neurons");
    require_in("AssemblyPopulations.N_I", N_I, positive, "neurons");
    require_in("AssemblyPopulations.lambda", lambda, {0, N_E / (N_E + N_I)});
    auto net = PopulationNetwork::of({"A", "B", "O", "I"});
    const double overlap = lambda * (N_E + N_I), exclusive = (N_E - overlap) / 2;
    net.size << exclusive, exclusive, overlap, N_I;
    net.input.setConstant(mu.value);
    net.probability.setConstant(p);
    net.rule.topLeftCorner<3, 3>().setConstant(excitatory_rule);
    net.rule.topRightCorner<3, 1>().setConstant(inhibitory_rule);
    net.upper.topLeftCorner<3, 3>().setConstant(W_EE_max.value);
    net.lower.topRightCorner<3, 1>().setConstant(W_EI_max.value);
    net.lower.row(I) << W_IE.value, W_IE.value, W_IE.value, W_II.value;
    net.upper.row(I) = net.lower.row(I);
    net.inhibitory(I) = 1;
    net.target.head<3>().setConstant(target.value);
    if (sigma_train.value != 0) {
      net.signal = Eigen::MatrixXd::Zero(4, 2);
      net.signal(A, 0) = net.signal(B, 1) = net.signal(O, 0) = net.signal(O, 1) = sigma_train.value * std::sqrt(2 * tau.value);
    }
    return net;
  }

  /// Weights from fractions of the bound, inhibition left at 0.
  struct Fractions {
    double AA = 0, AB = 0, AO = 0, OA = 0, OO = 0;
  };
  Eigen::MatrixXd weights(const Fractions& x) const {
    Eigen::MatrixXd W = Eigen::MatrixXd::Zero(4, 4);
    W.topLeftCorner<3, 3>() << x.AA, x.AB, x.AO, x.AB, x.AA, x.AO, x.OA, x.OA, x.OO;
    W *= W_EE_max.value;
    W.row(I) << W_IE.value, W_IE.value, W_IE.value, W_II.value;
    return W;
  }
  Fractions fractions(const Eigen::MatrixXd& W) const {
    const double m = W_EE_max.value;
    return {(W(A, A) + W(B, B)) / (2 * m), (W(A, B) + W(B, A)) / (2 * m), (W(A, O) + W(B, O)) / (2 * m),
            (W(O, A) + W(O, B)) / (2 * m), W(O, O) / m};
  }
};

}  // namespace engram::inline ENGRAM_ABI::theory
