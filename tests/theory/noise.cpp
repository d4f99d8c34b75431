#include "paper.hpp"

#include <doctest/doctest.h>

#include <engram/core/random.hpp>
#include <engram/theory/noise.hpp>

using namespace paper;

TEST_CASE("diffusion of a weight: the measured values of the model") {
  const Cell E = cell(mu_target);
  const double unit = W_max * W_max / 1e3;
  CHECK(weight_diffusion(causal, E, E, grid()) / unit == doctest::Approx(2.35e-5).epsilon(0.03));
  CHECK(weight_diffusion(acausal, E, E, grid()) / unit == doctest::Approx(1.02e-5).epsilon(0.03));
}

TEST_CASE("diffusion between Poisson trains, against random trains") {
  // r (1 + S0-terms): explicit pairs of Poisson spikes, many short runs
  const Response poisson{0.03, Eigen::VectorXcd::Zero(grid().size()), Eigen::VectorXd::Constant(grid().size(), 0.03)};
  const Homeostatic rule{Voltage{-0.01}, Voltage{0.004}, Time{20}};
  const double v = weight_diffusion(rule, poisson, poisson, grid());
  Stream random(Seed{5}, Purpose::user);
  const double T = 1500;
  const int runs = 3000;
  double sum = 0, squares = 0;
  const auto train = [&] {
    std::vector<double> t;
    for (double at = -std::log(random.uniform()) / 0.03; at < T; at -= std::log(random.uniform()) / 0.03) t.push_back(at);
    return t;
  };
  for (int n = 0; n < runs; ++n) {
    const auto post = train(), pre = train();
    double dW = rule.d.value * static_cast<double>(pre.size());
    for (double a : post)
      for (double b : pre) dW += window(rule, Time{a - b}).value;
    sum += dW, squares += dW * dW;
  }
  const double variance = (squares - sum * sum / runs) / (runs - 1);
  const double error = variance * std::sqrt(2. / runs);
  CHECK(std::abs(variance - v * T) < 4 * error + 0.04 * v * T);  // 2 tau/T: pairs cut at the ends of a run
}

TEST_CASE("integral of the squared window") {
  const auto rule = mix(0.4, causal, acausal);
  double sum = 0;
  for (double s = -600.025; s < 600; s += 0.05) sum += 0.05 * std::pow(window(rule, Time{s}).value, 2);
  CHECK(window_square(rule) == doctest::Approx(sum).epsilon(1e-5));
}

TEST_CASE("a bound pushes as reflected Brownian motion does") {
  CHECK(push_of_bound(Voltage{0}, 2., Time{3.}) == doctest::Approx(std::sqrt(2 * 6 / std::numbers::pi)));  // mean of |N(0, 6)|
  CHECK(push_of_bound(Voltage{5}, 1e-3, Time{1.}) == doctest::Approx(0).epsilon(1e-12));
  Stream random(Seed{6}, Purpose::user);
  double sum = 0;
  const int n = 200000;
  for (int k = 0; k < n; ++k) sum += std::abs(1 + 2 * random.normal()) - 1;
  CHECK(push_of_bound(Voltage{1}, 4., Time{1.}) == doctest::Approx(sum / n).epsilon(0.02));
}

TEST_CASE("the library says when hard bounds spoil the mean field") {
  const Cell E = cell(mu_target);
  const double v = weight_diffusion(causal, E, E, grid());
  const auto forecast = forecast_bounds(Voltage{0.22 * W_max}, VoltageRate{1e-8 * W_max}, v);  // 1e-5 of the bound per s
  CHECK(forecast.touching.value / 1e3 == doctest::Approx(0.22 * 0.22 / 2.31e-5).epsilon(0.01));
  CHECK(forecast.trusted.value < forecast.touching.value);
  CHECK(push_of_bound(Voltage{0.22 * W_max}, v, forecast.trusted) == doctest::Approx(0.1 * 1e-8 * W_max * forecast.trusted.value).epsilon(1e-6));
  CHECK(std::isinf(forecast_bounds(Voltage{W_max}, VoltageRate{1}, v).trusted.value));
  CHECK_THROWS_AS(forecast_bounds(Voltage{-1}, VoltageRate{1}, v), config_error);
}
