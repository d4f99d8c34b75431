#pragma once
/// A small plastic network, stepped as the model's page says, cell by cell and synapse by synapse. The noise comes from
/// outside, so that another simulator can be given the same.
///
/// Step n: membranes; spikes; learning from the spikes of step n; delivery of the weights as they are after learning.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "synapse.hpp"

namespace oracle {

/// tau dV/dt = leak - V + sharpness exp((V - threshold)/sharpness) + mean + synapses + noise (ms, mV).
struct Neuron {
  double tau = 20, leak = -55, threshold = -53, sharpness = 3, cut = 0, reset = -60, refractory = 1;
  double mean = 0;  ///< mu
};

struct Population {
  Neuron neuron;
  std::vector<double> v;          ///< mV
  std::vector<std::int64_t> hold; ///< steps of the refractory period that are left
  std::vector<Train> trains;      ///< every spike so far

  Population(Neuron n, std::vector<double> initial)
      : neuron(n), v(std::move(initial)), hold(v.size(), 0), trains(v.size()) {}
};

struct Synapse {
  std::size_t pre, post;
  double weight;
};

/// All synapses of one kind between two populations, of indices `pre` and `post` in the network.
struct Projection {
  std::size_t pre, post;
  double tau_syn = 5;
  double gain = 1;
  std::vector<Synapse> synapses{};
  bool plastic = false;
  Rule rule{};
  Bounds bounds{};
  std::vector<double> current{};  ///< I of every target, mV; set up by the network
};

struct Network {
  double dt = 0.1;
  std::vector<Population> populations{};
  std::vector<Projection> projections{};
  std::int64_t now = 0;

  /// noise[p][i]: sum over the white noises k of sigma_k z_k, for cell i of population p, mV.
  void step(const std::vector<std::vector<double>>& noise) {
    std::vector<std::vector<double>> drive(populations.size());
    for (std::size_t p = 0; p < populations.size(); ++p) drive[p].assign(populations[p].v.size(), 0.0);
    for (auto& projection : projections) filter(projection, drive[projection.post]);
    for (std::size_t p = 0; p < populations.size(); ++p) advance(populations[p], drive[p], noise[p]);
    for (auto& projection : projections)
      if (projection.plastic) learn_all(projection);
    for (auto& projection : projections) deliver(projection);
    ++now;
  }

 private:
  /// The mean of I exp(-t/tau_syn) over the step goes to the membrane; then I is what is left at its end.
  void filter(Projection& projection, std::vector<double>& drive) const {
    auto& current = projection.current;
    current.resize(drive.size(), 0.0);
    const double rest = std::exp(-dt / projection.tau_syn);
    const double mean = projection.tau_syn / dt * (1 - rest);
    for (std::size_t i = 0; i < drive.size(); ++i) {
      drive[i] += projection.gain * mean * current[i];
      current[i] *= rest;
    }
  }

  void advance(Population& population, const std::vector<double>& drive, const std::vector<double>& noise) const {
    const Neuron& m = population.neuron;
    for (std::size_t i = 0; i < population.v.size(); ++i) {
      double& v = population.v[i];
      if (population.hold[i] > 0) {
        --population.hold[i];
        continue;
      }
      const double drift = m.leak - v + m.sharpness * std::exp((v - m.threshold) / m.sharpness);
      v += dt / m.tau * (drift + m.mean + drive[i]) + std::sqrt(2 * dt / m.tau) * noise[i];
      if (v < m.cut) continue;
      v = m.reset;
      population.hold[i] = std::llround(m.refractory / dt);
      population.trains[i].push_back(now);
    }
  }

  void learn_all(Projection& projection) const {
    const auto& pre = populations[projection.pre].trains;
    const auto& post = populations[projection.post].trains;
    for (auto& s : projection.synapses)
      s.weight = learn(projection.rule, projection.bounds, s.weight, pre[s.pre], post[s.post], now, dt);
  }

  void deliver(Projection& projection) const {
    const auto& pre = populations[projection.pre].trains;
    for (const auto& s : projection.synapses)
      if (!pre[s.pre].empty() && pre[s.pre].back() == now) projection.current[s.post] += s.weight;
  }
};

}  // namespace oracle
