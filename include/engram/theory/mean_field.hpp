#pragma once
/// Mean field of the weights of any number of populations: matrices in, matrix derivative out,
///
///     dW_ab/dt = r_a r_b S0 + r_b d_pre + r_a d_post + integral L(s) C_ab(s) ds
///
/// W_ab (mV) the mean over existing synapses from b to a, C_ab their mean covariance by linear response: to an order in the
/// weights, or all orders. The paper's five equations (Yang and Doiron 2025, Eq. 17) are the case of two assemblies
/// at order 2 (tests/theory/mean_field.cpp).
#include <optional>

#include "motif_table.hpp"
#include "population_covariance.hpp"
#include "rates.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// Up to how many synapses a path of covariance may cross.
enum class Order { zero = 0, one = 1, two = 2, all = 3 };

/// What plastic inhibition does while excitation changes.
enum class Inhibition {
  balanced,  ///< keeps every held population at its target rate (the paper's Eq. 16)
  at_rest,   ///< is where its own rule comes to rest: covariance with its targets leaves their rates a little off the target
  dynamic    ///< moves by its own rule
};

struct MeanFieldOptions {
  Order order = Order::two;
  Inhibition inhibition = Inhibition::balanced;
  /// false: inhibition that follows does so whatever its bounds, as in the paper's equations.
  bool bounded_inhibition = true;
  /// true: linearise about the rates of the moment. false: about the targets' rates, as the paper does.
  bool follow_rates = false;
  /// true: a neuron that is known to receive a synapse from b fires by (1 - p) W_ab K_a(0) r_b more than the mean of a, which the
  /// chance term then has. So it is in a network whose weights are alike within a block; plastic inhibition, which brings every
  /// single neuron to its target, takes it away in time.
  bool heterogeneous_rates = false;
};

class MeanField {
 public:
  /// `rules` are those that net.rule counts, `transfers` one table per population, tabulated on `grid`.
  MeanField(PopulationNetwork net, Exponential filter, Transfers transfers, std::vector<WindowSpectrum> rules, FrequencyGrid grid,
            MeanFieldOptions options = {})
      : net_(std::move(net)), filter_(filter), transfers_(std::move(transfers)), rules_(std::move(rules)), grid_(std::move(grid)),
        options_(options) {
    net_.check();
    validate(filter_, "synapse");
    if (static_cast<Eigen::Index>(transfers_.size()) != net_.count())
      throw config_error("MeanField.transfers", std::to_string(transfers_.size()), "one for each of " + std::to_string(net_.count()) + " populations");
    if (net_.rule.maxCoeff() >= static_cast<int>(rules_.size()))
      throw config_error("PopulationNetwork.rule", std::to_string(net_.rule.maxCoeff()), "below " + std::to_string(rules_.size()));
    fixed_ = linearise(target_input(), true);
  }

  const PopulationNetwork& network() const { return net_; }
  const FrequencyGrid& grid() const { return grid_; }
  const std::vector<WindowSpectrum>& rules() const { return rules_; }

  /// The weights with inhibition where it follows to; as given if it is dynamic.
  Eigen::MatrixXd settled(const Eigen::MatrixXd& W) const {
    if (options_.inhibition == Inhibition::dynamic) return W;
    const Eigen::VectorXd held = target_rates(W);
    const auto follow = [&](const Eigen::VectorXd& target) { return balanced(net_, filter_, transfers_, W, held, target, options_.bounded_inhibition); };
    Eigen::MatrixXd out = follow(net_.target);
    for (int k = 0; options_.inhibition == Inhibition::at_rest && k < 2; ++k) out = follow(resting_rates(out));  // the shift is small
    return out;
  }

  /// Self-consistent rates at these weights, 1/ms.
  Eigen::VectorXd rates(const Eigen::MatrixXd& W) const {
    return self_consistent_rates(net_, filter_, transfers_, W, target_rates(W), Eigen::VectorXi::Zero(net_.count()));
  }

  /// dW/dt (mV/ms) at W as given; 0 in static blocks.
  Eigen::MatrixXd derivative(const Eigen::MatrixXd& W) const {
    const Eigen::VectorXd r = rates(W);
    if (!options_.follow_rates) return derivative(W, r, *fixed_);
    return derivative(W, r, linearise(net_.input + coupling(net_, filter_, W) * r, false));
  }

  /// dW/dt at settled(W). Inhibition that follows has the derivative 0.
  Eigen::MatrixXd drift(const Eigen::MatrixXd& W) const {
    Eigen::MatrixXd out = derivative(settled(W));
    if (options_.inhibition != Inhibition::dynamic)
      for (Eigen::Index c = 0; c < net_.count(); ++c)
        if (net_.inhibitory(c)) out.col(c).setZero();
    return out;
  }

  /// Cells at the operating point of the targets, in the order of the populations.
  const Cell& cell(Eigen::Index population) const { return fixed_->of(population); }
  /// Motif coefficients there; none at order all.
  const MotifCoefficients& coefficients(int rule, Eigen::Index a, Eigen::Index b, Eigen::Index c) const {
    const auto kind = [&](Eigen::Index x) { return fixed_->kind[static_cast<std::size_t>(x)]; };
    return fixed_->table->at(static_cast<std::size_t>(rule), kind(a), kind(b), kind(c));
  }

 private:
  /// The unlike cells of an operating point, which population has which, and their motifs.
  struct OperatingPoint {
    std::vector<Cell> cells;
    std::vector<std::size_t> kind;
    std::optional<MotifTable> table;
    const Cell& of(Eigen::Index a) const { return cells[kind[static_cast<std::size_t>(a)]]; }
  };

  Eigen::VectorXd target_rates(const Eigen::MatrixXd& W) const {
    Eigen::VectorXd r = net_.target;
    Eigen::VectorXi hold = (net_.target.array() > 0).cast<int>();
    for (Eigen::Index a = 0; a < net_.count(); ++a)
      if (!hold(a)) r(a) = transfers_[static_cast<std::size_t>(a)]->rate(net_.input(a));
    return hold.all() ? r : self_consistent_rates(net_, filter_, transfers_, W, r, hold);
  }

  /// Rates at which the inhibitory rule adds up to nothing: its derivative is linear in r_a but for the covariance, which hardly
  /// depends on it.
  Eigen::VectorXd resting_rates(const Eigen::MatrixXd& W) const {
    const Eigen::VectorXd r = rates(W);
    const Eigen::MatrixXd d = derivative(W, r, *fixed_);
    Eigen::VectorXd out = net_.target;
    for (Eigen::Index a = 0; a < net_.count(); ++a) {
      double change = 0, slope = 0;
      for (Eigen::Index c = 0; c < net_.count(); ++c)
        if (net_.target(a) > 0 && net_.inhibitory(c) && net_.rule(a, c) >= 0) {
          const auto& rule = rules_[static_cast<std::size_t>(net_.rule(a, c))];
          change += net_.size(c) * d(a, c), slope += net_.size(c) * (r(c) * rule.S0 + rule.per_post);
        }
      if (slope != 0) out(a) = r(a) - change / slope;
    }
    return out;
  }

  /// Mean input at which the rates are the targets; static weights onto the others are taken from the bounds.
  Eigen::VectorXd target_input() const {
    const Eigen::MatrixXd W = (net_.rule.array() < 0).select(net_.upper, 0.);
    const Eigen::VectorXd r = target_rates(W);
    Eigen::VectorXd mu = net_.input + coupling(net_, filter_, W) * r;
    for (Eigen::Index a = 0; a < net_.count(); ++a)
      if (net_.target(a) > 0) mu(a) = transfers_[static_cast<std::size_t>(a)]->input_for(net_.target(a));
    return mu;
  }

  OperatingPoint linearise(const Eigen::VectorXd& mu, bool checked) const {
    OperatingPoint out;
    std::vector<std::pair<const Transfer*, double>> known;
    for (Eigen::Index a = 0; a < net_.count(); ++a) {
      const std::pair key{transfers_[static_cast<std::size_t>(a)].get(), mu(a)};
      const auto found = std::find(known.begin(), known.end(), key);
      out.kind.push_back(static_cast<std::size_t>(found - known.begin()));
      if (found != known.end()) continue;
      known.push_back(key);
      out.cells.emplace_back(key.first->response(key.second), filter_, grid_);
    }
    if (checked || options_.order != Order::all) out.table.emplace(out.cells, rules_, grid_);
    return out;
  }

  Eigen::MatrixXd derivative(const Eigen::MatrixXd& W, const Eigen::VectorXd& r, const OperatingPoint& point) const {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(net_.count(), net_.count());
    const Eigen::MatrixXcd C = options_.order == Order::all ? all_orders(W, point) : Eigen::MatrixXcd();
    for (Eigen::Index a = 0; a < net_.count(); ++a)
      for (Eigen::Index b = 0; b < net_.count(); ++b) {
        if (net_.rule(a, b) < 0) continue;
        const auto& rule = rules_[static_cast<std::size_t>(net_.rule(a, b))];
        const double received = options_.heterogeneous_rates ? (1 - net_.probability(a, b)) * W(a, b) * point.of(a).K(0).real() * r(b) : 0;
        out(a, b) = (r(a) + received) * r(b) * rule.S0 + r(b) * rule.per_pre + (r(a) + received) * rule.per_post;
        out(a, b) += options_.order == Order::all ? overlap(rule, C.col(a + b * net_.count()), grid_).value
                                                  : motifs(W, point, a, b);
      }
    return out;
  }

  double motifs(const Eigen::MatrixXd& W, const OperatingPoint& point, Eigen::Index a, Eigen::Index b) const {
    const double recurrent = motif_drift(net_, *point.table, point.kind, W, a, b, static_cast<int>(options_.order));
    if (net_.signal.cols() == 0) return recurrent;
    const auto rule = static_cast<std::size_t>(net_.rule(a, b));
    return recurrent + net_.signal.row(a).dot(net_.signal.row(b)) *
                           point.table->signal(rule, point.kind[static_cast<std::size_t>(a)], point.kind[static_cast<std::size_t>(b)]);
  }

  Eigen::MatrixXcd all_orders(const Eigen::MatrixXd& W, const OperatingPoint& point) const {
    std::vector<const Cell*> cells;
    for (Eigen::Index a = 0; a < net_.count(); ++a) cells.push_back(&point.of(a));
    return pair_covariance(net_, W, cells, grid_);
  }

  PopulationNetwork net_;
  Exponential filter_;
  Transfers transfers_;
  std::vector<WindowSpectrum> rules_;
  FrequencyGrid grid_;
  MeanFieldOptions options_;
  std::optional<OperatingPoint> fixed_;
};

}  // namespace engram::inline ENGRAM_ABI::theory
