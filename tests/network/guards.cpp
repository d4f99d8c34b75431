/// What ends a run that has gone wrong: it names who, where and when, and the last good state is there to go on from.
#include <doctest/doctest.h>

#include <engram/engram.hpp>
#include <engram/plasticity/hook_learning.hpp>

#include "hash.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

/// Input that is no number in one cell from one step on.
struct Poison {
  Step at = std::numeric_limits<Step>::max();
  Index cell = 0;

  auto bind(const InputContext&) const;
};
struct PoisonSource {
  Poison parameters;
  bool now = false;
  void begin(Step step) { now = step >= parameters.at; }
  void reseed(Seed) {}
  void add(const auto& block) const {
    if (now && parameters.cell >= block.first && parameters.cell < block.first + block.noise.size())
      block.noise[parameters.cell - block.first] = std::numeric_limits<float>::quiet_NaN();
  }
};
inline auto Poison::bind(const InputContext&) const { return PoisonSource{*this}; }
static_assert(InputSource<Poison>);

auto network(Threads threads = {}) {
  const auto e = population("E", 600, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = 4_mV}, Poison{});
  const auto i = population("I", 70, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = 4_mV}, Poison{});
  return simulation<float>(Clock{0.1_ms}, Seed{3}, threads, e, i,
                           connect(e, e, Bernoulli{0.1}, Weight{0.1_mV}, mix(0.5, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV}),
                           connect(i, e, Bernoulli{0.2}, Weight{-0.4_mV}));
}
auto& poison(auto& sim) { return std::get<1>(sim.populations()).template input<1>().parameters; }

double weight_sum(const auto& sim) {
  double sum = 0;
  std::get<0>(sim.projections()).for_each([&](const auto& s) { sum += static_cast<double>(s.weight) * (s.source + 1); });
  return sum;
}

struct LastStep {
  Time every = 0.1_ms;
  Step seen = 0;
  void observe(const auto& sim) { seen = sim.steps_done(); }
};

/// A rule whose weights turn into `value` at every presynaptic spike.
struct Turning {
  double value;
  std::array<Time, 1> pre_traces() const { return {20_ms}; }
  std::array<Time, 1> post_traces() const { return {20_ms}; }
  double on_pre(double, const std::array<double, 1>&, const std::array<double, 1>&) const { return value; }
  double on_post(double w, const std::array<double, 1>&, const std::array<double, 1>&) const { return w; }
};

template <class Rule>
auto with_rule(Rule rule) {
  const auto e = population("E", 50, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = 4_mV});
  return simulation<float>(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.5}, Weight{0.1_mV}, rule));
}

}  // namespace

TEST_CASE("a potential that is not finite is named in its very step, and nothing of it has spread") {
  for (const unsigned threads : {1u, 2u, 3u}) {
    CAPTURE(threads);
    auto clean = network(Threads{threads});
    clean.run(50.7_ms);
    auto sim = network(Threads{threads});
    poison(sim) = {507, 66};
    LastStep observer;
    try {
      sim.run(100_ms, observer);
      FAIL("went on");
    } catch (const numerical_error& e) {
      CHECK(e.population == "I");
      CHECK(e.cell == 66);
      CHECK(e.step == 507);
      CHECK(std::isnan(e.value));
      CHECK(std::string(e.what()) == "the membrane potential is not finite: population I, cell 66, step 507, value " + std::string(std::signbit(e.value) ? "-nan" : "nan"));
    }
    CHECK(sim.steps_done() == 507);
    CHECK(observer.seen == 507);
    CHECK(weight_sum(sim) == weight_sum(clean));
  }
}

TEST_CASE("from the last good state a run goes on with the bits it would have had") {
  for (const unsigned threads : {1u, 2u}) {
    auto clean = network(Threads{threads});
    clean.run(80_ms);
    auto sim = network(Threads{threads});
    poison(sim) = {507, 66};
    LastGood<decltype(sim)> last_good{10_ms};
    CHECK_THROWS_AS(sim.run(80_ms, last_good), numerical_error);
    sim = *last_good.state;
    CHECK(sim.steps_done() == 500);
    poison(sim) = {};
    sim.run(30_ms);
    CHECK(hash(sim) == hash(clean));
  }
}

TEST_CASE("padding cells that are not finite end no run") {
  auto sim = network();
  poison(sim) = {5, 90};
  CHECK(sim.run(2_ms) == RunResult::completed);
  auto threaded = network(Threads{2});
  poison(threaded) = {5, 90};
  CHECK(threaded.run(2_ms) == RunResult::completed);
}

TEST_CASE("a weight that is not a number, or not finite: projection, source, target, step and value") {
  for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300}) {
    auto sim = with_rule(Turning{value});
    try {
      sim.run(1_s);
      FAIL("went on");
    } catch (const weight_error& e) {
      CHECK(e.population == "E->E");
      CHECK(!std::isfinite(e.value));
      CHECK(e.source < 50);
      CHECK(e.cell < 50);
      CHECK(e.step == static_cast<std::uint64_t>(sim.steps_done()));
      double there = 0;
      std::get<0>(sim.projections()).for_each([&](const auto& s) {
        if (s.source == e.source && s.target == e.cell) there = static_cast<double>(s.weight);
      });
      CHECK(!std::isfinite(there));
      CHECK(std::string(e.what()).starts_with("a weight is not a finite number mV: projection E->E, source " + std::to_string(e.source) + ", target "));
    }
  }
}

TEST_CASE("a pair rule that overflows float is noticed, not clipped to a bound") {
  const auto e = population("E", 50, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = 4_mV});
  const Causal rule{Voltage{3e38}, Voltage{3e38}, 20_ms, 20_ms};
  auto sim = simulation<float>(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.5}, Weight{0.1_mV}, rule, HardBounds{0_mV, 0.2_mV}));
  CHECK_THROWS_AS(sim.run(10_s), weight_error);
}

TEST_CASE("weights within tight bounds, at both of them, end no run") {
  const auto e = population("E", 50, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = 4_mV});
  const Causal rule{1_mV, 1_mV, 20_ms, 20_ms};
  auto sim = simulation<float>(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.5}, Weight{0.1_mV}, rule, HardBounds{0.1_mV, 0.3_mV}));
  CHECK(sim.run(6_s) == RunResult::completed);  // the guard has come to each source once
  CHECK(!std::get<0>(sim.projections()).first_outside(0, 50));
}

TEST_CASE("a runaway rate: cell, the end of the window, and the rate") {
  auto e = population("E", 40, ExpIF{.refractory = 0.1_ms}, Exponential{5_ms}, WhiteNoise{.mean = 4_mV});
  for (const unsigned threads : {1u, 2u}) {
    auto sim = simulation<float>(Clock{0.1_ms}, Seed{1}, Threads{threads}, e);
    sim.set_guard({.highest_rate = 100_Hz, .window = 20_ms});
    sim.run(100_ms);
    std::get<0>(sim.populations()).input<0>().parameters.mean = Voltage{300};
    try {
      sim.run(1_s);
      FAIL("went on");
    } catch (const numerical_error& error) {
      CHECK(error.population == "E");
      CHECK(error.cell == 0);
      CHECK(error.step == 1200);
      CHECK(error.value > 100);
      CHECK(error.value == doctest::Approx(static_cast<double>(std::get<0>(sim.populations()).spike_count()[0]) / 0.02).epsilon(0.3));
      CHECK(std::string(error.what()).starts_with("runaway rate (Hz): population E, cell 0, step 1200"));
    }
  }
}
