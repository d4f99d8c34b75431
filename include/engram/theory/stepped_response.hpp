#pragma once
/// The response of a neuron as it is stepped: what a run at time step dt does, and threshold integration in the limit dt -> 0.
///
/// A step of a Scheme takes the density of the membrane potential to
///
///     p'(V') = integral k(V' | V) p(V) dV,    k(V' | V) = phi(z) dz/dV',   V' = advance(V, noise sigma z)
///
/// with what passes the cut a spike. Iterated from the reset it gives the distribution f of interspike intervals in steps;
/// the same iteration of what a current in one step changes gives the answer q before the next reset. Then, times being
/// those of the record (ends of steps) and the current that of the synapse (its mean over a step),
///
///     C0(w) = r (1 - |f|^2)/|1 - f|^2,    chi(w) = q/(1 - f) sin(w dt/2)/(w dt/2) exp(-i w dt/2) / dt
///
/// At dt = 0.1 ms the paper's neuron under Euler and Maruyama fires 0.6 % too slowly and answers 1 % too weakly and 0.3 ms
/// too late, which takes 4 to 6 % off the covariances of a network (docs/theory.md).
#include <numbers>

#include "../neuron/schemes.hpp"
#include "transfer.hpp"

namespace engram::inline ENGRAM_ABI::theory {

namespace detail {

/// One step of a neuron on a grid of membrane potentials, masses on the nodes: column k holds where node k goes.
template <class Scheme, class Model>
class StepOperator {
 public:
  StepOperator(const Model& model, Voltage mu, Voltage sigma, Time dt, const VoltageGrid& grid)
      : model_(model), scheme_(Scheme::prepare(dt, model.tau)), mu_(mu.value), sigma_(sigma.value), grid_(grid) {
    for (Eigen::Index k = 0; k <= grid.cells(); ++k) column_.push_back(from(grid.potential()(k)));
  }

  struct Column {
    Eigen::Index first = 0;  ///< node of mass(0)
    Eigen::VectorXd mass;
    double spike = 0;        ///< what passes the cut
  };

  /// Adds the masses after a step to `out` and returns what passes the cut.
  double advance(const Eigen::VectorXd& p, Eigen::VectorXd& out) const {
    double spikes = 0;
    for (Eigen::Index k = 0; k < p.size(); ++k) {
      const Column& c = column_[static_cast<std::size_t>(k)];
      out.segment(c.first, c.mass.size()) += p(k) * c.mass;
      spikes += p(k) * c.spike;
    }
    return spikes;
  }

 private:
  static constexpr double reach = 8;       // standard deviations of the noise of a step
  static constexpr int intervals = 320;    // of the noise, between which V' is taken as linear in z

  double to(double v, double z) const { return scheme_.advance(model_, v, Drive<double>{mu_, sigma_ * z}); }

  /// V' grows with the noise; nodes lie in descending order.
  Column from(double v) const {
    const double h = 2 * reach / intervals, cut = grid_.potential()(0);
    Column out{grid_.cells(), {}, 0};
    std::vector<double> density;
    double z = reach, above = to(v, z);
    out.spike = above < cut ? 0 : 1;
    auto node = static_cast<Eigen::Index>(std::ceil(std::max(0., (cut - above) / grid_.step()) - 1e-9));
    out.first = std::min(node, grid_.cells());
    for (int n = 0; n < intervals && node <= grid_.cells(); ++n, z -= h) {
      const double below = to(v, z - h), slope = h / (above - below);
      if (above >= cut) out.spike = below < cut ? std::erfc((z + (cut - above) * slope) / std::numbers::sqrt2) / 2 : 1;
      for (; node <= grid_.cells() && grid_.potential()(node) > below; ++node) {
        const double at = z + (grid_.potential()(node) - above) * slope;
        density.push_back(std::exp(-at * at / 2) * slope * (node == 0 ? 0.5 : 1));
      }
      above = below;
    }
    if (density.empty()) return {0, {}, out.spike};
    out.mass = Eigen::Map<Eigen::VectorXd>(density.data(), static_cast<Eigen::Index>(density.size()));
    out.mass *= (1 - out.spike) / out.mass.sum();
    return out;
  }

  const Model& model_;
  decltype(Scheme::prepare(Time{}, Time{})) scheme_;
  double mu_, sigma_;
  const VoltageGrid& grid_;
  std::vector<Column> column_;
};

}  // namespace detail

template <IntegrateAndFire Model, class Scheme>
class SteppedResponse {
 public:
  /// Nodes are at most 0.4 of the noise of a step apart: smooth densities are integrated to rounding. Throws config_error for a bad
  /// parameter and for a model without a stationary state.
  SteppedResponse(const Stepped<Model, Scheme>& neuron, Voltage mu, Voltage sigma, Time dt)
      : dt_(dt.value), hold_(std::round(neuron.model.refractory / dt)) {
    require_in("SteppedResponse.dt", dt_, {0, neuron.model.tau.value, true}, "ms");
    const Voltage apart = std::min(0.4 * std::sqrt(2 * (dt / neuron.model.tau)) * sigma, (1. / 8) * (neuron.model.cut - neuron.model.reset));
    const VoltageGrid grid(neuron.model, mu, sigma, apart);
    const auto at = [&](double change) { return detail::StepOperator<Scheme, Model>(neuron.model, Voltage{mu.value + change}, sigma, dt, grid); };
    const double h = 1e-3 * sigma.value;
    const auto step = at(0);
    const Eigen::VectorXd occupied = intervals(step, grid);
    disturb(step, at(h), at(-h), occupied, h);
  }

  Rate rate() const { return Rate{rate_}; }

  Response response(const FrequencyGrid& grid) const {
    Response out{rate_, Eigen::VectorXcd(grid.size()), Eigen::VectorXd(grid.size())};
    for (Eigen::Index k = 0; k < grid.size(); ++k) {
      const double w = grid.omega()(k), half = w * dt_ / 2;
      const auto f = std::polar(1., -hold_ * w * dt_) * transform(interval_, w);
      out.spectrum(k) = rate_ * (1 - std::norm(f)) / std::norm(1. - f);
      out.chi(k) = transform(answer_, w) / (1. - f) * std::polar(std::sin(half) / half / dt_, -half);
    }
    return out;
  }

 private:
  /// The distribution of intervals, and how many steps of an interval a node is occupied.
  Eigen::VectorXd intervals(const auto& step, const VoltageGrid& grid) {
    Eigen::VectorXd p = Eigen::VectorXd::Zero(grid.cells() + 1), occupied = p;
    p(grid.reset_cell()) = 1;
    interval_.push_back(0);
    double steps = hold_;
    for (double left = 1; left > 1e-9; steps += left, left -= interval_.back()) {
      if (interval_.size() > 10'000'000) throw config_error("SteppedResponse", "a rate too low to be resolved", "a drive that makes the neuron fire");
      occupied += p;
      interval_.push_back(advance(step, p));
    }
    rate_ = 1 / (steps * dt_);
    return occupied;
  }

  /// What a current of 1 mV in one step of the stationary state changes in the spikes from this step on, first passages only.
  void disturb(const auto& step, const auto& up, const auto& down, const Eigen::VectorXd& occupied, double h) {
    Eigen::VectorXd p = Eigen::VectorXd::Zero(occupied.size()), lower = p;
    const double spikes = up.advance(occupied, p) - down.advance(occupied, lower);
    const double scale = rate_ * dt_ / (2 * h);
    p = scale * (p - lower);
    answer_.push_back(scale * spikes);
    while (answer_.size() < interval_.size()) answer_.push_back(advance(step, p));
  }

  static double advance(const auto& step, Eigen::VectorXd& p) {
    Eigen::VectorXd next = Eigen::VectorXd::Zero(p.size());
    const double spikes = step.advance(p, next);
    p = next;
    return spikes;
  }

  std::complex<double> transform(const std::vector<double>& series, double w) const {
    const auto turn = std::polar(1., -w * dt_);
    std::complex<double> sum = 0;
    for (std::size_t n = series.size(); n-- > 0;) sum = sum * turn + series[n];
    return sum;
  }

  double dt_, hold_, rate_ = 0;
  std::vector<double> interval_, answer_;  ///< by steps; without the refractory period
};

/// Responses at the nodes of a table, and the table, of a neuron as it is stepped.
template <IntegrateAndFire Model, class Scheme>
std::vector<Response> nodes(const Stepped<Model, Scheme>& neuron, Time dt, Voltage sigma, const FrequencyGrid& grid, InputRange range) {
  std::vector<Response> out;
  for (const Voltage mu : inputs(range)) out.push_back(SteppedResponse(neuron, mu, sigma, dt).response(grid));
  return out;
}
template <IntegrateAndFire Model, class Scheme>
Transfer transfer(const Stepped<Model, Scheme>& neuron, Time dt, Voltage sigma, const FrequencyGrid& grid, InputRange range = {}) {
  return {range, nodes(neuron, dt, sigma, grid, range)};
}

}  // namespace engram::inline ENGRAM_ABI::theory
