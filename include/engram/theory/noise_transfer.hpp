#pragma once
/// The response as a function of mean input and of noise: tables at several strengths of noise, blended in the variance.
#include <memory>
#include <vector>

#include "stepped_response.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// Tables at the standard deviations `sigma` (ascending, 2 to 8 of them), polynomial interpolation in sigma^2. For what
/// the spikes of the network add to the noise of a neuron (recurrent_variance).
class NoiseTransfer {
 public:
  template <IntegrateAndFire Model>
  NoiseTransfer(const Model& model, std::vector<Voltage> sigma, const FrequencyGrid& grid, InputRange range = {}, Voltage dV = Voltage{0.02})
      : NoiseTransfer(std::move(sigma), range, [&](Voltage s) { return nodes(model, s, grid, range, dV); }) {}

  /// The same for a neuron as it is stepped.
  template <IntegrateAndFire Model, class Scheme>
  NoiseTransfer(const Stepped<Model, Scheme>& neuron, Time dt, std::vector<Voltage> sigma, const FrequencyGrid& grid, InputRange range = {})
      : NoiseTransfer(std::move(sigma), range, [&](Voltage s) { return nodes(neuron, dt, s, grid, range); }) {}

  /// The table at a total variance, mV^2. Throws config_error outside the range of sigma.
  std::shared_ptr<const Transfer> at(double variance) const {
    const auto square = [&](std::size_t k) { return sigma_[k].value * sigma_[k].value; };
    require_in("noise variance", variance, {square(0) * (1 - 1e-9), square(sigma_.size() - 1) * (1 + 1e-9)}, "mV^2");
    std::vector<Response> blend(tables_[0].size());
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      double weight = 1;
      for (std::size_t k = 0; k < tables_.size(); ++k)
        if (k != t) weight *= (variance - square(k)) / (square(t) - square(k));
      for (std::size_t n = 0; n < blend.size(); ++n) add(blend[n], weight, tables_[t][n]);
    }
    return std::make_shared<const Transfer>(range_, std::move(blend));
  }

 private:
  NoiseTransfer(std::vector<Voltage> sigma, InputRange range, auto&& table) : sigma_(std::move(sigma)), range_(range) {
    require_in("NoiseTransfer.sigma", static_cast<double>(sigma_.size()), {2, 8}, "values");
    for (const Voltage s : sigma_) tables_.push_back(table(s));
  }

  static void add(Response& sum, double weight, const Response& each) {
    sum.rate += weight * each.rate;
    if (sum.chi.size() == 0) sum.chi = Eigen::VectorXcd::Zero(each.chi.size()), sum.spectrum = Eigen::VectorXd::Zero(each.spectrum.size());
    sum.chi += weight * each.chi;
    sum.spectrum += weight * each.spectrum;
  }

  std::vector<Voltage> sigma_;
  InputRange range_;
  std::vector<std::vector<Response>> tables_;
};

}  // namespace engram::inline ENGRAM_ABI::theory
