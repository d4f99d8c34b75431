#pragma once
/// The plastic E-I network with two overlapping assemblies, built from a preset.
#include "../input/common_signal.hpp"
#include "../network/build.hpp"
#include "balance.hpp"

namespace engram::inline ENGRAM_ABI {

/// The parts of an assembly network.
template <class Sim>
auto& excitatory(Sim& sim) { return std::get<0>(sim.populations()); }
template <class Sim>
auto& inhibitory(Sim& sim) { return std::get<1>(sim.populations()); }
template <class Sim>
auto& recurrent_excitation(Sim& sim) { return std::get<0>(sim.projections()); }  ///< E->E, plastic
template <class Sim>
auto& inhibition(Sim& sim) { return std::get<1>(sim.projections()); }  ///< I->E, homeostatic

/// Builds it with homogeneous E->E weights initial_EE, inhibition at its balance and training signals off. `kappa` sets the
/// E->E rule of the training.
template <class T = float>
auto assembly_network(const AssemblyPreset& p, const TwoAssemblies& layout, double kappa, Clock clock, Seed seed) {
  p.check("preset");
  require_in("kappa", kappa, fraction);
  const Index N_E = p.excitatory_cells(), N_I = p.cells() - N_E;
  const WhiteNoise noise{p.mu, p.sigma};
  const auto balance = balanced_inhibition(p, layout, homogeneous(p.initial_EE));
  const auto e = population("E", N_E, p.neuron, p.receptor(), noise, CommonSignal{p.sigma_train, layout.assemblies()});
  const auto i = population("I", N_I, p.neuron, p.receptor(), noise);
  const auto ee = connect(e, e, Bernoulli{p.p}, Weight{p.initial_EE * p.W_EE_max}, p.training_rule_at(kappa), HardBounds{Voltage{0}, p.W_EE_max});
  const auto ei = connect(i, e, Bernoulli{p.p}, Weight{Voltage{balance[0]}}, p.homeostatic(), HardBounds{p.W_EI_max, Voltage{0}});
  const auto ie = connect(e, i, Bernoulli{p.p}, Weight{p.W_IE});
  const auto ii = connect(i, i, Bernoulli{p.p}, Weight{p.W_II});
  return simulation<T>(clock, seed, e, i, ee, ei, ie, ii);
}

template <class T = float>
using AssemblyNetwork = decltype(assembly_network<T>(AssemblyPreset{}, TwoAssemblies{}, 0, Clock{}, Seed{}));

/// Sets the E->E weights block by block, and inhibition to its balance with them.
template <class Sim>
void set_blocks(Sim& sim, const AssemblyPreset& p, const TwoAssemblies& layout, const BlockFractions& x) {
  const auto balance = balanced_inhibition(p, layout, x);
  const auto group = [&](Index cell) { return layout.A.contains(cell) ? 0u : layout.B.contains(cell) ? 1u : 2u; };
  recurrent_excitation(sim).set_weights([&](Index j, Index i, auto) { return x[group(i)][group(j)] * p.W_EE_max.value; });
  inhibition(sim).set_weights([&](Index, Index i, auto) { return balance[group(i)]; });
}

/// Switches the training signals of both assemblies.
template <class Sim>
void set_training_signals(Sim& sim, bool on) {
  excitatory(sim).template input<1>().enabled = on;
}

/// Ends training: signals off, and the rule under test from now on.
template <class Sim>
void let_go(Sim& sim, const AssemblyPreset& p, double kappa) {
  set_training_signals(sim, false);
  recurrent_excitation(sim).set_rule(p.rule_at(kappa));
}

}  // namespace engram::inline ENGRAM_ABI
