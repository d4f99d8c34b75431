#pragma once
#include <engram/theory/fate.hpp>
#include <engram/theory/noise.hpp>
#include <engram/theory/noise_transfer.hpp>

#include "options.hpp"

/// The theory of a preset: the mean field at any kappa, overlap and order. Single-neuron functions are computed once.
class AssemblyTheory {
 public:
  explicit AssemblyTheory(const Options& options);

  engram::theory::AssemblyPopulations populations(double lambda) const;
  engram::theory::WindowSpectrum rule(double kappa) const;
  const engram::theory::FrequencyGrid& grid() const { return grid_; }
  /// Responses of a neuron at the target rate, and of the inhibitory ones at theirs; membrane noise alone.
  engram::theory::Cell excitatory() const;
  engram::theory::Cell inhibitory() const;

  /// The mean field. At order two it is the paper's: the membrane's own noise, neurons linearised at their target, inhibition that is
  /// balanced so whatever its bounds. At all orders the noise of recurrent spikes at the weights `x` counts too, neurons are
  /// linearised at their rates, inhibition has its bounds, and beside a simulation neurons are those that it steps, unless balanced.
  engram::theory::MeanField field(double kappa, double lambda, engram::theory::Order order, engram::theory::Inhibition inhibition,
                                  const engram::theory::AssemblyPopulations::Fractions& x) const;

  /// dx_AB/dt (1/ms) at the weights x, inhibition at its balance.
  double drift_AB(double kappa, double lambda, engram::theory::Order order, const engram::theory::AssemblyPopulations::Fractions& x) const;

  /// Variance of a single E->E weight per time at the target rates, mV^2/ms.
  double diffusion(double kappa) const;

  /// What covariance components look like in time: C(s) of a forward, backward, common and chain motif for unit weights.
  struct Components {
    std::vector<double> s, causal, other, forward, backward, common, chains;  ///< ms; windows in mV; 1/(ms^2 mV), 1/(ms^2 mV^2)
  };
  Components components() const;

 private:
  engram::theory::Transfers tables(double lambda, const engram::theory::NoiseTransfer& neuron, const engram::theory::AssemblyPopulations::Fractions& x) const;

  const Options& options_;
  engram::theory::FrequencyGrid grid_;
  engram::Exponential synapse_;
  std::shared_ptr<const engram::theory::NoiseTransfer> family_, stepped_;  ///< stepped: as the simulations do, if there are any
  std::shared_ptr<const engram::theory::Transfer> own_noise_;
  engram::theory::WindowSpectrum causal_, other_, homeostatic_;
};
