#include <doctest/doctest.h>

#include <engram/theory/frequency_grid.hpp>

using namespace engram;
using namespace engram::theory;

TEST_CASE("integrals over frequency are what calculus says, and the error estimate covers the error") {
  const FrequencyGrid grid;
  const auto check = [&](auto f, double exact, double tolerance) {
    const auto sum = grid.integrate(grid.omega().unaryExpr(f));
    CHECK(sum.value == doctest::Approx(exact).epsilon(tolerance));
    CHECK(std::abs(sum.value - exact) <= sum.error + 1e-14 * std::abs(exact));
  };
  check([](double w) { return std::exp(-w); }, 1, 1e-13);
  check([](double w) { return 20 / (1 + 400 * w * w) / (1 + 25 * w * w); }, std::acos(-1) / 2 * 20 / 25, 1e-7);
  check([](double w) { return w * std::exp(-30 * w) * std::cos(25 * w); }, (900. - 625) / (1525. * 1525), 1e-10);
}

TEST_CASE("an integrand that the grid does not resolve is seen by the error") {
  const FrequencyGrid coarse({.first = 5, .last = 10});
  const auto sum = coarse.integrate(coarse.omega().unaryExpr([](double w) { return 1 / (1 + 4e4 * w * w); }));
  CHECK(sum.error > 0.05 * sum.value);
}

TEST_CASE("a grid that cannot be is refused") {
  CHECK_THROWS_AS(FrequencyGrid({.first = 0}), config_error);
  CHECK_THROWS_AS(FrequencyGrid({.first = 1, .last = 0.5}), config_error);
  CHECK_THROWS_AS(FrequencyGrid({.per_octave = 0}), config_error);
}
