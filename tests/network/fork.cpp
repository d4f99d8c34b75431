/// What may be done to a network between steps: copying it, new noise, freezing, another rule, other bounds.
#include <doctest/doctest.h>

#include <engram/engram.hpp>

#include "hash.hpp"
#include "oracle/synapse.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

const auto rule = mix(0.4, Causal{0.02_mV, 0.02_mV, 20_ms, 20_ms}, Acausal{0.0006_mV_per_ms, 0.0006_mV_per_ms, 30_ms, 29_ms, 30_ms, 30_ms});
const HardBounds bounds{0_mV, 0.24_mV};
const oracle::Rule expected_rule = oracle::mix(0.4, oracle::causal(0.02, 0.02, 20, 20), oracle::acausal(0.0006, 0.0006, 30, 29, 30, 30));

auto cells(Index n) { return population("E", n, ExpIF{}, Exponential{5_ms, 8}, WhiteNoise{.sigma = 5_mV}); }

template <class T>
auto plastic_network(HardBounds within = bounds) {
  const auto e = cells(40);
  return simulation<T>(Clock{0.1_ms}, Seed{4}, e, connect(e, e, Bernoulli{0.3}, Weight{0.12_mV}, rule, within));
}

auto& synapses(auto& sim) { return std::get<0>(sim.projections()); }

std::vector<double> weights(const auto& sim) {
  std::vector<double> out;
  std::get<0>(sim.projections()).for_each([&](const auto& s) { out.push_back(static_cast<double>(s.weight)); });
  return out;
}

/// Runs, and keeps every train.
std::vector<oracle::Train> record(auto& sim, Step steps) {
  std::vector<oracle::Train> trains(std::get<0>(sim.populations()).size());
  for (Step n = 0; n < steps; ++n) {
    const Step at = sim.steps_done();
    sim.step();
    for (const Index c : std::get<0>(sim.populations()).spikes()) trains[c].push_back(at);
  }
  return trains;
}

/// Largest difference between the weights and what the oracle makes of `before` and the trains.
double difference(const auto& sim, const std::vector<double>& before, const std::vector<oracle::Train>& trains, const oracle::Bounds& within) {
  double worst = 0;
  std::size_t k = 0;
  std::get<0>(sim.projections()).for_each([&](const auto& s) {
    worst = std::max(worst, std::abs(s.weight - oracle::run_synapse(expected_rule, within, before[k++], trains[s.source], trains[s.target], 0.1)));
  });
  return worst;
}

}  // namespace

TEST_CASE_TEMPLATE("a copy goes on with the same bits, and its original does not notice", T, float, double) {
  auto sim = plastic_network<T>();
  sim.run(300_ms);
  auto alone = plastic_network<T>();
  alone.run(300_ms);
  auto fork = sim;
  CHECK(hash(fork) == hash(sim));
  fork.run(300_ms);
  CHECK(hash(sim) == hash(alone));
  sim.run(300_ms);
  alone.run(300_ms);
  CHECK(hash(sim) == hash(alone));
  CHECK(hash(sim) == hash(fork));
}

TEST_CASE("copies with other noise part ways; with the same other noise they do not") {
  auto sim = plastic_network<float>();
  sim.run(300_ms);
  auto a = sim, b = sim, c = sim;
  a.reseed(Seed{10});
  b.reseed(Seed{10});
  c.reseed(Seed{11});
  CHECK(hash(a) == hash(sim));
  for (auto* each : {&a, &b, &c}) each->run(300_ms);
  sim.run(300_ms);
  CHECK(hash(a) == hash(b));
  CHECK(hash(a) != hash(c));
  CHECK(hash(a) != hash(sim));
}

TEST_CASE("forks made at different times share no noise, though they are given one seed") {
  const auto potential = [](Step before) {
    const auto quiet = population("E", 2000, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = Voltage{-20}, .sigma = 5_mV});  // no spikes
    auto sim = simulation<float>(Clock{0.1_ms}, Seed{4}, quiet);
    for (Step n = 0; n < before; ++n) sim.step();
    auto& v = std::get<0>(sim.populations());
    const std::vector<float> old(v.state().begin(), v.state().end());
    sim.reseed(Seed{9});
    sim.step();
    std::vector<double> change;  // of one step: noise, and 0.2 % of it the drift
    for (std::size_t c = 0; c < old.size(); ++c) change.push_back(static_cast<double>(v.state()[c] - old[c]));
    return change;
  };
  const auto correlation = [](const std::vector<double>& a, const std::vector<double>& b) {
    const Eigen::Map<const Eigen::ArrayXd> x(a.data(), static_cast<Eigen::Index>(a.size())), y(b.data(), static_cast<Eigen::Index>(b.size()));
    return ((x - x.mean()) * (y - y.mean())).mean() / std::sqrt((x - x.mean()).square().mean() * (y - y.mean()).square().mean());
  };
  const auto early = potential(100), late = potential(101);
  CHECK(correlation(early, potential(100)) == doctest::Approx(1));
  CHECK(std::abs(correlation(early, late)) < 4 / std::sqrt(2000.));
  auto built = plastic_network<float>(), again = built;
  again.reseed(Seed{4});
  CHECK(hash(built) == hash(again));
  built.run(50_ms), again.run(50_ms);
  CHECK(hash(built) == hash(again));  // before the first step it is the seed of the network
}

TEST_CASE_TEMPLATE("a frozen network is the static one with the same weights, to the bit", T, float, double) {
  auto sim = plastic_network<T>();
  sim.run(500_ms);
  synapses(sim).set_learning(false);
  const auto at_freeze = weights(sim);
  CHECK(std::count(at_freeze.begin(), at_freeze.end(), static_cast<double>(T(0.12))) < static_cast<long>(at_freeze.size()));

  // From the start, with those weights: one network of each kind.
  const auto e = cells(40);
  auto fixed = simulation<T>(Clock{0.1_ms}, Seed{4}, e, connect(e, e, Bernoulli{0.3}, Weight{0.12_mV}));
  auto twin = plastic_network<T>();
  std::size_t k = 0;
  synapses(fixed).set_weights([&](Index, Index, T) { return at_freeze[k++]; });
  k = 0;
  synapses(twin).set_weights([&](Index, Index, T) { return at_freeze[k++]; });
  synapses(twin).set_learning(false);
  twin.run(1_s);
  fixed.run(1_s);
  CHECK(hash(twin) == hash(fixed));

  sim.run(1_s);
  CHECK(weights(sim) == at_freeze);
}

TEST_CASE("accumulating only: the network runs as if frozen, the weights read are the sums over all pairs, unbounded") {
  auto sim = plastic_network<double>({0.11_mV, 0.13_mV});
  auto frozen = sim;
  synapses(sim).accumulate_only();
  synapses(frozen).set_learning(false);
  const auto before = weights(sim);
  const auto trains = record(sim, 20000);
  CHECK(trains == record(frozen, 20000));
  CHECK(difference(sim, before, trains, {}) < 1e-12);
  const auto after = weights(sim);
  CHECK(*std::max_element(after.begin(), after.end()) > 0.13);
}

TEST_CASE("another rule in mid-run: pairs across the change do not count") {
  auto sim = plastic_network<double>();
  sim.run(300_ms);
  synapses(sim).set_rule(mix(0.9, Causal{}, Acausal{}));
  sim.run(300_ms);
  synapses(sim).set_rule(rule);
  const auto before = weights(sim);
  const auto trains = record(sim, 10000);
  CHECK(difference(sim, before, trains, {0, 0.24}) < 1e-12);
}

TEST_CASE("another rule leaves a frozen network frozen and an accumulating one accumulating") {
  auto frozen = plastic_network<double>();
  synapses(frozen).set_learning(false);
  synapses(frozen).set_rule(mix(0.9, Causal{}, Acausal{}));
  const auto before = weights(frozen);
  auto accumulating = frozen;
  synapses(accumulating).set_learning(true);
  synapses(accumulating).accumulate_only();
  synapses(accumulating).set_rule(rule);
  const auto trains = record(frozen, 5000);
  CHECK(weights(frozen) == before);
  CHECK(record(accumulating, 5000) == trains);
  CHECK(weights(accumulating) != before);
}

TEST_CASE("other bounds in mid-run: weights outside move to them, pairs across the change count") {
  auto sim = plastic_network<double>();
  const auto start = weights(sim);
  auto trains = record(sim, 5000);
  std::vector<double> expected;
  std::size_t k = 0;
  synapses(sim).for_each([&](const auto& s) { expected.push_back(oracle::run_synapse(expected_rule, {0, 0.24}, start[k++], trains[s.source], trains[s.target], 0.1)); });
  synapses(sim).set_bounds({0.11_mV, 0.13_mV});
  const auto later = record(sim, 5000);
  for (std::size_t c = 0; c < trains.size(); ++c) trains[c].insert(trains[c].end(), later[c].begin(), later[c].end());
  k = 0;
  double worst = 0;
  synapses(sim).for_each([&](const auto& s) {
    const oracle::Bounds within{0.11, 0.13};
    double w = within.clip(expected[k++]);
    for (Step n = 5000; n < 10000; ++n) w = oracle::learn(expected_rule, within, w, trains[s.source], trains[s.target], n, 0.1);
    worst = std::max(worst, std::abs(s.weight - w));
  });
  CHECK(worst < 1e-12);
}

TEST_CASE("weights set in mid-run are those from then on; earlier spikes still pair") {
  auto sim = plastic_network<double>();
  auto trains = record(sim, 5000);
  synapses(sim).set_weights([](Index j, Index i, double) { return (j + i) % 2 == 0 ? 0.05 : 0.2; });
  const auto later = record(sim, 5000);
  for (std::size_t c = 0; c < trains.size(); ++c) trains[c].insert(trains[c].end(), later[c].begin(), later[c].end());
  double worst = 0;
  synapses(sim).for_each([&](const auto& s) {
    double w = (s.source + s.target) % 2 == 0 ? 0.05 : 0.2;
    for (Step n = 5000; n < 10000; ++n) w = oracle::learn(expected_rule, {0, 0.24}, w, trains[s.source], trains[s.target], n, 0.1);
    worst = std::max(worst, std::abs(s.weight - w));
  });
  CHECK(worst < 1e-12);
}
