#pragma once
/// A trained network becomes a network of the simulator and can go on there, its E -> E synapses under a rule of its
/// own:
///
///     const Unit unit{20_mV, -70_mV};
///     auto sim = simulate<float>(model, weights, Seed{1}, unit, rule, HardBounds{0_mV, 20_mV},
///                                trial_input(model, weights, data, unit));
///     sim.run(10_s);
///     Weights<float> later = simulated_weights<float>(sim, model, unit);
///
/// V = rest + unit U and W = unit w, inhibitory weights with their sign. The simulator steps by Euler and a spike acts
/// in the next step; the trained network by the exact decay, a spike acts one step later, and the step after a spike is
/// lost. So the membrane gets tau = dt/(1 - exp(-dt/tau)), each population two receptors (0 excitatory, 1 inhibitory) that
/// keep new spikes for one step, the refractory period is dt, and then, at the dt of the training, both networks spike in
/// the same steps, up to the rounding of a voltage that just touches the threshold.
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "../network/build.hpp"
#include "../neuron/exp_if.hpp"
#include "../neuron/lif.hpp"
#include "network.hpp"
#include "spike_data.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// Voltage of a trained network in mV: V = rest + size U.
struct Unit {
  Voltage size{20};  ///< from rest to the threshold of a leaky neuron
  Voltage rest{-70};

  static constexpr auto fields() {
    return std::tuple{field("size", &Unit::size, positive), field("rest", &Unit::rest)};
  }
};

/// Exponential current that takes spikes up one step after they arrive, as the trained network does; decays with tau
/// and acts with its value at the start of the step.
struct LateExponential {
  Time tau{10};

  template <class B>
  struct State {
    B arrived, current;
  };
  struct Prepared {
    double decay;
    template <class B>
    B filter(State<B>& s) const {
      const B now = s.current;
      s.current = fma(B(scalar_t<B>(decay)), now, s.arrived);
      s.arrived = B(scalar_t<B>(0));
      return now;
    }
  };
  Prepared prepare(Time dt) const { return {std::exp(-(dt / tau))}; }
  template <class B>
  B filter(State<B>& s, Time dt) const {
    return prepare(dt).filter(s);
  }
  static constexpr auto fields() { return std::tuple{field("tau", &LateExponential::tau, positive)}; }
};
static_assert(SynapseKernel<LateExponential>);

/// Plays the trials of `data` one after the other, from the first again after the last, into the cells
/// first .. first + size - 1 of a trained network. `data` and `weights` must outlive the simulation.
template <class T>
struct TrialInput {
  const SpikeData* data;
  const Weights<T>* weights;
  double scale;       ///< mV per unit of weight
  double decay;       ///< of the current per step
  std::size_t first;  ///< column of the weights that is cell 0 of the population

  class Bound {
   public:
    static constexpr bool drives_current = true;
    Bound(const TrialInput& input, std::size_t size) : in_(input), current_(size, 0) {}

    void begin(Step step) {
      const auto steps = static_cast<Step>(in_.data->steps());
      const auto rows = (*in_.weights)[Block::input];
      if (step > 0)  // what came in during the step before
        for (std::size_t c = 0; c < current_.size(); ++c) current_[c] *= in_.decay;
      if (step > 0)
        for (const auto& s : in_.data->spikes(static_cast<std::size_t>((step - 1) / steps) % in_.data->size()))
          if (s.step == static_cast<std::uint32_t>((step - 1) % steps))
            for (std::size_t c = 0; c < current_.size(); ++c)
              current_[c] += in_.scale * static_cast<double>(rows(s.unit, in_.first + c));
    }
    void reseed(Seed) {}
    void archive_state(auto& archive) { archive(current_); }
    template <class U>
    void add(const InputBlock<U>& block) const {
      for (std::size_t k = 0; k < block.current.size() && block.first + k < current_.size(); ++k)
        block.current[k] += static_cast<U>(current_[block.first + k]);
    }

   private:
    TrialInput in_;
    std::vector<double> current_;
  };
  Bound bind(const InputContext& context) const { return Bound(*this, context.size); }
};

/// The input of a trained network: for simulate(), which asks for each population's.
template <TrainableNeuron Neuron, class T>
auto trial_input(const Model<Neuron>& model, const Weights<T>& weights, const SpikeData& data, const Unit& unit = {}) {
  require_shape(data, model.shape);
  if (data.size() == 0) throw config_error("SpikeData", "no trials", "at least one");
  return [&data, &weights, scale = unit.size.value, decay = model.decay(model.tau_excitatory)](std::size_t first) {
    return TrialInput<T>{&data, &weights, scale, decay, first};
  };
}

namespace detail {

inline engram::LIF simulated_neuron(const NormalizedLIF& n, Time dt, const Unit& unit) {
  return {.tau = dt / n.prepare(dt).gain,
          .leak = unit.rest,
          .cut = unit.rest + unit.size,
          .reset = unit.rest,
          .refractory = dt};
}
/// The simulator does not cap the upstroke: equal below the threshold only if the cap lies beyond it.
inline engram::ExpIF simulated_neuron(const NormalizedExpIF& n, Time dt, const Unit& unit) {
  require_in("NormalizedExpIF.cap", n.cap, {(n.threshold - n.onset) / n.sharpness * (1 - 1e-12), any_finite.high});
  return {.tau = dt / n.prepare(dt).gain,
          .leak = unit.rest,
          .threshold = unit.rest + n.onset * unit.size,
          .sharpness = n.sharpness * unit.size,
          .cut = unit.rest + n.threshold * unit.size,
          .reset = unit.rest,
          .refractory = dt};
}

}  // namespace detail

/// Builds the simulation, populations "E" and "I", projections in the order E->E (plastic by `rule`), E->I, I->E, I->I.
/// Each of `inputs` is called with the index of a population's first neuron (0 for E, Ne for I) and returns its input.
/// Throws config_error for a negative weight, or an E->E weight outside `bounds`.
template <class T, TrainableNeuron Neuron, class W, Plasticity Rule = Static, class... Inputs>
auto simulate(const Model<Neuron>& model, const Weights<W>& weights, Seed seed, const Unit& unit = {},
              const Rule& rule = {}, const HardBounds& bounds = unbounded, const Inputs&... inputs) {
  validate(model, "Model");
  validate(unit, "Unit");
  require_shape(weights, model.shape);
  require_in("Model.shape.inhibitory", static_cast<double>(model.shape.inhibitory), {1, 1e6});
  for (Block b : {Block::excitatory, Block::inhibitory})
    for (W w : weights[b].flat())
      require_in("Weights." + std::string(block_name(b)), static_cast<double>(w), non_negative);

  const auto ne = model.shape.excitatory;
  const auto neuron = detail::simulated_neuron(model.neuron, model.dt, unit);
  const auto both = receptors(LateExponential{model.tau_excitatory}, LateExponential{model.tau_inhibitory});
  const auto e = population("E", static_cast<Index>(ne), neuron, both, inputs(std::size_t{0})...);
  const auto i = population("I", static_cast<Index>(model.shape.inhibitory), neuron, both, inputs(ne)...);
  const Weight start{std::clamp(Voltage{0}, bounds.low, bounds.high)};
  auto sim = simulation<T>(Clock{model.dt}, seed, e, i, connect(e, e, AllToAll{}, start, rule, bounds),
                           connect(e, i, AllToAll{}, Weight{}), connect(i, receptor(e, 1), AllToAll{}, Weight{}),
                           connect(i, receptor(i, 1), AllToAll{}, Weight{}));
  auto& [ee, ei, ie, ii] = sim.projections();
  const auto set = [&](auto& projection, std::size_t source, std::size_t target, double sign) {
    projection.set_weights([&](Index j, Index k, T) {
      return sign * unit.size.value * static_cast<double>(weights.recurrent()(source + j, target + k));
    });
  };
  set(ee, 0, 0, 1), set(ei, 0, ne, 1), set(ie, ne, 0, -1), set(ii, ne, ne, -1);
  std::apply([&](auto&... p) { (std::fill(p.state().begin(), p.state().end(), static_cast<T>(unit.rest.value)), ...); },
             sim.populations());
  return sim;
}

/// The recurrent weights of a simulation that simulate() built, as they are now, in the container of the training;
/// input and readout are 0. For the measures of analysis/, or to train on.
template <class W, class Sim, TrainableNeuron Neuron>
Weights<W> simulated_weights(const Sim& sim, const Model<Neuron>& model, const Unit& unit = {}) {
  Weights<W> out(model.shape);
  const auto recurrent = out.recurrent();
  const auto get = [&](const auto& projection, std::size_t source, std::size_t target, double sign) {
    projection.for_each([&](const auto& s) {
      recurrent(source + s.source, target + s.target) =
          static_cast<W>(sign * static_cast<double>(s.weight) / unit.size.value);
    });
  };
  const auto ne = model.shape.excitatory;
  const auto& [ee, ei, ie, ii] = sim.projections();
  get(ee, 0, 0, 1), get(ei, 0, ne, 1), get(ie, ne, 0, -1), get(ii, ne, ne, -1);
  return out;
}

}  // namespace engram::inline ENGRAM_ABI::training
