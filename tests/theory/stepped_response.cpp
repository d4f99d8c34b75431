#include <doctest/doctest.h>

#include <engram/network/build.hpp>
#include <engram/neuron/exp_if.hpp>
#include <engram/neuron/lif.hpp>
#include <engram/plasticity/acausal.hpp>
#include <engram/theory/motifs.hpp>
#include <engram/theory/stepped_response.hpp>

using namespace engram;
using namespace engram::theory;

namespace {
constexpr Voltage mu{0.3}, sigma{4};
using Euler = Stepped<ExpIF>;
using Heun = Stepped<ExpIF, StochasticHeun>;

const FrequencyGrid& grid() {
  static const FrequencyGrid each({.first = 0.01, .last = 2, .per_octave = 0.5});
  return each;
}
}  // namespace

TEST_CASE("at zero frequency the susceptibility is the slope of the rate") {
  const auto check = [](const auto& neuron, double level) {
    const auto rate = [&](double shift) { return SteppedResponse(neuron, Voltage{level + shift}, sigma, Time{0.4}).rate().value; };
    const auto response = SteppedResponse(neuron, Voltage{level}, sigma, Time{0.4}).response(FrequencyGrid({.first = 1e-4, .last = 2, .per_octave = 0.5}));
    CHECK(response.chi(7).real() == doctest::Approx((rate(0.05) - rate(-0.05)) / 0.1).epsilon(1e-4));
    CHECK(response.rate == doctest::Approx(rate(0)));
  };
  check(Euler{ExpIF{}}, 0.3);
  check(Heun{ExpIF{}}, 0.3);
  check(Stepped<LIF>{LIF{.tau = Time{20}, .leak = Voltage{-60}, .cut = Voltage{-50}, .reset = Voltage{-60}, .refractory = Time{2}}}, 8);
}

TEST_CASE("as the step vanishes the stepped neuron is that of threshold integration") {
  const auto exact = ThresholdIntegration(ExpIF{}, mu, sigma).response(grid());
  const Eigen::Index k = 40;  // 0.14 rad/ms, 22 Hz
  CHECK(grid().omega()(k) == doctest::Approx(0.14).epsilon(0.2));
  const auto errors = [&](double dt) {
    const auto r = SteppedResponse(Heun{ExpIF{}}, mu, sigma, Time{dt}).response(grid());
    return std::array{r.rate / exact.rate - 1, r.spectrum(k) / exact.spectrum(k) - 1, std::arg(r.chi(k) / exact.chi(k))};
  };
  const auto a = errors(0.4), b = errors(0.2), c = errors(0.1);
  for (std::size_t n : {0u, 2u}) {  // of first order: a spike is recorded at the end of its step
    CHECK(b[n] / c[n] == doctest::Approx(2).epsilon(0.15));
    CHECK(std::abs(2 * c[n] - b[n]) < 0.1 * std::abs(c[n]));
  }
  CHECK(std::abs(c[0]) < 2e-3);
  CHECK(std::abs(c[1]) < 1e-3);
  CHECK(std::abs(a[1]) < 5e-3);
  const auto euler = SteppedResponse(Euler{ExpIF{}}, mu, sigma, Time{0.1}).response(grid());
  CHECK(euler.rate / exact.rate - 1 == doctest::Approx(-0.0058).epsilon(0.05));
}

TEST_CASE("with the upstroke solved exactly, half a millisecond is closer to the limit than a tenth under Euler and Maruyama") {
  const auto exact = ThresholdIntegration(ExpIF{}, mu, sigma).response(grid());
  const auto forward = [&](const Response& r) {  // of the acausal rule
    const Cell cell(r, Exponential{}, grid());
    return motif_coefficients(sample(Acausal{}, grid()), cell, cell, cell, grid(), 1).Sf.value;
  };
  const auto errors = [&](const auto& neuron, double dt) {
    const auto r = SteppedResponse(neuron, mu, sigma, Time{dt}).response(grid());
    return std::array{r.rate / exact.rate - 1, std::abs(r.chi(0) / exact.chi(0)) - 1, forward(r) / forward(exact) - 1};
  };
  using Split = Stepped<ExpIF, ExactUpstroke>;
  const auto euler = errors(Euler{ExpIF{}}, 0.1), coarse = errors(Split{ExpIF{}}, 0.5), fine = errors(Split{ExpIF{}}, 0.1);
  for (std::size_t n = 0; n < 3; ++n) {
    CHECK(std::abs(coarse[n]) < std::abs(euler[n]) / 2);
    CHECK(std::abs(fine[n]) < 1e-3);
  }
  CHECK(std::abs(fine[0]) < 1e-4);
}

TEST_CASE("a run at a coarse step has the rate of the stepped neuron, not of the continuous one") {
  const Time dt{0.5};
  const Index cells = 2000;
  const auto run = [&](auto neuron, double level) {
    auto sim = simulation<float>(Clock{dt}, Seed{5}, population("E", cells, neuron, Exponential{}, WhiteNoise{Voltage{level}, sigma}));
    const auto spikes = [&] {
      double sum = 0;
      for (const auto n : std::get<0>(sim.populations()).spike_count()) sum += static_cast<double>(n);
      return sum;
    };
    sim.run(Time{1000});
    const double before = spikes();
    sim.run(Time{20000});
    return (spikes() - before) / (20000. * cells);
  };
  const auto check = [&](auto neuron, double level) {
    const SteppedResponse theory(neuron, Voltage{level}, sigma, dt);
    const double spectrum_0 = theory.response(grid()).spectrum(0);  // of the count: variance of the rate x time
    const double error = std::sqrt(spectrum_0 / (20000. * cells)), measured = run(neuron, level);
    CHECK(std::abs(measured - theory.rate().value) < 4 * error);
    CHECK(std::abs(measured - ThresholdIntegration(neuron.model, Voltage{level}, sigma).rate().value) > 8 * error);
  };
  check(Euler{ExpIF{}}, 0.);
  check(Euler{ExpIF{}}, 2.);
  check(Heun{ExpIF{}}, 2.);

  const SteppedResponse split(Stepped<ExpIF, ExactUpstroke>{ExpIF{}}, Voltage{2}, sigma, dt);
  const double error = std::sqrt(split.response(grid()).spectrum(0) / (20000. * cells));
  CHECK(std::abs(run(Stepped<ExpIF, ExactUpstroke>{ExpIF{}}, 2.) - split.rate().value) < 4 * error);
}

TEST_CASE("bad input is refused") {
  CHECK_THROWS_WITH_AS(SteppedResponse(Euler{ExpIF{}}, mu, sigma, Time{0}), doctest::Contains("SteppedResponse.dt"), config_error);
  CHECK_THROWS_WITH_AS(SteppedResponse(Euler{ExpIF{}}, mu, Voltage{0}, Time{0.1}), doctest::Contains("sigma"), config_error);
}
