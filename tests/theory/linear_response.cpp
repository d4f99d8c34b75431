#include "paper.hpp"

#include <doctest/doctest.h>

#include <engram/core/random.hpp>
#include <engram/theory/linear_response.hpp>
#include <engram/theory/population_covariance.hpp>

using namespace paper;
using Eigen::MatrixXcd;
using Eigen::MatrixXd;

TEST_CASE("two neurons, one synapse: the cross-spectrum is written down") {
  const Cell E = cell(0);
  MatrixXd W = MatrixXd::Zero(2, 2);
  W(0, 1) = 0.7;
  const LinearResponse net(W, {0, 0}, {E}, grid());
  for (Eigen::Index k : {3, 80, 150}) {
    const auto C = net.cross_spectrum(k);
    const auto z = 0.7 * E.K(k);
    CHECK(std::abs(C(0, 1) - z * E.spectrum(k)) < 1e-12);
    CHECK(std::abs(C(1, 0) - std::conj(C(0, 1))) < 1e-15);
    CHECK(std::abs(C(0, 0) - (1 + std::norm(z)) * E.spectrum(k)) < 1e-12);
  }
}

TEST_CASE("a common signal gives chi chi* times its power") {
  const Cell E = cell(0);
  MatrixXd S(2, 1);
  S << 3, 5;
  const auto C = LinearResponse(MatrixXd::Zero(2, 2), {0, 0}, {E}, grid(), S).cross_spectrum(40);
  CHECK(C(0, 1).real() == doctest::Approx(15 * std::norm(E.chi(40))));
}

TEST_CASE("the mean over a fully connected network is the mean field of all orders") {
  // p = 1 and like weights: no average over wiring is left, only the self-coupling of order 1/N, which is extrapolated
  const Cell E = cell(mu_target);
  const auto rule = rules(0)[0];
  const auto gap = [&](Eigen::Index n) {
    MatrixXd W = MatrixXd::Constant(n, n, 12. / static_cast<double>(n));
    W.diagonal().setZero();
    const FrequencyGrid coarse({.first = 0.05, .last = 6});
    const Cell at{ThresholdIntegration(ExpIF{}, Voltage{mu_target}, Voltage{4}).response(coarse), {}, coarse};
    const auto L = sample(acausal, coarse);
    const double full = LinearResponse(W, std::vector<std::size_t>(static_cast<std::size_t>(n), 0), {at}, coarse).covariance_drift(L)(0, 1);
    auto net = PopulationNetwork::of({"E"});
    net.size(0) = static_cast<double>(n), net.probability(0, 0) = 1;
    const double mean = overlap(L, pair_covariance(net, MatrixXd::Constant(1, 1, W(0, 1)), {&at}, coarse).col(0), coarse).value;
    return mean / full - 1;
  };
  const double g20 = gap(20), g40 = gap(40), g80 = gap(80);
  CHECK(std::abs(g80) < 0.02);
  CHECK(g20 / g40 == doctest::Approx(2).epsilon(0.25));
  CHECK(g40 / g80 == doctest::Approx(2).epsilon(0.15));
}

TEST_CASE("random wiring: the mean over existing synapses is the mean field, within sampling") {
  const Eigen::Index n = 150;
  const FrequencyGrid coarse({.first = 0.05, .last = 3});
  const Cell E{ThresholdIntegration(ExpIF{}, Voltage{mu_target}, Voltage{4}).response(coarse), {}, coarse};
  const auto L = sample(acausal, coarse);
  const double p = 0.2, w = 0.8;
  std::vector<double> means;
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    Stream random(Seed{seed}, Purpose::user);
    MatrixXd W = MatrixXd::Zero(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j)
        if (i != j && random.uniform() < p) W(i, j) = w;
    const MatrixXd d = LinearResponse(W, std::vector<std::size_t>(static_cast<std::size_t>(n), 0), {E}, coarse).covariance_drift(L);
    means.push_back(d.cwiseProduct((W.array() > 0).cast<double>().matrix()).sum() / (W.array() > 0).cast<double>().sum());
  }
  double mean = 0, var = 0;
  for (double m : means) mean += m / 6;
  for (double m : means) var += (m - mean) * (m - mean) / 5;
  auto net = PopulationNetwork::of({"E"});
  net.size(0) = static_cast<double>(n), net.probability(0, 0) = p;
  const double field = overlap(L, pair_covariance(net, MatrixXd::Constant(1, 1, w), {&E}, coarse).col(0), coarse).value;
  CHECK(std::abs(mean - field) < 4 * std::sqrt(var / 6) + 0.03 * field);  // 3 %: terms of order 1/N
}

TEST_CASE("the drift adds chance and constants per spike") {
  const Cell E = cell(0);
  const auto rule = sample(Homeostatic{}, grid());
  const LinearResponse net(MatrixXd::Zero(3, 3), {0, 0, 0}, {E}, grid());
  Eigen::VectorXd r(3);
  r << 0.01, 0.02, 0.03;
  const auto d = net.drift(rule, r);
  CHECK(d(0, 2) == doctest::Approx(0.01 * 0.03 * rule.S0 + 0.03 * rule.per_pre));
}

TEST_CASE("spectral radius: known matrices, and the error with its number") {
  MatrixXcd M = MatrixXcd::Zero(2, 2);
  M(0, 1) = 2, M(1, 0) = -0.5;  // eigenvalues +-i
  CHECK(spectral_radius(M) == doctest::Approx(1).epsilon(0.01));
  const Cell E = cell(0);
  const Eigen::Index n = 30;
  MatrixXd W = MatrixXd::Constant(n, n, 2.9);
  W.diagonal().setZero();
  const LinearResponse net(W, std::vector<std::size_t>(static_cast<std::size_t>(n), 0), {E}, grid());
  const double radius = 2.9 * (n - 1) * std::abs(E.K(0));
  REQUIRE(radius > 1);
  CHECK_THROWS_WITH_AS(net.cross_spectrum(0), doctest::Contains(("spectral radius of W K = " + number_text(radius).substr(0, 5)).c_str()), config_error);
  CHECK_THROWS_AS(LinearResponse(MatrixXd::Zero(2, 3), {0, 0}, {E}, grid()), config_error);
}
