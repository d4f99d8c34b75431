#include <doctest/doctest.h>

#include <engram/neuron/exp_if.hpp>
#include <engram/neuron/lif.hpp>
#include <engram/theory/threshold_integration.hpp>

using namespace engram;
using namespace engram::theory;

namespace {

double hertz(Rate r) { return r.value * 1e3; }

const ExpIF trusted{.tau = Time{10}, .leak = Voltage{-72}, .threshold = Voltage{-48}, .sharpness = Voltage{1.4}, .cut = Voltage{30}, .reset = Voltage{-72}, .refractory = Time{2}};
const LIF siegert_neuron{.tau = Time{10}, .leak = Voltage{0}, .cut = Voltage{15}, .reset = Voltage{0}, .refractory = Time{2}};

/// Siegert 1951: 1/r = t_ref + tau sqrt(pi) integral exp(x^2) erfc(-x) dx, by Simpson's rule; var V = s^2/2.
double siegert(double mu, double s) {
  const auto f = [](double x) { return std::exp(x * x) * std::erfc(-x); };
  const double low = -mu / s, high = (15 - mu) / s;
  const int n = 20000;
  double sum = f(low) + f(high);
  for (int k = 1; k < n; ++k) sum += (k % 2 ? 4 : 2) * f(low + (high - low) * k / n);
  return 1e3 / (2 + 10 * std::sqrt(std::numbers::pi) * sum * (high - low) / (3 * n));
}

/// Mean and variance of the first passage of the paper's neuron by the backward equation (Darling and Siegert 1953): an
/// independent way to C0(0).
std::pair<double, double> backward_moments(double mu) {
  const double low = -100, high = -20, sigma = 4, tau = 20;
  const int n = 400000;
  const double h = (high - low) / n;
  std::vector<double> decay(n), one(n + 1, 1.), T1, T2;
  const auto drift = [&](double v) { return ExpIF{}.drift(v) + mu; };
  for (int k = 0; k < n; ++k) decay[static_cast<std::size_t>(k)] = std::exp(-h * (drift(low + k * h) + drift(low + (k + 1) * h)) / (2 * sigma * sigma));
  const auto solve = [&](const std::vector<double>& g) {
    std::vector<double> slope(g.size(), 0.), T(g.size(), 0.);
    for (std::size_t k = 0; k + 1 < g.size(); ++k) slope[k + 1] = slope[k] * decay[k] + h * (g[k] * decay[k] + g[k + 1]) / 2;
    for (std::size_t k = g.size() - 1; k-- > 0;) T[k] = T[k + 1] + tau / (sigma * sigma) * h * (slope[k] + slope[k + 1]) / 2;
    return T;
  };
  T1 = solve(one);
  auto twice = T1;
  for (double& v : twice) v *= 2;
  T2 = solve(twice);
  const auto reset = static_cast<std::size_t>(std::lround((-60 - low) / h));
  return {T1[reset] + 1, T2[reset] - T1[reset] * T1[reset]};
}

/// Least-squares slope of log2 |q(h) - q(h/2)| over seven halvings: differences of neighbours are free of the limit.
template <class F>
double order_of(F&& quantity, double coarsest = 0.08) {
  std::vector<double> q;
  for (double dV = coarsest; q.size() < 8; dV /= 2) q.push_back(quantity(dV));
  double sx = 0, sy = 0, sxx = 0, sxy = 0, count = 0;
  for (std::size_t k = 0; k + 1 < q.size(); ++k, ++count) {
    const double x = static_cast<double>(k), y = std::log2(std::abs(q[k] - q[k + 1]));
    sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  return -(count * sxy - sx * sy) / (count * sxx - sx * sx);
}

}  // namespace

TEST_CASE("rates of the exponential neuron are the reference ones") {
  for (auto [mu, sigma, rate] : {std::tuple{10., 9., 7.54922}, {0., 9., 0.655109}, {20., 4., 11.3552}, {30., 2., 45.1949}})
    CHECK(hertz(ThresholdIntegration(trusted, Voltage{mu}, Voltage{sigma}).rate()) == doctest::Approx(rate).epsilon(2e-6));
}

TEST_CASE("the leaky neuron fires at Siegert's rate") {
  for (auto [mu, s, rate] : {std::tuple{15., 5., 43.3620}, {15., 1., 25.7009}, {10., 5., 16.7602}, {20., 1., 63.4035}}) {
    const double measured = hertz(ThresholdIntegration(siegert_neuron, Voltage{mu}, Voltage{s / std::numbers::sqrt2}).rate());
    CHECK(measured == doctest::Approx(rate).epsilon(3e-6));
    CHECK(measured == doctest::Approx(siegert(mu, s)).epsilon(2e-6));
  }
  // without noise: 1/(t_ref + tau log(20/5)); the noise left shifts it by some sigma^2
  CHECK(hertz(ThresholdIntegration(siegert_neuron, Voltage{20}, Voltage{0.02}, Voltage{0.0005}).rate()) == doctest::Approx(63.0400).epsilon(2e-5));
}

TEST_CASE("as noise vanishes, intervals become those of the neuron without noise") {
  const ExpIF neuron{.tau = Time{20}, .leak = Voltage{-65}, .threshold = Voltage{-50}, .sharpness = Voltage{2}, .cut = Voltage{-30}, .reset = Voltage{-65}, .refractory = Time{0}};
  for (auto [mu, period] : {std::pair{14., 121.848}, {16., 65.2137}, {20., 37.8744}, {30., 19.8609}})
    CHECK(1 / ThresholdIntegration(neuron, Voltage{mu}, Voltage{0.005}, Voltage{0.001}).rate().value == doctest::Approx(period).epsilon(2e-5));
}

TEST_CASE("the paper's neuron: rate, susceptibility and spectrum") {
  const ThresholdIntegration at_rest(ExpIF{}, Voltage{0}, Voltage{4}), at_target(ExpIF{}, Voltage{-0.08189}, Voltage{4});
  CHECK(hertz(at_rest.rate()) == doctest::Approx(12.2288).epsilon(1e-5));
  CHECK(hertz(at_target.rate()) == doctest::Approx(12.0).epsilon(1e-5));
  CHECK(at_target.respond(0.).chi.real() * 1e3 == doctest::Approx(2.7875).epsilon(2e-5));
  // The references for 0 and 10 Hz were read at the nearest bins of a 1024 ms transform: 0.977 and 9.766 Hz.
  const double bin = 2 * std::numbers::pi / 1024, r = at_target.rate().value;
  CHECK(at_target.spectrum(bin) / r == doctest::Approx(0.5012).epsilon(1e-4));
  CHECK(std::abs(at_target.respond(10 * bin).chi) * 1e3 == doctest::Approx(2.456).epsilon(2e-4));
  CHECK(at_target.spectrum(10 * bin) / r == doctest::Approx(0.656).epsilon(5e-4));
  const double ten = 2 * std::numbers::pi * 0.01;
  CHECK(at_target.spectrum(0) / r == doctest::Approx(0.499342).epsilon(1e-5));
  CHECK(std::abs(at_target.respond(ten).chi) * 1e3 == doctest::Approx(2.44260).epsilon(1e-5));
  CHECK(at_target.spectrum(ten) / r == doctest::Approx(0.662252).epsilon(1e-5));
}

TEST_CASE("convergence is of second order in dV") {
  const auto with = [](double dV) { return ThresholdIntegration(ExpIF{}, Voltage{0}, Voltage{4}, Voltage{dV}); };
  const double ten = 2 * std::numbers::pi * 0.01;
  CHECK(order_of([&](double dV) { return with(dV).rate().value; }) == doctest::Approx(2).epsilon(0.05));
  CHECK(order_of([&](double dV) { return with(dV).respond(0.).chi.real(); }) == doctest::Approx(2).epsilon(0.05));
  CHECK(order_of([&](double dV) { return std::abs(with(dV).respond(ten).chi); }) == doctest::Approx(2).epsilon(0.05));
  CHECK(order_of([&](double dV) { return std::abs(with(dV).respond(ten).chi_noise); }) == doctest::Approx(2).epsilon(0.05));
  CHECK(order_of([&](double dV) { return with(dV).spectrum(ten); }) == doctest::Approx(2).epsilon(0.05));
  CHECK(order_of([&](double dV) { return with(dV).interval_moments().second; }) == doctest::Approx(2).epsilon(0.05));
  // where the drift is linear the errors of second order cancel in the rate, not in the response
  const auto leaky = [](double dV) { return ThresholdIntegration(siegert_neuron, Voltage{15}, Voltage{3}, Voltage{dV}); };
  CHECK(order_of([&](double dV) { return std::abs(leaky(dV).respond(ten).chi); }) == doctest::Approx(2).epsilon(0.05));
}

TEST_CASE("the static susceptibilities are the slopes of the rate") {
  const auto rate = [](double mu, double sigma) { return ThresholdIntegration(ExpIF{}, Voltage{mu}, Voltage{sigma}).rate().value; };
  const double h = 1e-2;
  const auto slow = ThresholdIntegration(ExpIF{}, Voltage{0.5}, Voltage{4}).respond(1e-6), zero = ThresholdIntegration(ExpIF{}, Voltage{0.5}, Voltage{4}).respond(0.);
  const double slope = (rate(0.5 + h, 4) - rate(0.5 - h, 4)) / (2 * h), noise_slope = (rate(0.5, 4 + h) - rate(0.5, 4 - h)) / (2 * h);
  for (const auto& each : {slow, zero}) {
    CHECK(each.chi.real() == doctest::Approx(slope).epsilon(1e-5));
    CHECK(each.chi_noise.real() == doctest::Approx(noise_slope).epsilon(1e-5));
  }
}

TEST_CASE("intervals: moments, density and spectrum agree") {
  const ThresholdIntegration t(ExpIF{}, Voltage{-0.08189}, Voltage{4});
  const auto [mean, variance] = t.interval_moments();
  CHECK(mean * t.rate().value == doctest::Approx(1).epsilon(1e-6));
  const auto [T, V] = backward_moments(-0.08189);
  CHECK(mean == doctest::Approx(T).epsilon(1e-5));
  CHECK(variance / (mean * mean) == doctest::Approx(V / (T * T)).epsilon(2e-5));
  CHECK(t.spectrum(0) / t.rate().value == doctest::Approx(variance / (mean * mean)));
  CHECK(t.spectrum(1e-5) == doctest::Approx(t.spectrum(0)).epsilon(1e-5));
  CHECK(t.spectrum(50) / t.rate().value == doctest::Approx(1).epsilon(1e-6));  // the delta of C0

  std::vector<double> times;
  for (double s = 0; s <= 1500; s += 0.5) times.push_back(s);
  const auto density = t.first_passage_density(times);
  double area = 0, first = 0;
  for (std::size_t k = 0; k < times.size(); ++k) area += 0.5 * density[k], first += 0.5 * density[k] * times[k];
  CHECK(area == doctest::Approx(1).epsilon(1e-6));
  CHECK(first == doctest::Approx(mean).epsilon(1e-5));
  CHECK(std::abs(density[1]) < 1e-8);  // within the refractory period
}

TEST_CASE("the stationary density holds all that is not refractory") {
  const ThresholdIntegration t(trusted, Voltage{20}, Voltage{4});
  const double h = t.potentials()(0) - t.potentials()(1);
  CHECK(h * t.density().sum() + 2 * t.rate().value == doctest::Approx(1).epsilon(1e-9));
  CHECK(t.density().minCoeff() >= 0);
}

TEST_CASE("a whole grid of frequencies is what single ones are") {
  const ThresholdIntegration t(ExpIF{}, Voltage{0}, Voltage{4});
  const FrequencyGrid grid;
  const auto all = t.response(grid);
  for (Eigen::Index k : {Eigen::Index{0}, Eigen::Index{77}, grid.size() - 1}) {
    CHECK(std::abs(all.chi(k) - t.respond(grid.omega()(k)).chi) == 0);
    CHECK(all.spectrum(k) == t.spectrum(grid.omega()(k)));
  }
}

TEST_CASE("bad input is refused with its number") {
  CHECK_THROWS_AS(ThresholdIntegration(ExpIF{}, Voltage{0}, Voltage{0}), config_error);
  CHECK_THROWS_AS(ThresholdIntegration(ExpIF{.tau = Time{-1}}, Voltage{0}, Voltage{4}), config_error);
  CHECK_THROWS_WITH_AS(ThresholdIntegration(ExpIF{}, Voltage{0}, Voltage{0.1}, Voltage{6}), doctest::Contains("rate is uncertain by"), config_error);
  CHECK_THROWS_WITH_AS(ThresholdIntegration(ExpIF{}, Voltage{-500}, Voltage{1}), doctest::Contains("rate below"), config_error);
  struct Runaway {  // repelled from the reset downwards: nothing holds it
    Time tau{20};
    Voltage cut{0}, reset{-10};
    Time refractory{1};
    double drift(double v) const { return v; }
    native_lanes<float> drift(native_lanes<float> v) const { return v; }
  };
  CHECK_THROWS_WITH_AS(ThresholdIntegration(Runaway{}, Voltage{0}, Voltage{4}), doctest::Contains("no stationary state"), config_error);
}
