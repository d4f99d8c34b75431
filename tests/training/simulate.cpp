#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <engram/analysis/louvain.hpp>
#include <engram/io/checkpoint.hpp>
#include <engram/plasticity/causal.hpp>
#include <engram/training/bptt.hpp>
#include <engram/training/connectivity.hpp>
#include <engram/training/initialisation.hpp>
#include <engram/training/simulate.hpp>
#include <engram/training/task.hpp>
#include <engram/training/trainer.hpp>

#include "reference.hpp"

using namespace engram;
using namespace engram::training;
using namespace engram::literals;

namespace {

/// How far voltages of both programs may be apart after one step, mV, from the roundings alone: in each the currents, of
/// at most `largest`, are sums over all afferents that fade with the slower time constant, and some ten operations follow.
template <class Neuron>
double rounding_of_a_step(const Model<Neuron>& model, const Weights<double>& w, const Unit& unit) {
  const double fading = 1 - model.decay(std::max(model.tau_excitatory, model.tau_inhibitory));
  double largest = 0;
  for (std::size_t j = 0; j < model.shape.neurons(); ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < model.shape.inputs; ++i) sum += w[Block::input](i, j);
    for (std::size_t i = 0; i < model.shape.neurons(); ++i) sum += w.recurrent()(i, j);
    largest = std::max(largest, std::abs(unit.rest.value) + unit.size.value * sum / fading);
  }
  const double afferents = static_cast<double>(model.shape.inputs + model.shape.neurons());
  return 2 * 0x1p-53 * largest * (model.neuron.prepare(model.dt).gain * (afferents + 2) / fading + 10);
}

/// Runs a trial in both programs. As long as all spikes agree, voltages can differ by roundings only, whose bound goes
/// from step to step with the slope of the map. No voltage comes as close to the threshold as that, so all spikes agree.
template <class Neuron>
void check_same_spikes(const Model<Neuron>& model, const Weights<double>& w, const SpikeData& data, std::size_t least) {
  BlockPass<double, Neuron, SuperSpike> pass(model, {});
  const std::uint32_t trials[] = {0};
  pass.forward(w, data, trials);

  const Unit unit;
  auto sim = simulate<double>(model, w, Seed{1}, unit, Static{}, unbounded, trial_input(model, w, data, unit));
  const auto& [e, i] = sim.populations();
  const std::size_t ne = model.shape.excitatory, n = model.shape.neurons();
  const auto map = model.neuron.prepare(model.dt);
  const double rounding = rounding_of_a_step(model, w, unit);
  std::vector<double> bound(n, 0.0);
  std::size_t spikes = 0, different = 0, undecided = 0, apart = 0;
  for (std::size_t t = 1; t < data.steps(); ++t) {  // the simulator's step n ends where the trained network's n + 1 begins
    sim.step();
    for (std::size_t j = 0; j < n; ++j) {
      const bool excitatory = j < ne;
      const auto& population = excitatory ? e : i;
      const auto cell = static_cast<Index>(excitatory ? j : j - ne);
      const bool fired = std::ranges::binary_search(population.spikes(), cell), expected = pass.spiked(t, 0, j);
      const double u = pass.voltage(t, 0, j);
      bound[j] = pass.spiked(t - 1, 0, j) ? 0 : map.slope(pass.voltage(t - 1, 0, j)) * bound[j] + rounding;
      spikes += expected;
      different += fired != expected;
      undecided += unit.size.value * std::abs(u - model.neuron.threshold) <= bound[j];
      if (!expected) apart += std::abs(population.state()[cell] - (unit.rest.value + unit.size.value * u)) > bound[j];
    }
  }
  MESSAGE(spikes << " spikes; largest rounding of a voltage " << *std::ranges::max_element(bound) << " mV");
  CHECK(spikes > least);
  CHECK(undecided == 0);
  CHECK(different == 0);
  CHECK(apart == 0);
}

template <class Neuron>
void check_random_network(const Neuron& neuron) {
  const Model<Neuron> model{.shape = {20, 40, 10, 2}, .neuron = neuron};
  check_same_spikes(model, FluctuationDriven{.sigma = 1.5}.weights<double>(model, Seed{6}),
                    reference::random_trials(3, 150, 20, 2, 0.1, Seed{5}), 200);
}

const Model<> small{.shape = {5, 20, 5, 2}};

}  // namespace

TEST_CASE("a network spikes in the same steps in the simulator, by the default time constants of 10 and 20 ms") {
  SUBCASE("leaky") { check_random_network(NormalizedLIF{}); }
  SUBCASE("exponential") { check_random_network(NormalizedExpIF{}); }
  SUBCASE("trained") {
    const Model<> model;
    const auto data = make_dataset(ManifoldClasses{}, Seed{1});
    Trainer<float, NormalizedLIF, SuperSpike, MaxOverTime, Adam> trainer(
        model, {}, {}, {}, {}, {}, FluctuationDriven{}.weights<float>(model, Seed{1}), {});
    for (int step = 0; step < 40; ++step) trainer.step(data.train);
    CHECK(trainer.evaluate(data.validation).accuracy > 0.9);
    check_same_spikes(model, Weights<double>(trainer.weights()), data.validation, 500);
  }
}

TEST_CASE("weights go over with their sign and time constant, and come back after plasticity") {
  const auto w = FluctuationDriven{.sigma = 2}.weights<float>(small, Seed{2});
  const auto data = reference::random_trials(3, 100, 5, 2, 0.2, Seed{5});
  auto sim = simulate<float>(small, w, Seed{1}, {}, Causal{}, HardBounds{0_mV, 100_mV}, trial_input(small, w, data));
  const auto& [ee, ei, ie, ii] = sim.projections();
  for (const auto* inhibitory : {&ie, &ii}) CHECK(inhibitory->receptor() == 1);
  for (const auto* population : {&std::get<0>(sim.populations()), &std::get<1>(sim.populations())}) {
    CHECK(std::get<0>(population->receptor().kernels).tau.value == 10);
    CHECK(std::get<1>(population->receptor().kernels).tau.value == 20);
  }
  ie.for_each([&](const auto& s) { CHECK(s.weight == doctest::Approx(-20 * w[Block::inhibitory](s.source, s.target))); });
  auto back = simulated_weights<float>(sim, small);
  for (std::size_t i = 0; i < 25; ++i)
    for (std::size_t j = 0; j < 25; ++j)
      CHECK(back.recurrent()(i, j) == doctest::Approx(w.recurrent()(i, j)).epsilon(1e-6));

  sim.run(330_ms);
  const auto path = std::filesystem::temp_directory_path() / "engram_trained_then_plastic";
  save(path, sim);
  auto resumed = simulate<float>(small, w, Seed{1}, {}, Causal{}, HardBounds{0_mV, 100_mV}, trial_input(small, w, data));
  load(path, resumed);
  std::filesystem::remove(path);
  resumed.run(670_ms);
  sim.run(670_ms);
  CHECK(std::ranges::equal(simulated_weights<float>(resumed, small).flat(), simulated_weights<float>(sim, small).flat()));
  back = simulated_weights<float>(sim, small);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 20; ++j) moved += std::abs(back.recurrent()(i, j) - w.recurrent()(i, j)) > 1e-6f;
  CHECK(moved > 50);
  CHECK(back[Block::inhibitory](1, 3) == doctest::Approx(w[Block::inhibitory](1, 3)).epsilon(1e-6));
}

TEST_CASE("two groups of neurons that are driven in turn, with pauses, become communities under STDP, by the measures of the training") {
  const Model<> model{.shape = {2, 32, 8, 2}};
  Weights<float> w(model.shape);
  for (std::size_t j = 0; j < 32; ++j) w[Block::input](j / 16, j) = 0.4f + 0.004f * static_cast<float>(j);
  SpikeData data(200, 2, 2);
  std::vector<InputSpike> turns;
  for (std::uint32_t t = 0; t < 200; ++t)
    if (t % 100 < 50) turns.push_back({t, t / 100});
  data.add(turns, 0);
  const Causal rule{.f_plus = 0.02_mV, .f_minus = 0.01_mV};
  auto sim = simulate<float>(model, w, Seed{1}, {}, rule, HardBounds{0_mV, 0.2_mV}, trial_input(model, w, data));
  sim.run(4_s);
  const analysis::Graph graph(connectivity(simulated_weights<float>(sim, model)).topLeftCorner(32, 32));
  const auto found = analysis::louvain(graph);
  CHECK(found.Q > 0.45);  // 1/2 is the most that two equal groups can have
  for (std::size_t j = 0; j < 32; ++j) CHECK((found.labels[j] == found.labels[0]) == (j < 16));
}

TEST_CASE("what the simulator cannot be is refused") {
  auto w = FluctuationDriven{}.weights<double>(small, Seed{2});
  CHECK_THROWS_AS(simulate<double>(Model<>{}, w, Seed{1}), config_error);  // of another shape
  CHECK_THROWS_AS(simulate<double>(small, w, Seed{1}, {}, Causal{}, HardBounds{0_mV, 1e-6_mV}), config_error);
  CHECK_THROWS_AS(trial_input(small, w, SpikeData(10, 4, 2)), config_error);
  CHECK_THROWS_AS(trial_input(small, w, SpikeData(10, 5, 2)), config_error);  // no trials
  w[Block::excitatory](0, 1) = -1;
  CHECK_THROWS_AS(simulate<double>(small, w, Seed{1}), config_error);
  const Model<NormalizedExpIF> capped{.shape = small.shape, .neuron = {.cap = 1}};
  CHECK_THROWS_AS(simulate<double>(capped, FluctuationDriven{}.weights<double>(capped, Seed{2}), Seed{1}),
                  config_error);
}

TEST_CASE("connectivity: rows are postsynaptic, inhibitory columns negative on request") {
  const Model<> model{.shape = {5, 6, 2, 2}};
  const auto w = FluctuationDriven{}.weights<double>(model, Seed{2});
  const auto m = connectivity(w), s = connectivity(w, Sign::dale);
  CHECK(m(7, 0) == w[Block::excitatory](0, 7));
  CHECK(s(1, 6) == -w[Block::inhibitory](0, 1));
  CHECK(s.cwiseAbs() == m);
}
