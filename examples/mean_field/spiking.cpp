#include "spiking.hpp"

#include <engram/assembly/layout.hpp>
#include <engram/assembly/balance.hpp>
#include <engram/network/build.hpp>
#include <engram/network/ensemble.hpp>
#include <engram/record/block_means.hpp>

#include "own_rule.hpp"
#include "support/progress.hpp"

using namespace engram;

namespace {

TwoAssemblies layout_of(const Options& o, double lambda) { return TwoAssemblies::make(o.preset.cells(), o.preset.excitatory_cells(), lambda); }
BlockFractions initial_blocks(const Options& o) { return symmetric_blocks(o.initial.AA, o.initial.AB, o.initial.AO, o.initial.OA, o.initial.OO); }

constexpr Time settling{1000};  ///< without plasticity: cells start alike, and their covariance is not the stationary one until they have parted

/// The network of the preset with any E->E rule, at given block weights, without bounds on plastic synapses, after `settling`.
template <PairRule Rule>
auto network(const Options& o, const TwoAssemblies& layout, const std::array<double, 3>& inhibition, const Rule& rule, Seed seed) {
  const auto& p = o.preset;
  const Index N_E = p.excitatory_cells(), N_I = p.cells() - N_E;
  const WhiteNoise noise{p.mu, p.sigma};
  const auto e = population("E", N_E, p.neuron, p.receptor(), noise), i = population("I", N_I, p.neuron, p.receptor(), noise);
  const auto ee = connect(e, e, Bernoulli{p.p}, Weight{Voltage{0}}, rule, unbounded);
  const auto ei = connect(i, e, Bernoulli{p.p}, Weight{Voltage{0}}, p.homeostatic(), unbounded);
  const auto ie = connect(e, i, Bernoulli{p.p}, Weight{p.W_IE});
  const auto ii = connect(i, i, Bernoulli{p.p}, Weight{p.W_II});
  auto sim = simulation<float>(Clock{Time{o.dt}}, seed, e, i, ee, ei, ie, ii);
  const auto x = initial_blocks(o);
  const auto group = [&](Index cell) { return layout.A.contains(cell) ? 0u : layout.B.contains(cell) ? 1u : 2u; };
  auto& EE = std::get<0>(sim.projections());
  auto& EI = std::get<1>(sim.projections());
  EE.set_weights([&](Index j, Index k, auto) { return x[group(k)][group(j)] * p.W_EE_max.value; });
  EI.set_weights([&](Index, Index k, auto) { return inhibition[group(k)]; });
  EE.set_learning(false), EI.set_learning(false);
  sim.run(settling);
  EE.set_learning(true), EI.set_learning(true);
  return sim;
}

/// Calls f(rule) with the rule of the options at a kappa.
void with_rule(const Options& o, double kappa, auto&& f) {
  const auto both = o.preset.rule_at(kappa);
  if (o.rule == "own") f(mix(kappa, both.first, MexicanHat{}));
  else f(both);
}

std::array<double, 7> block_fractions(auto& sim, const AssemblyPreset& p, const TwoAssemblies& layout) {
  const auto inhibitory = CellSet{CellRange{0, p.cells() - p.excitatory_cells()}};
  const auto ee = block_sums(std::get<0>(sim.projections()), layout.groups(), layout.groups());
  const auto ei = block_sums(std::get<1>(sim.projections()), layout.groups(), {inhibitory});
  const auto mean = [](const BlockSums& b, std::initializer_list<std::pair<int, int>> blocks, double bound) {
    double sum = 0, count = 0;
    for (const auto& [a, c] : blocks) sum += b.sum(a, c), count += b.count(a, c);
    return sum / count / bound;
  };
  const double E = p.W_EE_max.value, I = p.W_EI_max.value;
  return {mean(ee, {{0, 0}, {1, 1}}, E), mean(ee, {{0, 1}, {1, 0}}, E), mean(ee, {{0, 2}, {1, 2}}, E), mean(ee, {{2, 0}, {2, 1}}, E),
          mean(ee, {{2, 2}}, E),         mean(ei, {{0, 0}, {1, 0}}, I), mean(ei, {{2, 0}}, I)};
}

}  // namespace

std::array<double, 3> initial_inhibition(const Options& o, double lambda) { return balanced_inhibition(o.preset, layout_of(o, lambda), initial_blocks(o)); }

std::vector<SimulatedPath> simulate_paths(const Options& o) {
  std::vector<SimulatedPath> out;
  for (const double lambda : o.lambda)
    for (const double kappa : o.kappa)
      for (const auto seed : o.seeds) out.push_back({kappa, lambda, seed, {}, {}});
  const int rows = 40;
  ProgressBar bar("mean_field: trajectories", o.post * static_cast<double>(out.size()), o.quiet);
  run_ensemble(o.threads, out.size(), [&](std::size_t k) {
    auto& path = out[k];
    const auto layout = layout_of(o, path.lambda);
    with_rule(o, path.kappa, [&](const auto& rule) {
      auto sim = network(o, layout, initial_inhibition(o, path.lambda), rule, Seed{path.seed});
      const double stretch = std::round(1e3 * o.post / rows / o.dt) * o.dt;
      for (int row = 0; row <= rows && !interrupted; ++row) {
        if (row > 0) sim.run(Time{stretch}), bar.advance(stretch * 1e-3);
        path.t.push_back((sim.now() - settling).value * 1e-3);
        path.x.push_back(block_fractions(sim, o.preset, layout));
      }
    });
  });
  bar.finish();
  return out;
}

void simulate_phase(const Options& o, std::vector<SimulatedDrift>& points) {
  ProgressBar bar("mean_field: phase diagram", o.post * static_cast<double>(points.size()), o.quiet);
  run_ensemble(o.threads, points.size(), [&](std::size_t index) {
    auto& point = points[index];
    const auto layout = layout_of(o, point.lambda);
    with_rule(o, point.kappa, [&](const auto& rule) {
      auto sim = network(o, layout, point.inhibition, rule, Seed{point.seed});
      std::get<0>(sim.projections()).accumulate_only();
      const int stretches = 10;
      const double length = std::round(1e3 * o.post / stretches / o.dt) * o.dt;
      double before = block_fractions(sim, o.preset, layout)[1], sum = 0, squares = 0;
      for (int s = 0; s < stretches && !interrupted; ++s) {
        sim.run(Time{length});
        bar.advance(length * 1e-3);
        const double now = block_fractions(sim, o.preset, layout)[1], rate = (now - before) / (length * 1e-3);
        sum += rate, squares += rate * rate, before = now;
      }
      point.value = sum / stretches;
      point.error = std::sqrt((squares / stretches - point.value * point.value) / (stretches - 1));
    });
  });
  bar.finish();
}
