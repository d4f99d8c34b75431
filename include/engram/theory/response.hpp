#pragma once
/// What linear response needs to know of a neuron at its operating point, and with its synapses before it. Whether it was
/// computed (by threshold integration) or measured in a simulation is of no concern to the theory above it.
#include <Eigen/Core>
#include <complex>

#include "../core/fields.hpp"
#include "../synapse/exponential.hpp"
#include "frequency_grid.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// A neuron on a frequency grid. The Fourier transform is integral x(t) exp(-i w t) dt throughout.
struct Response {
  double rate = 0;           ///< 1/ms
  Eigen::VectorXcd chi;      ///< susceptibility of the rate to the mean input, 1/(ms mV)
  Eigen::VectorXd spectrum;  ///< C0: power spectrum of the spike train, 1/ms; tends to `rate` at high frequency
};

/// A neuron behind its synapses.
struct Cell : Response {
  Eigen::VectorXcd K;  ///< chi x filter, 1/mV: response of the spike train to a spike across a synapse of 1 mV

  Cell() = default;
  Cell(Response neuron, const Exponential& filter, const FrequencyGrid& grid) : Response(std::move(neuron)) {
    if (chi.size() != grid.size() || spectrum.size() != grid.size())
      throw config_error("Response", std::to_string(chi.size()) + " and " + std::to_string(spectrum.size()) + " values",
                         "one for each of the " + std::to_string(grid.size()) + " frequencies");
    K = chi.cwiseProduct(grid.omega().unaryExpr([&](double w) { return filter.transform(w); }));
  }
};

}  // namespace engram::inline ENGRAM_ABI::theory
