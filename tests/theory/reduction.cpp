#include "paper_mean_field.hpp"

#include <doctest/doctest.h>

#include <engram/theory/fate.hpp>

using namespace paper;

namespace {
/// The closed form with I at its rate without recurrent input, as the reference numbers have it.
Quadratic reference_form(double lambda, double kappa) {
  const Cell E = cell(mu_target), I = cell(0);
  const auto rule = sample(mix(kappa, causal, acausal), grid());
  return reduced_closed_form({.lambda = lambda}, {}, motif_coefficients(rule, E, E, E, grid()), motif_coefficients(rule, E, E, I, grid()), 0.012,
                             I.rate, mu_target);
}
}  // namespace

TEST_CASE("thresholds of the reduced flow are the reference ones") {
  for (auto [kappa, lambda, x] : {std::tuple{1., 0., 0.2345}, {1., 0.1, 0.2345}, {1., 0.6, 0.2345}, {1., 0.8, 0.2345},
                                  {0., 0., 0.2933}, {0., 0.1, 0.2817}, {0., 0.6, 0.2095}, {0., 0.8, 0.1718}})
    CHECK(*threshold(reference_form(lambda, kappa), 0, 24) / 24 == doctest::Approx(x).epsilon(1e-3));
}

TEST_CASE("the closed form is the mean field of order two") {
  for (double kappa : {0., 1.})
    for (double lambda : {0., 0.1, 0.6, 0.8}) {
      const AssemblyPopulations two{.lambda = lambda};
      const auto field = mean_field(two, kappa, {.bounded_inhibition = false});
      const auto measured = ReducedFlow(two, field).quadratic();
      const double r_I = field.rates(field.settled(two.weights({1, 0.5, 1, 1, 1})))(3);
      const auto closed = reduced_closed_form(two, {}, field.coefficients(0, 0, 0, 0), field.coefficients(0, 0, 0, 3), 0.012, r_I, neuron()->input_for(0.012));
      CHECK(measured.k0 == doctest::Approx(closed.k0 / 24).epsilon(1e-6));
      CHECK(measured.k1 == doctest::Approx(closed.k1).epsilon(1e-6));
      CHECK(measured.k2 == doctest::Approx(closed.k2 * 24).epsilon(1e-4));
      CHECK(*threshold(ReducedFlow(two, field)) == doctest::Approx(*threshold(closed, 0, 24) / 24).epsilon(1e-6));
    }
}

TEST_CASE("D_0 as printed would let the threshold of the acausal rule rise with the overlap") {
  // against the paper's own Fig. 6A: this is what shows that (gamma_E + lambda)/2 is meant
  CHECK(*threshold(reference_form(0.6, 0), 0, 24) < *threshold(reference_form(0.1, 0), 0, 24));
  const auto printed = [](double lambda) {
    const Cell E = cell(mu_target), I = cell(0);
    const auto rule = sample(acausal, grid());
    // (gamma_E + lambda)/2 becomes (gamma_E - lambda)(1 + lambda)/2 if mu_diff takes up the difference
    const double shift = 0.012 * ((0.8 + lambda) / 2 - (0.8 - lambda) * (1 + lambda) / 2) * 24 * 5;
    return *threshold(reduced_closed_form({.lambda = lambda}, {}, motif_coefficients(rule, E, E, E, grid()), motif_coefficients(rule, E, E, I, grid()),
                                          0.012, I.rate, mu_target + shift), 0, 24);
  };
  CHECK(printed(0.6) > printed(0.1));
}

TEST_CASE("fixed points, stability and thresholds of known flows") {
  const auto cubic = [](double x) { return (x - 0.2) * (x - 0.5) * (0.9 - x); };
  const auto points = fixed_points(cubic);
  REQUIRE(points.size() == 3);
  CHECK(points[0].x == doctest::Approx(0.2).epsilon(1e-9));
  CHECK_FALSE(points[1].stable == points[0].stable);
  CHECK(points[0].stable);
  CHECK(points[2].stable);
  CHECK(threshold(cubic).value() == 0);  // grows from 0
  CHECK(threshold([](double x) { return x - 0.3; }).value() == doctest::Approx(0.3));
  CHECK_FALSE(threshold([](double) { return -1.; }));
  CHECK_THROWS_AS(root([](double x) { return 1 + x * x; }, 0., 1.), config_error);
}

TEST_CASE("the boundary lambda*(kappa) is where the drift of W_AB changes sign") {
  const auto rate = [&](double kappa, double lambda) {
    const AssemblyPopulations two{.lambda = lambda};
    return ReducedFlow(two, mean_field(two, kappa, {.bounded_inhibition = false}))(0.22);
  };
  const auto at = boundary(rate, 0.2, 0.8);
  REQUIRE(at);
  CHECK(rate(0.2, *at - 0.01) < 0);
  CHECK(rate(0.2, *at + 0.01) > 0);
  CHECK(boundary(rate, 0., 0.8).value() < *at);
  CHECK_FALSE(boundary(rate, 1., 0.8));  // below the causal threshold at every overlap
  const auto above = [&](double kappa, double lambda) {
    const AssemblyPopulations two{.lambda = lambda};
    return ReducedFlow(two, mean_field(two, kappa, {.bounded_inhibition = false}))(0.25);
  };
  CHECK(boundary(above, 1., 0.8).value() == 0);
  const auto diagram = phase_diagram({0., 0.2}, {*at}, rate);
  CHECK(diagram.drift(0, 0) > 0);
  CHECK(std::abs(diagram.drift(1, 0)) < 1e-6 * diagram.drift(0, 0));
}
