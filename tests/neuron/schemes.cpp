#include <doctest/doctest.h>

#include <engram/engram.hpp>
#include <engram/neuron/schemes.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

/// Membrane potential after `duration` without noise, in double, from -70 mV.
template <class Scheme, class Model>
double end_of(const Model& model, double dt, double duration, double current) {
  const auto stepped = Stepped<Model, Scheme>{model}.prepare(Time{dt});
  MembraneState<double> s{-70, 0};
  for (int n = 0; n < static_cast<int>(std::round(duration / dt)); ++n) stepped.step(s, Drive<double>{current, 0});
  return s.v;
}

/// Order of convergence between dt and dt/2, against a step a thousand times smaller.
template <class Scheme>
double order(double dt) {
  const double exact = end_of<StochasticHeun>(ExpIF{}, dt / 1024, 16, 0.5);
  const auto error = [&](double h) { return std::abs(end_of<Scheme>(ExpIF{}, h, 16, 0.5) - exact); };
  return std::log2(error(dt) / error(dt / 2));
}

}  // namespace

TEST_CASE("exponential Euler is exact for a leak at any step") {
  for (const double dt : {0.1, 1., 2.}) {
    const double exact = -62 - 8 * std::exp(-16. / 20);  // towards leak + current
    CHECK(end_of<ExponentialEuler>(LIF{.leak = -70_mV}, dt, 16, 8) == doctest::Approx(exact).epsilon(1e-13));
  }
  // The noise alone gives the free membrane the variance b^2 / (1 - (1 - a)^2) = 1 in units of sigma^2.
  const auto scheme = ExponentialEuler::prepare(1_ms, 20_ms);
  CHECK(scheme.b * scheme.b / (1 - (1 - scheme.a) * (1 - scheme.a)) == doctest::Approx(1).epsilon(1e-13));
}

TEST_CASE("order of convergence without noise, six halvings") {
  for (double dt = 2; dt > 0.05; dt /= 2) {
    CAPTURE(dt);
    CHECK(order<EulerMaruyama>(dt) == doctest::Approx(1).epsilon(0.1));
    CHECK(order<ExponentialEuler>(dt) == doctest::Approx(1).epsilon(0.1));
    CHECK(order<StochasticHeun>(dt) == doctest::Approx(2).epsilon(0.05));
  }
}
