#pragma once
/// Every extension point of the simulator in one place. A policy is a plain struct; what it must offer is one concept,
/// checked where it is used, and each concept has a message that says in a line what is missing.
///
/// | concept        | a policy states                                                            | examples                |
/// |----------------|----------------------------------------------------------------------------|-------------------------|
/// | NeuronModel    | tau, drift(V), cut, reset, refractory (IntegrateAndFire), or State<B> + step | ExpIF, LIF            |
/// | SynapseKernel  | State<B> whose first member spikes add to, filter(state, dt)               | Exponential, receptors()|
/// | InputSource    | bind(context) -> object that adds to the arrays of a block of cells        | WhiteNoise, CommonSignal|
/// | PairRule       | pre_then_post(), post_then_pre(): the window                               | Causal, Acausal, Mix    |
/// | PlasticityRule | pre_traces(), post_traces(), on_pre(w, ...), on_post(w, ...)               | own rules               |
/// | Wiring         | row(source, n_targets, stream, emit)                                       | Bernoulli, AllToAll     |
/// | Observer       | every, observe(simulation)                                                 | BlockMeans, SpikeRecorder|
#include <concepts>
#include <cstdint>
#include <span>

#include "../neuron/integrate_and_fire.hpp"
#include "random.hpp"

namespace engram::inline ENGRAM_ABI {

using Index = std::uint32_t;
using Step = std::int64_t;

/// A model that steps itself: `template <class B> struct State` made of B alone, membrane potential first, and
/// `step(State<B>&, const Drive<B>&, Time dt)` returning the mask of cells that spiked; `initial(u)` gives the state
/// before the first step for u uniform in (0, 1).
template <class M>
concept HasStep = requires(const M m, typename M::template State<native_lanes<float>>& s,
                           const Drive<native_lanes<float>>& in, Time dt) {
  { m.step(s, in, dt) } -> std::same_as<mask_of<native_lanes<float>>>;
};
template <class M>
concept HasInitialState = requires(const M m, double u) {
  { m.initial(u) } -> std::same_as<typename M::template State<double>>;
};

template <class M>
concept NeuronModel = IntegrateAndFire<M> || (HasTau<M> && HasStep<M> && HasInitialState<M>);

/// A filter between spikes and current: `State<B>` made of B alone, its first member the variable that an arriving spike
/// adds its weight to; `filter(state, dt)` returns the current (mV) of this step and decays the state.
template <class K>
concept SynapseKernel = requires(const K k, typename K::template State<native_lanes<float>>& s, Time dt) {
  { k.filter(s, dt) } -> std::same_as<native_lanes<float>>;
};

/// What an input is told when the network is built.
struct InputContext {
  Index size;            ///< cells of the population
  Seed seed;             ///< of the simulation
  std::uint32_t stream;  ///< unique to this input
};

/// One block of cells in one step: an input adds mV to both arrays. `noise` is the sum of sigma z, z standard normal; it
/// is float in a double simulation too, so that both see the same noise.
template <class T>
struct InputBlock {
  Index first;         ///< first cell
  std::span<float> noise;  ///< mV
  std::span<T> current;  ///< mV; empty unless an input of the population declares `drives_current`
};

/// `bind(context)` gives the run-time object, which has `begin(Step)`, `reseed(Seed)` and `add(InputBlock<T>)`. One that
/// draws its noise in registers (`open<F>(first, lane)`, see WhiteNoise) is asked for that instead, at no cost of an array.
template <class I>
concept InputSource = requires(const I input, const InputContext& context) {
  { input.bind(context).begin(Step{}) };
  { input.bind(context).reseed(Seed{}) };
  { input.bind(context).add(InputBlock<float>{}) };
};

/// Draws the targets of one source in ascending order: `row(source, n_targets, stream, emit)`.
template <class W>
concept Wiring = requires(const W w, Stream& stream, void (*emit)(Index)) { w.row(Index{}, Index{}, stream, emit); };

}  // namespace engram::inline ENGRAM_ABI
