#pragma once
/// Fluctuation-driven initialisation under Dale's law (Rossbroich, Gygax and Zenke 2022): exponentially distributed
/// weights such that Poisson input of rate nu on all afferents gives a membrane without threshold mean 0 and standard
/// deviation sigma. With eps the response of U to one spike of weight 1, mean(eps) and square(eps) its integrals:
///
///     lambda_rec = d_rec lambda_ff,  d_rec = sqrt(alpha/(1-alpha) n_E/n_in)       alpha: share of the variance by
///     input lambda_inh = d_EI lambda_ff,   d_EI  = n_I mean(eps_I) / (mean(eps_E) (n_in + n_E/d_rec)) (balance)
///     sigma^2 = 2 nu [square(eps_E) (n_in/lambda_ff^2 + n_E/lambda_rec^2) + square(eps_I) n_I/lambda_inh^2]
///
/// The integrals are sums over the model's own steps: at dt = 2 ms the closed form for continuous time is 18 % low.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "draw.hpp"
#include "network.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// Integrals (ms) over the response of the membrane to one spike of weight 1, taken over ten of its longest time
/// constants.
struct ResponseIntegrals {
  double mean = 0;
  double square = 0;
};

inline ResponseIntegrals response_integrals(Time membrane, Time synapse, Time dt) {
  const double a = std::exp(-(dt / membrane)), b = std::exp(-(dt / synapse));
  const auto steps = static_cast<std::size_t>(std::llround(10 * std::max(membrane, synapse) / dt));
  ResponseIntegrals out;
  double u = 0, current = 1;
  for (std::size_t t = 0; t < steps; ++t) {
    out.mean += u * dt.value;
    out.square += u * u * dt.value;
    u = a * u + (1 - a) * current;
    current *= b;
  }
  return out;
}

/// Rates of the exponential distributions, the inverse of mean weights.
struct WeightScales {
  double input = 0, excitatory = 0, inhibitory = 0;
  double recurrent_ratio = 0;  ///< d_rec
  double balance_ratio = 0;    ///< d_EI
};

struct FluctuationDriven {
  double sigma = 1;    ///< of U, in units of the threshold
  Rate rate{0.010};    ///< nu
  double alpha = 0.9;  ///< share of the input in the excitatory variance

  template <TrainableNeuron Neuron>
  WeightScales scales(const Model<Neuron>& model) const {
    const auto& shape = model.shape;
    const double in = static_cast<double>(shape.inputs), e = static_cast<double>(shape.excitatory),
                 i = static_cast<double>(shape.inhibitory);
    const auto re = response_integrals(model.neuron.tau, model.tau_excitatory, model.dt);
    const auto ri = response_integrals(model.neuron.tau, model.tau_inhibitory, model.dt);
    WeightScales out;
    out.recurrent_ratio = std::sqrt(alpha / (1 - alpha) * e / in);
    double variance = re.square * (in + e / (out.recurrent_ratio * out.recurrent_ratio));
    if (shape.inhibitory) {
      out.balance_ratio = i * ri.mean / (re.mean * (in + e / out.recurrent_ratio));
      variance += ri.square * i / (out.balance_ratio * out.balance_ratio);
    }
    out.input = std::sqrt(2 * rate.value * variance) / sigma;
    out.excitatory = out.recurrent_ratio * out.input;
    out.inhibitory = out.balance_ratio * out.input;
    return out;
  }

  /// Draws all weights; the readout is normal with variance 1/Ne.
  template <class T, TrainableNeuron Neuron>
  Weights<T> weights(const Model<Neuron>& model, Seed seed) const {
    validate(*this, "FluctuationDriven");
    validate(model, "Model");
    const auto s = scales(model);
    Weights<T> w(model.shape);
    for (Block b : all_blocks) {
      auto random = draw(seed, Draw::weights, static_cast<std::size_t>(b));
      const auto block = w[b];
      const double lambda = b == Block::input ? s.input : b == Block::excitatory ? s.excitatory : s.inhibitory;
      const double spread = 1 / std::sqrt(static_cast<double>(model.shape.excitatory));
      for (std::size_t i = 0; i < block.rows; ++i)
        for (std::size_t j = 0; j < block.columns; ++j)
          block(i, j) =
              static_cast<T>(b == Block::readout ? spread * random.normal() : -std::log(random.uniform()) / lambda);
    }
    project(w);
    return w;
  }

  static constexpr auto fields() {
    return std::tuple{field("sigma", &FluctuationDriven::sigma, positive),
                      field("rate", &FluctuationDriven::rate, positive),
                      field("alpha", &FluctuationDriven::alpha, Range{0, 1, true, true})};
  }
};

}  // namespace engram::inline ENGRAM_ABI::training
