#include <doctest/doctest.h>

#include <engram/analysis/spike_statistics.hpp>
#include <engram/core/random.hpp>

using namespace engram;
using namespace engram::analysis;
using namespace engram::literals;

namespace {
/// Renewal process whose intervals are sums of `order` exponentials: CV = 1/sqrt(order).
std::vector<double> gamma_train(int order, double mean_interval, double duration, std::uint64_t seed) {
  Stream random(Seed{seed}, Purpose::user);
  std::vector<double> out;
  for (double t = 0;;) {
    for (int k = 0; k < order; ++k) t -= mean_interval / order * std::log(random.uniform());
    if (t > duration) return out;
    out.push_back(t);
  }
}
}  // namespace

TEST_CASE("spike statistics: values worked out by hand") {
  const std::vector<double> spikes{10, 20, 50};  // intervals 10, 30: mean 20, sd sqrt(200)
  CHECK(unit_of<Rate>::number(rate(spikes, 100_ms)) == doctest::Approx(30));
  CHECK(cv_of_intervals(spikes) == doctest::Approx(std::sqrt(200.) / 20));
  CHECK(spike_counts(spikes, 100_ms, 30_ms) == std::vector<double>{2, 1, 0});  // the last 10 ms are not used
  CHECK(fano_factor(spikes, 100_ms, 30_ms) == doctest::Approx(1));
  CHECK(std::isnan(cv_of_intervals(std::vector<double>{1, 2})));
  CHECK(std::isnan(fano_factor({}, 100_ms, 10_ms)));
  CHECK(rate({}, 1_s).value == 0);
  CHECK(cv_of_intervals(std::vector<double>{0, 5, 10, 15}) == 0);
}

TEST_CASE("spike statistics: gamma processes within their standard errors") {
  for (const int order : {1, 4}) {
    const auto spikes = gamma_train(order, 50, 2e6, static_cast<std::uint64_t>(order));
    const double n = static_cast<double>(spikes.size()), cv = 1 / std::sqrt(order);
    CHECK(std::abs(rate(spikes, Time{2e6}).value * 50 - 1) < 4 * cv / std::sqrt(n));
    // sd of an estimated CV: cv sqrt((1/2 + cv^2 + excess kurtosis/4 - skewness cv)/n), gamma: 6 cv^2, 2 cv.
    CHECK(std::abs(cv_of_intervals(spikes) - cv) < 4 * cv * std::sqrt((0.5 + 0.5 * cv * cv) / n));
    const double windows = 2e6 / 2000;
    CHECK(std::abs(fano_factor(spikes, Time{2e6}, 2_s) - cv * cv) < 4 * cv * cv * std::sqrt(2 / windows) + 0.01);
  }
}

TEST_CASE("spike statistics: bad input") {
  CHECK_THROWS_WITH_AS(rate(std::vector<double>{2, 1}, 10_ms),
                       "rate.spikes[1] = 1 ms: allowed is sorted times in [0, 10] ms", config_error);
  CHECK_THROWS_AS(rate(std::vector<double>{11}, 10_ms), config_error);
  CHECK_THROWS_AS(rate(std::vector<double>{std::nan("")}, 10_ms), config_error);
  CHECK_THROWS_AS(rate({}, 0_ms), config_error);
  CHECK_THROWS_AS(fano_factor({}, 10_ms, 6_ms), config_error);
  CHECK_THROWS_AS(spike_counts({}, 10_ms, 0_ms), config_error);
}
