#include <doctest/doctest.h>

#include <engram/analysis/selectivity.hpp>

using namespace engram;
using namespace engram::analysis;

TEST_CASE("selectivity: two classes give the usual contrast, silent cells none") {
  Eigen::MatrixXd responses(3, 2);
  responses << 3, 1, 0, 0, 0, 5;
  const auto S = class_selectivity(responses);
  CHECK(S(0, 0) == doctest::Approx(0.5));
  CHECK(S(0, 1) == doctest::Approx(-0.5));
  CHECK(S.row(1).norm() == 0);
  CHECK(S(2, 1) == doctest::Approx(1));
  responses(0, 0) = -1;
  CHECK_THROWS_AS(class_selectivity(responses), config_error);
  CHECK_THROWS_AS(class_selectivity(Eigen::MatrixXd::Ones(3, 1)), config_error);
}

TEST_CASE("selectivity: eta squared worked out by hand") {
  Eigen::MatrixXd S(4, 1);
  S << 0, 2, 4, 6;  // mean 3, total 9 + 1 + 1 + 9 = 20; groups {0,2} {4,6}: means 1, 5: 2 (4) + 2 (4) = 16
  CHECK(eta_squared(S, Labels{0, 0, 7, 7}) == doctest::Approx(0.8));
  CHECK(eta_squared(S, Labels{0, 1, 2, 3}) == doctest::Approx(1));
  CHECK(eta_squared(S, Labels{0, 0, 0, 0}) == 0);
  CHECK(eta_squared(Eigen::MatrixXd::Ones(4, 2), Labels{0, 0, 1, 1}) == 0);
  CHECK_THROWS_AS(eta_squared(S, Labels{0, 1}), config_error);
}

TEST_CASE("selectivity: membership that follows tuning is significant, chance is not") {
  Stream random(Seed{1}, Purpose::user);
  const CellTypes types{100, 25};
  Eigen::MatrixXd tuned(125, 3), untuned(125, 3);
  Labels labels(125);
  for (Eigen::Index i = 0; i < 125; ++i) {
    labels[static_cast<std::size_t>(i)] = static_cast<Node>(i % 5);
    for (Eigen::Index k = 0; k < 3; ++k) {
      untuned(i, k) = random.normal();
      tuned(i, k) = random.normal() + (i % 5 == k ? 1.5 : 0);
    }
  }
  const auto yes = membership_against_selectivity(tuned, labels, types);
  const auto no = membership_against_selectivity(untuned, labels, types);
  MESSAGE("eta^2 " << yes.eta_squared << ", null " << yes.null_mean << " +- " << yes.null_sd << "; untuned "
                   << no.eta_squared);
  CHECK(yes.p_value == doctest::Approx(1. / 1001));
  CHECK(yes.eta_squared > yes.null_mean + 5 * yes.null_sd);
  CHECK(std::abs(no.null_mean - 4. / 124) < 5 * no.null_sd / std::sqrt(1000.));
  CHECK(no.p_value > 0.001);
}

TEST_CASE("selectivity: p values of chance are uniform") {
  Stream random(Seed{2}, Purpose::user);
  double mean = 0;
  const int tests = 200;
  for (int t = 0; t < tests; ++t) {
    Eigen::MatrixXd S(30, 2);
    Labels labels(30);
    for (Eigen::Index i = 0; i < 30; ++i) {
      S(i, 0) = random.normal();
      S(i, 1) = random.normal();
      labels[static_cast<std::size_t>(i)] = random.below(3);
    }
    mean += membership_against_selectivity(S, labels, {24, 6}, 99, Seed{static_cast<std::uint64_t>(t)}).p_value / tests;
  }
  CHECK(std::abs(mean - 0.5) < 4 / std::sqrt(12. * tests) + 0.01);
}
