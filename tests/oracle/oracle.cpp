/// The oracle is itself held against what is known in closed form, so that an agreement with it means something.
#include <doctest/doctest.h>

#include <random>

#include "network.hpp"

using namespace oracle;

namespace {

constexpr double w_max = 0.24;
const Rule l_causal = causal(3.3258350e-3 * w_max, 3.33e-3 * w_max, 20, 20);
const Rule l_acausal = acausal(1.11e-4 * w_max, 1.11e-4 * w_max, 30, 29.974985, 30, 30);

Train poisson(std::mt19937_64& random, double p, std::int64_t steps) {
  Train train;
  std::bernoulli_distribution fire(p);
  for (std::int64_t n = 0; n < steps; ++n)
    if (fire(random)) train.push_back(n);
  return train;
}

/// Mean change of a weight per pair of independent spikes, times dt: sum over lags of L dt, the half rule at 0.
double discrete_integral(const Rule& rule, double dt) {
  double sum = rule(0);
  for (int k = 1; k * dt < 2000; ++k) sum += rule(k * dt) + rule(-k * dt);
  return sum * dt;
}

}  // namespace

TEST_CASE("oracle: one pair of spikes, either order and coincident") {
  const Bounds none;
  const double w = 0.1, dt = 0.1;
  CHECK(run_synapse(l_causal, none, w, {10}, {60}, dt) == doctest::Approx(w + 3.3258350e-3 * w_max * std::exp(-0.25)).epsilon(1e-14));
  CHECK(run_synapse(l_causal, none, w, {60}, {10}, dt) == doctest::Approx(w - 3.33e-3 * w_max * std::exp(-0.25)).epsilon(1e-14));
  CHECK(run_synapse(l_causal, none, w, {60}, {60}, dt) == doctest::Approx(w + (3.3258350e-3 - 3.33e-3) / 2 * w_max).epsilon(1e-14));
  CHECK(run_synapse(l_acausal, none, w, {10}, {60}, dt) == doctest::Approx(w + 1.11e-4 * w_max * 25 * std::exp(-1. / 6)).epsilon(1e-14));
  CHECK(run_synapse(homeostatic(-2, 0.5, 30), none, w, {10, 60}, {60}, dt) == doctest::Approx(w + 1 - 2 - 2 * std::exp(-1. / 6)).epsilon(1e-14));
}

TEST_CASE("oracle: a coincidence pairs with earlier spikes of both trains and is clipped in between") {
  const Rule rule = causal(1, 1, 20, 20);
  CHECK(run_synapse(rule, {-10, 10}, 0, {0, 5}, {5}, 1) == doctest::Approx(std::exp(-0.25)));
  // The postsynaptic spike lifts the weight to its upper bound; only then the presynaptic one lowers it.
  CHECK(run_synapse(rule, {-10, 0.5}, 0.4, {0, 5}, {3, 5}, 1) == doctest::Approx(0.5 - std::exp(-0.1)));
}

TEST_CASE("oracle: without bounds the course of events adds up to the sum over all pairs") {
  std::mt19937_64 random(1);
  const Rule rule = mix(0.3, l_causal, l_acausal);
  for (int trial = 0; trial < 20; ++trial) {
    const auto pre = poisson(random, 0.05, 400), post = poisson(random, 0.1, 400);
    CHECK(run_synapse(rule, {}, 0.1, pre, post, 0.5) == doctest::Approx(all_pairs(rule, 0.1, pre, post, 0.5)).epsilon(1e-13));
  }
}

TEST_CASE("oracle: the half rule keeps the drift of independent spikes at S0; counting s = 0 as s <= 0 does not") {
  const double dt = 0.1, S0 = -8.33e-5 * w_max;
  CHECK(discrete_integral(l_causal, dt) == doctest::Approx(S0).epsilon(1e-3));
  CHECK(discrete_integral(l_acausal, dt) == doctest::Approx(S0).epsilon(1e-3));
  Rule wrong = l_causal;
  const double excess = (wrong.before(0) - l_causal(0)) * dt;
  CHECK(excess == doctest::Approx(-(3.3258350e-3 + 3.33e-3) * w_max * dt / 2));
  CHECK(excess / S0 == doctest::Approx(4).epsilon(0.01));
}

TEST_CASE("oracle: periods of the noiseless neuron") {
  const auto period = [](double drive, double dt) {
    Network net{.dt = dt, .populations = {Population({.tau = 20, .leak = -65, .threshold = -50, .sharpness = 2,
                                                      .cut = -30, .reset = -65, .refractory = 0, .mean = drive},
                                                     {-65})}};
    const auto& train = net.populations[0].trains[0];
    while (train.empty()) net.step({{0}});
    return static_cast<double>(net.now) * dt;
  };
  // Euler's error is linear in dt: extrapolated, it leaves the last digit, and the step of the crossing.
  const auto extrapolated = [&](double drive) { return 2 * period(drive, 1e-3) - period(drive, 2e-3); };
  CHECK(extrapolated(14) == doctest::Approx(121.848).epsilon(5e-5));
  CHECK(extrapolated(16) == doctest::Approx(65.2137).epsilon(5e-5));
  CHECK(extrapolated(20) == doctest::Approx(37.8744).epsilon(1e-4));
  CHECK(extrapolated(30) == doctest::Approx(19.8609).epsilon(2e-4));
}

TEST_CASE("oracle: held for the refractory period, integrating again in the step after it") {
  Network net{.dt = 0.1, .populations = {Population({.refractory = 1}, {-60})}};
  net.step({{1000}});
  CHECK(net.populations[0].trains[0] == Train{0});
  for (int n = 0; n < 10; ++n) net.step({{1000}});
  CHECK(net.populations[0].trains[0] == Train{0});
  net.step({{1000}});
  CHECK(net.populations[0].trains[0] == Train{0, 11});
}

TEST_CASE("oracle: a spike acts from the next step on, and gives the membrane weight times tau_syn in all") {
  const double dt = 0.1, far = 1e9;  // a neuron that only integrates its current: leak and onset out of the way
  Network net{.dt = dt,
              .populations = {Population({}, {-60}), Population({.tau = far, .leak = 0, .threshold = 1e6, .cut = 1e5}, {0})},
              .projections = {{.pre = 0, .post = 1, .tau_syn = 5, .gain = 4, .synapses = {{0, 0, 0.3}}}}};
  net.step({{1000}, {0}});
  CHECK(net.populations[1].v[0] == 0);
  net.step({{0}, {0}});
  CHECK(net.populations[1].v[0] * far == doctest::Approx(4 * 0.3 * 5 * (1 - std::exp(-dt / 5))));
  for (int n = 0; n < 3000; ++n) net.step({{-1000}, {0}});
  CHECK(net.populations[1].v[0] * far == doctest::Approx(4 * 0.3 * 5));
}

TEST_CASE("oracle: rate of the model's neuron at sigma = 4 mV") {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  const std::size_t cells = 200;
  const std::int64_t steps = 60000;
  Network net{.dt = 0.1, .populations = {Population({}, std::vector<double>(cells, -58))}};
  std::vector<std::vector<double>> noise(1, std::vector<double>(cells));
  std::size_t before = 0;
  for (std::int64_t n = 0; n < steps; ++n) {
    for (auto& z : noise[0]) z = 4 * normal(random);
    net.step(noise);
    if (n == 4999)
      for (const auto& train : net.populations[0].trains) before += train.size();
  }
  std::size_t spikes = 0;
  for (const auto& train : net.populations[0].trains) spikes += train.size();
  const double seconds = static_cast<double>(cells) * static_cast<double>(steps - 5000) * 1e-4;
  const double rate = static_cast<double>(spikes - before) / seconds;
  const double error = std::sqrt(12.2288 * 0.5012 / seconds);  // C0(0)/r = 0.5012: variance of a count over its mean
  MESSAGE("rate " << rate << " Hz, standard error " << error);
  CHECK(std::abs(rate - 12.2288) < 4 * error);
}
