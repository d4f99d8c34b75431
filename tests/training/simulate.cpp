#include <doctest/doctest.h>

#include <engram/plasticity/causal.hpp>
#include <engram/training/bptt.hpp>
#include <engram/training/connectivity.hpp>
#include <engram/training/initialisation.hpp>
#include <engram/training/simulate.hpp>

#include "reference.hpp"

using namespace engram;
using namespace engram::training;
using namespace engram::literals;

namespace {

/// Spikes of every neuron and step of a trained network and of its simulation on the same trial, compared.
template <class Neuron>
void check_same_spikes(const Neuron& neuron) {
  const Model<Neuron> model{.shape = {20, 40, 10, 2}, .neuron = neuron, .tau_inhibitory = 10_ms};
  const auto data = reference::random_trials(3, 150, 20, 2, 0.1, Seed{5});
  const auto w = FluctuationDriven{.sigma = 1.5}.weights<double>(model, Seed{6});
  BlockPass<double, Neuron, SuperSpike> pass(model, {});
  const std::uint32_t trials[] = {0};
  pass.forward(w, data, trials);

  const Unit unit;
  const auto input = [&](std::size_t first) {
    return TrialInput<double>{&data, &w, unit.size.value, model.decay(model.tau_excitatory), first};
  };
  auto sim = simulate<double>(model, w, Seed{1}, unit, Static{}, unbounded, input);
  std::size_t spikes = 0, different = 0;
  for (std::size_t t = 1; t < data.steps();
       ++t) {  // the simulator's step n ends where the trained network's n + 1 begins
    sim.step();
    const auto& [e, i] = sim.populations();
    std::vector<bool> fired(50);
    for (auto c : e.spikes()) fired[c] = true;
    for (auto c : i.spikes()) fired[40 + c] = true;
    for (std::size_t j = 0; j < 50; ++j) {
      spikes += fired[j];
      different += fired[j] != pass.spiked(t, 0, j);
    }
  }
  CHECK(spikes > 200);
  CHECK(different == 0);
}

}  // namespace

TEST_CASE("a trained network spikes in the same steps in the simulator") {
  SUBCASE("leaky") { check_same_spikes(NormalizedLIF{}); }
  SUBCASE("exponential") { check_same_spikes(NormalizedExpIF{}); }
}

TEST_CASE("weights go over with their sign, and come back after plasticity") {
  const Model<> model{.shape = {5, 20, 5, 2}, .tau_inhibitory = 10_ms};
  const auto w = FluctuationDriven{.sigma = 2}.weights<float>(model, Seed{2});
  auto sim = simulate<float>(model, w, Seed{1}, {}, Causal{}, HardBounds{0_mV, 100_mV});
  const auto& inhibitory = std::get<2>(sim.projections());
  inhibitory.for_each(
      [&](const auto& s) { CHECK(s.weight == doctest::Approx(-20 * w[Block::inhibitory](s.source, s.target))); });
  auto back = simulated_weights<float>(sim, model);
  for (std::size_t i = 0; i < 25; ++i)
    for (std::size_t j = 0; j < 25; ++j)
      CHECK(back.recurrent()(i, j) == doctest::Approx(w.recurrent()(i, j)).epsilon(1e-6));

  const auto data = reference::random_trials(3, 100, 5, 2, 0.2, Seed{5});
  auto driven = simulate<float>(model, w, Seed{1}, {}, Causal{}, HardBounds{0_mV, 100_mV}, [&](std::size_t first) {
    return TrialInput<float>{&data, &w, 20, model.decay(model.tau_excitatory), first};
  });
  driven.run(1_s);
  back = simulated_weights<float>(driven, model);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 20; ++j) moved += std::abs(back.recurrent()(i, j) - w.recurrent()(i, j)) > 1e-6f;
  CHECK(moved > 50);
  CHECK(back[Block::inhibitory](1, 3) == doctest::Approx(w[Block::inhibitory](1, 3)).epsilon(1e-6));
}

TEST_CASE("what the simulator cannot be is refused") {
  const Model<> model{.shape = {5, 20, 5, 2}, .tau_inhibitory = 10_ms};
  auto w = FluctuationDriven{}.weights<double>(model, Seed{2});
  CHECK_THROWS_AS(simulate<double>(Model<>{.shape = model.shape}, w, Seed{1}), config_error);  // 10 and 20 ms
  CHECK_THROWS_AS(simulate<double>(Model<>{.tau_inhibitory = 10_ms}, w, Seed{1}), config_error);
  CHECK_THROWS_AS(simulate<double>(model, w, Seed{1}, {}, Causal{}, HardBounds{0_mV, 1e-6_mV}), config_error);
  w[Block::excitatory](0, 1) = -1;
  CHECK_THROWS_AS(simulate<double>(model, w, Seed{1}), config_error);
  const Model<NormalizedExpIF> capped{.shape = model.shape, .neuron = {.cap = 1}, .tau_inhibitory = 10_ms};
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
