#include <doctest/doctest.h>

#include <Eigen/SparseCore>

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

/// A smooth model that does not spike, for weak errors: no crossing spoils the order.
struct Smooth {
  Time tau{20};
  Voltage cut{1e6}, reset{0};
  Time refractory{0};
  template <class B>
  B drift(B v) const { return B(5) - v - B(0.002) * v * v * v; }
};
static_assert(IntegrateAndFire<Smooth>);

/// E V^2 after 16 ms from -8 mV as the scheme has it at step dt, without sampling: the chain's transition operator on a grid of
/// the potential (0.1 mV, to eight standard deviations), by polynomials through the eight nearest nodes, the noise summed over a
/// grid of z. Both are exact to 1e-13 a step.
template <class Scheme>
double weak_value(double dt) {
  constexpr Eigen::Index nodes = 481, width = 8;
  constexpr double low = -24, spacing = 0.1;
  const auto interpolate = [&](double x, double factor, auto&& add) {
    const double at = std::clamp((x - low) / spacing, 0., static_cast<double>(nodes - 1));
    const auto first = std::clamp<Eigen::Index>(static_cast<Eigen::Index>(at) - width / 2 + 1, 0, nodes - width);
    for (Eigen::Index i = 0; i < width; ++i) {
      double weight = factor;
      for (Eigen::Index j = 0; j < width; ++j)
        if (j != i) weight *= (at - static_cast<double>(first + j)) / static_cast<double>(i - j);
      add(first + i, weight);
    }
  };
  const auto step = Stepped<Smooth, Scheme>{Smooth{}}.prepare(Time{dt});
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index k = 0; k < nodes; ++k)
    for (double z = -7.75; z < 8; z += 0.25) {
      MembraneState<double> s{low + spacing * static_cast<double>(k), 0};
      step.step(s, Drive<double>{0, 3 * z});
      const double density = 0.25 * std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846);
      interpolate(s.v, density, [&](Eigen::Index i, double w) { entries.emplace_back(static_cast<int>(k), static_cast<int>(i), w); });
    }
  Eigen::SparseMatrix<double, Eigen::RowMajor> transition(nodes, nodes);
  transition.setFromTriplets(entries.begin(), entries.end());
  Eigen::VectorXd u = Eigen::VectorXd::LinSpaced(nodes, low, -low).array().square();
  for (int n = 0; n < static_cast<int>(std::round(16 / dt)); ++n) u = (transition * u).eval();
  double value = 0;
  interpolate(-8, 1, [&](Eigen::Index i, double w) { value += w * u(i); });
  return value;
}

}  // namespace

TEST_CASE("weak order of convergence with noise, six halvings: 1, 1 and 2") {
  const double exact = (4 * weak_value<StochasticHeun>(1. / 512) - weak_value<StochasticHeun>(1. / 256)) / 3;
  const auto orders = [&]<class Scheme>(Scheme, double expected) {
    double before = std::abs(weak_value<Scheme>(0.25) - exact);
    for (double dt = 1. / 8; dt >= 1. / 256; dt /= 2) {
      const double error = std::abs(weak_value<Scheme>(dt) - exact);
      MESSAGE("dt " << dt << " ms: error " << error << " mV^2, order " << std::log2(before / error));
      CHECK(std::abs(std::log2(before / error) - expected) < 0.1);
      before = error;
    }
  };
  orders(EulerMaruyama{}, 1);
  orders(ExponentialEuler{}, 1);
  orders(StochasticHeun{}, 2);
}

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

TEST_CASE_TEMPLATE("the upstroke is solved exactly: two parts of a step are the step, infinity is past the cut, NaN stays", T, float, double) {
  const ExpIF cell;
  const double eps = std::numeric_limits<T>::epsilon();
  for (const T v : {T(-60), T(-53), T(-45), T(-44)}) {
    const double end = static_cast<double>(v) - 3 * std::log1p(-0.03 * std::exp((static_cast<double>(v) + 53) / 3));
    CHECK(static_cast<double>(cell.upstroke(v, 0.03)) == doctest::Approx(end).epsilon(20 * eps));
    CHECK(static_cast<double>(cell.upstroke(cell.upstroke(v, 0.01), 0.02)) == doctest::Approx(end).epsilon(40 * eps));
  }
  for (const T v : {T(-42), T(-30), T(0), T(500)}) CHECK(cell.upstroke(v, 0.03) >= T(0));
  CHECK(std::isnan(cell.upstroke(std::numeric_limits<T>::quiet_NaN(), 0.03)));
  const ExpIF sharp{.sharpness = 0.1_mV, .cut = 100_mV};
  CHECK(sharp.upstroke(T(-50), 0.03) >= T(100));
}
