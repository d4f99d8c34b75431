#pragma once
/// A neuron's response as a function of its mean input: f(mu), susceptibility and spectrum, tabulated and interpolated.
#include <algorithm>
#include <array>
#include <vector>

#include "response.hpp"
#include "threshold_integration.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// Range of mean input over which a table is made, mV.
struct InputRange {
  Voltage low{-8};
  Voltage high{8};
  int points = 65;
};

/// Responses at equidistant mean inputs; between them, cubic interpolation. Fill it by threshold integration or with
/// responses measured in a simulation.
class Transfer {
 public:
  Transfer(InputRange range, std::vector<Response> responses) : range_(range), node_(std::move(responses)) {
    require_in("InputRange.points", static_cast<double>(node_.size()), {4, any_finite.high});
    require_in("InputRange.high", range.high.value, {range.low.value, any_finite.high, true}, "mV");
    for (std::size_t k = 1; k < node_.size(); ++k)
      if (!(node_[k].rate > node_[k - 1].rate))
        throw config_error("Transfer.rate", number_text(node_[k].rate * 1e3) + " Hz at node " + std::to_string(k),
                           "rates that grow with the input");
  }

  double rate(double mu) const { return interpolate(mu, [&](std::size_t k) { return node_[k].rate; }); }
  /// dr/dmu, 1/(ms mV).
  double slope(double mu) const {
    const double h = 0.05 * spacing();
    const double up = std::min(mu + h, range_.high.value), low = std::max(mu - h, range_.low.value);
    return (rate(up) - rate(low)) / (up - low);
  }
  Response response(double mu) const {
    const auto [k, w] = weights(mu);
    Response out{0, Eigen::VectorXcd::Zero(node_[k].chi.size()), Eigen::VectorXd::Zero(node_[k].chi.size())};
    for (std::size_t n = 0; n < 4; ++n) {
      out.rate += w[n] * node_[k + n].rate;
      out.chi += w[n] * node_[k + n].chi;
      out.spectrum += w[n] * node_[k + n].spectrum;
    }
    return out;
  }

  /// The mean input that gives a rate (1/ms), mV.
  double input_for(double target) const {
    double low = range_.low.value, high = range_.high.value;
    if (!(target >= rate(low) && target <= rate(high))) out_of_range("target rate", target * 1e3, "Hz");
    for (int k = 0; k < 60; ++k) (rate((low + high) / 2) < target ? low : high) = (low + high) / 2;
    return (low + high) / 2;
  }

  const InputRange& range() const { return range_; }

 private:
  double spacing() const { return (range_.high.value - range_.low.value) / static_cast<double>(node_.size() - 1); }

  [[noreturn]] void out_of_range(const char* what, double value, const char* unit) const {
    throw config_error(what, number_text(value) + " " + unit,
                       "within the table: " + number_text(range_.low.value) + " to " + number_text(range_.high.value) + " mV, " +
                           number_text(node_.front().rate * 1e3) + " to " + number_text(node_.back().rate * 1e3) + " Hz");
  }

  struct Stencil {
    std::size_t first;
    std::array<double, 4> weight;
  };
  /// Lagrange on four nodes.
  Stencil weights(double mu) const {
    if (!(mu >= range_.low.value && mu <= range_.high.value)) out_of_range("mean input", mu, "mV");
    const double at = (mu - range_.low.value) / spacing();
    const double first = std::clamp(std::floor(at) - 1, 0., static_cast<double>(node_.size() - 4));
    const double t = at - first;
    return {static_cast<std::size_t>(first),
            {(t - 1) * (t - 2) * (t - 3) / -6, t * (t - 2) * (t - 3) / 2, t * (t - 1) * (t - 3) / -2, t * (t - 1) * (t - 2) / 6}};
  }
  double interpolate(double mu, auto&& value) const {
    const auto [k, w] = weights(mu);
    return w[0] * value(k) + w[1] * value(k + 1) + w[2] * value(k + 2) + w[3] * value(k + 3);
  }

  InputRange range_;
  std::vector<Response> node_;
};

/// The nodes of a table.
inline std::vector<Voltage> inputs(InputRange range) {
  require_in("InputRange.points", range.points, {4, 1e6});
  std::vector<Voltage> out;
  for (int k = 0; k < range.points; ++k) out.push_back(range.low + (static_cast<double>(k) / (range.points - 1)) * (range.high - range.low));
  return out;
}

/// Responses at the nodes of a table by threshold integration, noise of standard deviation sigma.
template <IntegrateAndFire Model>
std::vector<Response> nodes(const Model& model, Voltage sigma, const FrequencyGrid& grid, InputRange range, Voltage dV) {
  std::vector<Response> out;
  for (const Voltage mu : inputs(range)) out.push_back(ThresholdIntegration(model, mu, sigma, dV).response(grid));
  return out;
}

/// The table of a model.
template <IntegrateAndFire Model>
Transfer transfer(const Model& model, Voltage sigma, const FrequencyGrid& grid, InputRange range = {}, Voltage dV = Voltage{0.02}) {
  return {range, nodes(model, sigma, grid, range, dV)};
}

}  // namespace engram::inline ENGRAM_ABI::theory
