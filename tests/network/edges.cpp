/// Networks at the edges of what can be asked for: nobody there, nobody connected, everybody connected, one cell.
#include <doctest/doctest.h>

#include <engram/engram.hpp>

#include <limits>

using namespace engram;
using namespace engram::literals;

namespace {

const auto noise = WhiteNoise{.sigma = 6_mV};
const auto plastic = mix(0.5, Causal{}, Acausal{});
const HardBounds bounds{0_mV, 0.24_mV};

auto cells(const char* name, Index n) { return population(name, n, ExpIF{}, Exponential{5_ms}, noise); }

template <class Sim>
std::uint64_t spikes(const Sim& sim) {
  std::uint64_t n = 0;
  std::apply([&](const auto&... p) { ((n = std::accumulate(p.spike_count().begin(), p.spike_count().end(), n)), ...); }, sim.populations());
  return n;
}

struct Never {
  Time every{0};
  void observe(const auto&) const {}
};

std::string message(auto&& f) {
  try {
    f();
  } catch (const config_error& e) {
    return e.field;
  }
  return "nothing";
}

}  // namespace

TEST_CASE_TEMPLATE("an empty population, as source and as target", T, float, double) {
  const auto e = cells("E", 40), none = cells("none", 0);
  auto sim = simulation<T>(Clock{0.1_ms}, Seed{1}, e, none, connect(e, e, Bernoulli{0.2}, Weight{0.1_mV}, plastic, bounds),
                           connect(e, none, AllToAll{}, Weight{0.1_mV}, plastic, bounds), connect(none, e, AllToAll{}, Weight{0.1_mV}, plastic, bounds),
                           connect(none, none, AllToAll{}, Weight{0.1_mV}, plastic, bounds), connect(e, none, AllToAll{}, Weight{0.1_mV}));
  auto alone = simulation<T>(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.2}, Weight{0.1_mV}, plastic, bounds));
  sim.run(300_ms);
  alone.run(300_ms);
  CHECK(spikes(sim) > 0);
  CHECK(spikes(sim) == spikes(alone));
  auto& [ee, e_none, none_e, none_none, e_none_static] = sim.projections();
  CHECK(e_none.size() == 0);
  CHECK(none_e.size() == 0);
  CHECK(none_none.size() == 0);
  CHECK(e_none.rule().kappa == 0.5);
  CHECK(none_e.rule().kappa == 0.5);
  e_none.set_learning(false);
  none_e.set_rule(plastic);
  e_none.set_bounds(bounds);
  none_none.accumulate_only();
  CHECK(std::get<1>(sim.populations()).state().empty());
  CHECK(std::get<1>(sim.populations()).synaptic().empty());
  CHECK(std::get<1>(sim.populations()).spikes().empty());
}

TEST_CASE("no connection at p = 0; every pair but a cell and itself at p = 1") {
  const auto e = cells("E", 33), i = cells("I", 7);
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, i, connect(e, e, Bernoulli{0}, Weight{0.1_mV}, plastic, bounds),
                        connect(e, i, Bernoulli{1}, Weight{0.1_mV}, plastic, bounds), connect(i, i, Bernoulli{1}, Weight{-0.1_mV}));
  auto& [ee, ei, ii] = sim.projections();
  CHECK(ee.size() == 0);
  CHECK(ei.size() == 33 * 7);
  CHECK(ii.size() == 7 * 6);
  ii.for_each([](const auto& s) { CHECK(s.source != s.target); });
  sim.run(300_ms);
  CHECK(spikes(sim) > 0);
}

TEST_CASE("p is the share of pairs that are connected") {
  for (const double p : {1e-300, 1e-4, 0.1, 0.9999}) {
    const auto e = cells("E", 1000);
    auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{p}, Weight{0.1_mV}));
    const double pairs = 1000. * 999, expected = p * pairs, deviation = std::sqrt(pairs * p * (1 - p));
    CHECK(std::abs(static_cast<double>(std::get<0>(sim.projections()).size()) - expected) <= 4 * deviation);
  }
}

TEST_CASE("one cell; one cell connected to itself is not connected") {
  const auto e = cells("E", 1);
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, connect(e, e, AllToAll{}, Weight{0.1_mV}, plastic, bounds));
  auto alone = simulation(Clock{0.1_ms}, Seed{1}, e);
  CHECK(std::get<0>(sim.projections()).size() == 0);
  sim.run(1_s);
  alone.run(1_s);
  CHECK(spikes(sim) > 0);
  CHECK(spikes(sim) == spikes(alone));
}

TEST_CASE("sizes around the padding and the blocks of cells: a whole block does not notice who comes after it") {
  std::vector<std::uint64_t> first;
  for (const Index n : {1u, 31u, 32u, 33u, 225u, 255u, 256u, 257u, 600u}) {
    auto sim = simulation(Clock{0.1_ms}, Seed{1}, cells("E", n));
    sim.run(500_ms);
    const auto& population = std::get<0>(sim.populations());
    CHECK(population.spike_count().size() == n);
    for (const Index c : population.spikes()) CHECK(c < n);
    if (n > 224) first.push_back(std::accumulate(population.spike_count().begin(), population.spike_count().begin() + 225, std::uint64_t{0}));
  }
  for (const auto f : first) CHECK(f == first.front());
}

TEST_CASE("durations: nothing, a part of a step, backwards, forever") {
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, cells("E", 5));
  CHECK(sim.run(0_ms) == RunResult::completed);
  CHECK(sim.steps_done() == 0);
  sim.run(0.1_ms);
  CHECK(sim.steps_done() == 1);
  for (const double bad : {0.05, -1., std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN(), 1e300})
    CHECK(message([&] { sim.run(Time{bad}); }) == "run.duration");
  CHECK(sim.steps_done() == 1);
}

TEST_CASE("what cannot be is refused when the network is built, by the name of the field") {
  const auto e = cells("E", 5), i = cells("I", 5);
  const auto build = [](const auto&... parts) { return message([&] { simulation(Clock{0.1_ms}, Seed{1}, parts...); }); };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message([&] { simulation(Clock{0_ms}, Seed{1}, e); }) == "Clock.dt");
  CHECK(message([&] { simulation(Clock{-0.1_ms}, Seed{1}, e); }) == "Clock.dt");
  CHECK(message([&] { simulation(Clock{Time{nan}}, Seed{1}, e); }) == "Clock.dt");
  CHECK(message([&] { simulation(Clock{2_ms}, Seed{1}, e); }) == "Clock.dt");
  CHECK(build(population("E", 5, ExpIF{.tau = -1_ms}, Exponential{5_ms}, noise)) == "E.neuron.tau");
  CHECK(build(population("E", 5, ExpIF{.cut = -53_mV}, Exponential{5_ms}, noise)) == "E.neuron.cut");
  CHECK(build(population("E", 5, ExpIF{.reset = 0_mV}, Exponential{5_ms}, noise)) == "E.neuron.reset");
  CHECK(build(population("E", 5, ExpIF{.leak = Voltage{nan}}, Exponential{5_ms}, noise)) == "E.neuron.leak");
  CHECK(build(population("E", 5, ExpIF{}, Exponential{0_ms}, noise)) == "E.receptor.tau");
  CHECK(build(population("E", 5, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = -1_mV})) == "E.input.sigma");
  CHECK(build(e, e) == "population.name");
  CHECK(build(e, connect(e, i, AllToAll{}, Weight{0.1_mV})) == "E->I: population");
  CHECK(build(e, connect(e, e, Bernoulli{1.1}, Weight{0.1_mV})) == "E->E.wiring.p");
  CHECK(build(e, connect(e, e, Bernoulli{nan}, Weight{0.1_mV})) == "E->E.wiring.p");
  CHECK(build(e, connect(e, e, AllToAll{}, Weight{0.3_mV}, plastic, bounds)) == "E->E.initial");
  CHECK(build(e, connect(e, e, AllToAll{}, Weight{Voltage{nan}})) == "E->E.initial");
  CHECK(build(e, connect(e, e, AllToAll{}, Weight{Voltage{std::numeric_limits<double>::infinity()}})) == "E->E.initial");
  CHECK(build(e, connect(e, e, AllToAll{}, Weight{0.1_mV}, plastic, HardBounds{1_mV, 0_mV})) == "E->E.bounds.high");
  CHECK(build(e, connect(e, e, AllToAll{}, Weight{0.1_mV}, mix(1.1, Causal{}, Acausal{}), bounds)) == "E->E.rule.kappa");
  CHECK(build(e, connect(e, e, AllToAll{}, Weight{0.1_mV}, mix(0.5, Causal{.tau_plus = 0_ms}, Acausal{}), bounds)) == "E->E.rule.first.tau_plus");
  CHECK(build(population("E", 5, ExpIF{}, Exponential{5_ms}, CommonSignal{.members = {CellRange{3, 3}}, .enabled = true})) == "CommonSignal.members");
}

TEST_CASE("an observer that never comes, a guard that cannot be") {
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, cells("E", 5));
  CHECK(message([&] { sim.run(1_ms, Never{}); }) == "observer.every");
  CHECK(message([&] { sim.set_guard({.window = 0_ms}); }) == "Guard.window");
  CHECK(message([&] { sim.set_guard({.highest_rate = Rate{-1}}); }) == "Guard.highest_rate");
}

TEST_CASE("a set of weights that is refused changes nothing") {
  const auto e = cells("E", 20);
  auto sim = simulation<double>(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.5}, Weight{0.1_mV}, plastic, bounds));
  sim.run(500_ms);
  auto& ee = std::get<0>(sim.projections());
  auto fork = sim;
  int calls = 0;
  CHECK(message([&] { ee.set_weights([&](Index, Index, double w) { return ++calls < 50 ? w : -1; }); }) == "E->E.weight");
  CHECK(message([&] { ee.set_weights([&](Index, Index, double) { return std::numeric_limits<double>::quiet_NaN(); }); }) == "E->E.weight");
  sim.run(500_ms);
  fork.run(500_ms);
  std::vector<double> a, b;
  ee.for_each([&](const auto& s) { a.push_back(s.weight); });
  std::get<0>(fork.projections()).for_each([&](const auto& s) { b.push_back(s.weight); });
  CHECK(a == b);
}
