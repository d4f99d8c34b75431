/// Whole small plastic networks against the independent oracle: given the same noise, in double, every spike is the same
/// and every weight agrees to 1e-11 of its bound.
#include <doctest/doctest.h>

#include <engram/engram.hpp>

#include "oracle/network.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

constexpr double w_max = 0.24;

template <class Projection>
oracle::Projection copy_of(const Projection& projection, std::size_t pre, std::size_t post, double gain, double tau_syn = 5) {
  oracle::Projection out{.pre = pre, .post = post, .tau_syn = tau_syn, .gain = gain};
  projection.for_each([&](const auto& s) { out.synapses.push_back({s.source, s.target, s.weight}); });
  return out;
}

template <class Projection>
double worst_weight(const Projection& projection, const oracle::Projection& expected) {
  double worst = 0;
  std::size_t k = 0;
  projection.for_each([&](const auto& s) {
    CHECK(s.source == expected.synapses[k].pre);
    CHECK(s.target == expected.synapses[k].post);
    worst = std::max(worst, std::abs(s.weight - expected.synapses[k++].weight));
  });
  CHECK(k == expected.synapses.size());
  return worst;
}

/// The noise that a population draws in step n, in mV, from copies of its inputs: sums in the order of Population, inputs
/// that add to arrays before those that draw in registers.
std::vector<double> draw(const auto& population, auto& inputs, Step n) {
  std::vector<float> noise(padded(population.size()));
  const auto add = [&](auto& input) {
    input.begin(n);
    for (std::size_t first = 0; first < noise.size(); first += block_cells)
      input.add(InputBlock<double>{static_cast<Index>(first), {&noise[first], std::min<std::size_t>(block_cells, noise.size() - first)}, {}});
  };
  const auto add_if = [&](auto& input, bool rows) {
    if (detail::draws_rows<std::decay_t<decltype(input)>> == rows) add(input);
  };
  std::apply([&](auto&... input) { (add_if(input, false), ...), (add_if(input, true), ...); }, inputs);
  return {noise.begin(), noise.begin() + population.size()};
}

oracle::Population copy_of(const auto& population) {
  return {{}, std::vector<double>(population.state().begin(), population.state().end())};
}

struct Setting {
  double kappa = 0.4;
  Index excitatory = 20, inhibitory = 6;
  double start = 0.12;
  double step = 1;  ///< of the learning rules, in units of the model's
  double gain = 8;
  std::int64_t thaw = 0, freeze = 1 << 30;  ///< plasticity is on from `thaw` to `freeze`
};

/// Runs both for `steps` and compares every spike of every step. Inhibition of E acts by the last of its `receptors`, with
/// the time constant tau_inhibition.
void compare(const Setting& o, Step steps, const auto& receptors, std::size_t last, double tau_inhibition) {
  const double f = o.step;
  const CommonSignal signals{.sigma = 1.5_mV, .members = {CellRange{0, o.excitatory / 2}, CellRange{o.excitatory / 3, o.excitatory / 2}}, .enabled = true};
  const auto e = population("E", o.excitatory, ExpIF{}, receptors, WhiteNoise{.mean = 0.5_mV}, signals);
  const auto i = population("I", o.inhibitory, ExpIF{}, Exponential{5_ms, o.gain}, WhiteNoise{});
  const auto rule = mix(o.kappa, Causal{Voltage{f * 3.3258350e-3 * w_max}, Voltage{f * 3.33e-3 * w_max}, 20_ms, 20_ms},
                        Acausal{VoltageRate{f * 1.11e-4 * w_max}, VoltageRate{f * 1.11e-4 * w_max}, 30_ms, 29.974985_ms, 30_ms, 30_ms});
  auto sim = simulation<double>(Clock{0.1_ms}, Seed{3}, e, i,  //
                                connect(e, e, Bernoulli{0.4}, Weight{Voltage{o.start}}, rule, HardBounds{0_mV, Voltage{w_max}}),
                                connect(i, receptor(e, last), Bernoulli{0.5}, Weight{-0.3_mV}, Homeostatic{Voltage{f * -6e-4 * w_max}, Voltage{f * 1.0368e-4}, 30_ms}, HardBounds{-0.96_mV, 0_mV}),
                                connect(e, i, Bernoulli{0.5}, Weight{0.08_mV}), connect(i, i, Bernoulli{0.5}, Weight{-0.32_mV}));
  auto& [pe, pi] = sim.populations();
  auto& [ee, ie, ei, ii] = sim.projections();

  oracle::Network net{.dt = 0.1, .populations = {copy_of(pe), copy_of(pi)},
                      .projections = {copy_of(ee, 0, 0, o.gain), copy_of(ie, 1, 0, o.gain, tau_inhibition), copy_of(ei, 0, 1, o.gain), copy_of(ii, 1, 1, o.gain)}};
  net.populations[0].neuron.mean = 0.5;
  net.projections[0].rule = oracle::mix(o.kappa, oracle::causal(f * 3.3258350e-3 * w_max, f * 3.33e-3 * w_max, 20, 20),
                                        oracle::acausal(f * 1.11e-4 * w_max, f * 1.11e-4 * w_max, 30, 29.974985, 30, 30));
  net.projections[0].bounds = {0, w_max};
  net.projections[1].rule = oracle::homeostatic(f * -6e-4 * w_max, f * 1.0368e-4, 30);
  net.projections[1].bounds = {-0.96, 0};

  std::tuple e_inputs{pe.template input<0>(), pe.template input<1>()};
  std::tuple i_inputs{pi.template input<0>()};

  std::size_t spikes = 0, coincidences = 0;
  for (Step n = 0; n < steps; ++n) {
    const bool learning = n >= o.thaw && n < o.freeze;
    ee.set_learning(learning);
    ie.set_learning(learning);
    net.projections[0].plastic = net.projections[1].plastic = learning;
    net.step({draw(pe, e_inputs, n), draw(pi, i_inputs, n)});
    sim.step();
    const auto same = [&](const auto& population, std::size_t k) {
      std::vector<Index> expected;
      for (Index c = 0; c < population.size(); ++c) {
        const auto& train = net.populations[k].trains[c];
        if (!train.empty() && train.back() == n) expected.push_back(c);
      }
      spikes += expected.size();
      coincidences += expected.size() > 1;
      return std::equal(expected.begin(), expected.end(), population.spikes().begin(), population.spikes().end());
    };
    REQUIRE(same(pe, 0));
    REQUIRE(same(pi, 1));
  }
  double worst_v = 0;
  for (Index c = 0; c < pe.size(); ++c) worst_v = std::max(worst_v, std::abs(pe.state()[c] - net.populations[0].v[c]));
  const double worst = std::max(worst_weight(ee, net.projections[0]), worst_weight(ie, net.projections[1]));
  std::size_t at_bound = 0, moved = 0;
  for (const auto& s : net.projections[0].synapses) at_bound += s.weight == 0 || s.weight == w_max;
  for (std::size_t p : {0u, 1u})
    for (const auto& s : net.projections[p].synapses) moved += s.weight != (p == 0 ? o.start : -0.3);
  MESSAGE(spikes << " spikes, " << coincidences << " steps with several; " << at_bound << " of " << net.projections[0].synapses.size()
                 << " weights at a bound; largest difference of a weight " << worst << " mV, of V " << worst_v << " mV");
  CHECK(worst < 1e-11 * w_max);
  CHECK(worst_v < 1e-8);
  CHECK(spikes > 100);
  CHECK(worst_weight(ei, net.projections[2]) == 0);
  CHECK(worst_weight(ii, net.projections[3]) == 0);
  if (o.freeze > o.thaw) CHECK(moved > 0);
}
void compare(const Setting& o, Step steps) { compare(o, steps, Exponential{5_ms, o.gain}, 0, 5); }

}  // namespace

TEST_CASE("network: the oracle's spikes and weights, the model's step sizes") {
  for (const double kappa : {0., 0.4, 1.}) compare({.kappa = kappa}, 20000);
}

TEST_CASE("network: the oracle's spikes and weights, steps so large that weights live at their bounds") {
  for (const double kappa : {0., 0.4, 1.}) compare({.kappa = kappa, .step = 200, .gain = 12}, 20000);
}

TEST_CASE("network: excitation and inhibition by receptors of their own") {
  compare({.gain = 8}, 20000, receptors(Exponential{5_ms, 8}, Exponential{12_ms, 8}), 1, 12);
}

TEST_CASE("network: more than one block of cells") { compare({.excitatory = 290, .inhibitory = 40, .step = 10, .gain = 1}, 1000); }

TEST_CASE("network: frozen, thawed and frozen again; pairs across the thaw count") {
  compare({.step = 30, .thaw = 5000, .freeze = 12000}, 15000);
  compare({.step = 30, .thaw = 0, .freeze = 0}, 5000);
}

TEST_CASE("network: one neuron of each kind") { compare({.excitatory = 1, .inhibitory = 1, .step = 30}, 60000); }
