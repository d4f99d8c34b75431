#include <doctest/doctest.h>

#include <engram/analysis/correlogram.hpp>
#include <engram/core/random.hpp>

using namespace engram;
using namespace engram::analysis;
using namespace engram::literals;

namespace {

std::vector<double> poisson(double rate_per_ms, double duration, Stream& random) {
  std::vector<double> out;
  for (double t = -std::log(random.uniform()) / rate_per_ms; t <= duration;
       t -= std::log(random.uniform()) / rate_per_ms)
    out.push_back(t);
  return out;
}

double mean_square_z(const CovarianceDensity& c) {
  double sum = 0;
  for (std::size_t k = 0; k < c.lag.size(); ++k) sum += std::pow(c.density[k] / c.error[k], 2);
  return sum / static_cast<double>(c.lag.size());
}

}  // namespace

TEST_CASE("correlogram: pairs worked out by hand, lag = t_post - t_pre") {
  const std::vector<double> pre{50}, post{48, 53, 57.4, 57.6};
  const auto c = cross_covariance(post, pre, 100_ms, {.bin = 1_ms, .max_lag = 8_ms, .segments = 2});
  REQUIRE(c.lag.size() == 17);
  CHECK(c.lag.front() == -8);
  const double baseline = 4. / 100 * 1 / 83.;  // r_post r_pre over the 83 ms in use
  CHECK(c.density[6] == doctest::Approx(1 / 83. - baseline));   // -2 ms
  CHECK(c.density[11] == doctest::Approx(1 / 83. - baseline));  // +3 ms
  CHECK(c.density[15] == doctest::Approx(1 / 83. - baseline));  // 7.4 ms
  CHECK(c.density[16] == doctest::Approx(1 / 83. - baseline));  // 7.6 ms
  CHECK(c.density[8] == doctest::Approx(-baseline));
}

TEST_CASE("correlogram: independent Poisson trains have none, and the standard errors say so") {
  Stream random(Seed{1}, Purpose::user);
  double z2 = 0;
  for (int trial = 0; trial < 10; ++trial) {
    const auto a = poisson(0.02, 1e5, random), b = poisson(0.03, 1e5, random);
    const auto c = cross_covariance(a, b, Time{1e5});
    z2 += mean_square_z(c) / 10;
    CHECK(std::abs(c.post_rate.value - 0.02) < 4 * std::sqrt(0.02 / 1e5));
    // The error of a bin is that of its count: sqrt(r_a r_b / (bin T)).
    double error = 0;
    for (const double e : c.error) error += e / static_cast<double>(c.error.size());
    CHECK(error == doctest::Approx(std::sqrt(0.02 * 0.03 / 1e5)).epsilon(0.05));
  }
  // Student's t with 19 degrees of freedom has mean square 19/17; 2010 nearly independent bins.
  MESSAGE("mean square z " << z2);
  CHECK(std::abs(z2 - 19. / 17) < 4 * std::sqrt(2.7 / 2010));
}

TEST_CASE("correlogram: a shared input with a delay and an exponential filter") {
  // post copies each pre spike with probability p after an exponential delay: C(s) = p r exp(-s/tau)/tau, s > 0.
  Stream random(Seed{2}, Purpose::user);
  const double r = 0.01, p = 0.3, tau = 10, T = 4e6;
  const auto pre = poisson(r, T, random);
  std::vector<double> post = poisson(0.01, T, random);
  for (const double t : pre)
    if (random.uniform() < p) post.push_back(std::min(T, t - tau * std::log(random.uniform())));
  std::ranges::sort(post);
  const auto c = cross_covariance(post, pre, Time{T}, {.bin = 1_ms, .max_lag = 60_ms});
  double z2 = 0;
  for (std::size_t k = 0; k < c.lag.size(); ++k) {
    const double low = std::max(0., c.lag[k] - 0.5), high = std::max(0., c.lag[k] + 0.5);
    const double expected = p * r * (std::exp(-low / tau) - std::exp(-high / tau));
    z2 += std::pow((c.density[k] - expected) / c.error[k], 2) / static_cast<double>(c.lag.size());
    CHECK(std::abs(c.density[k] - expected) < 5.5 * c.error[k]);
  }
  CHECK(std::abs(z2 - 19. / 17) < 4 * std::sqrt(2.7 / 121));
  // Turned round, the lag changes its sign.
  const auto turned = cross_covariance(pre, post, Time{T}, {.bin = 1_ms, .max_lag = 60_ms});
  CHECK(turned.density[60 - 5] > 10 * turned.error[60 - 5]);
  CHECK(std::abs(turned.density[60 + 5]) < 5 * turned.error[60 + 5]);
}

TEST_CASE("correlogram: auto-covariance leaves out the delta and sees a dead time") {
  Stream random(Seed{3}, Purpose::user);
  std::vector<double> spikes;  // Poisson at 20 Hz with a dead time of 5 ms
  for (double t = 0;;) {
    t += 5 - std::log(random.uniform()) / 0.02;
    if (t > 1e6) break;
    spikes.push_back(t);
  }
  const auto c = auto_covariance(spikes, Time{1e6}, {.bin = 1_ms, .max_lag = 20_ms});
  const double r = 0.02 / (1 + 0.02 * 5);
  CHECK(std::abs(c.post_rate.value - r) < 4 * std::sqrt(r / 1e6));
  for (std::size_t k = 20; k < 25; ++k) CHECK(c.density[k] == doctest::Approx(-r * r).epsilon(0.03));
  const double after = 0.02 * r * std::exp(-0.02 * 1) - r * r;  // bin 6 ms is [5.5, 6.5): one ms into the open time
  CHECK(std::abs(c.density[26] - after) < 5 * c.error[26]);
  for (std::size_t k = 0; k < 20; ++k) CHECK(std::abs(c.density[k] - c.density[40 - k]) < 5 * c.error[k] + 1e-9);
}

TEST_CASE("correlogram: covariances of pooled trains add") {
  Stream random(Seed{4}, Purpose::user);
  const std::vector<std::vector<double>> posts{poisson(0.01, 1e4, random), poisson(0.02, 1e4, random)};
  const auto pre = poisson(0.02, 1e4, random);
  const auto sum = cross_covariance(pooled(posts), pre, Time{1e4});
  const auto a = cross_covariance(posts[0], pre, Time{1e4}), b = cross_covariance(posts[1], pre, Time{1e4});
  for (std::size_t k = 0; k < sum.lag.size(); ++k)
    CHECK(sum.density[k] == doctest::Approx(a.density[k] + b.density[k]));
}

TEST_CASE("correlogram: bad input") {
  const std::vector<double> sorted{1, 2}, turned{2, 1};
  CHECK_THROWS_AS(cross_covariance(sorted, turned, 1_s), config_error);
  CHECK_THROWS_AS(cross_covariance(sorted, sorted, 150_ms), config_error);
  CHECK_THROWS_AS(auto_covariance(sorted, 1_s, {.bin = 0_ms}), config_error);
  CHECK_THROWS_AS(auto_covariance(sorted, 1_s, {.segments = 1}), config_error);
}
