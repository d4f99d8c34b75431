#include <doctest/doctest.h>

#include <engram/theory/ode.hpp>

using namespace engram;
using namespace engram::theory;
using Eigen::VectorXd;

TEST_CASE("an oscillator is followed within the tolerance, and the error falls with it") {
  double before = 1;
  for (double tolerance : {1e-4, 1e-6, 1e-8, 1e-10}) {
    BoundedOde ode([&](double, const VectorXd& y) { VectorXd d(2); d << y(1), -y(0); return d; }, {}, {tolerance, tolerance});
    const auto end = ode.solve(VectorXd::Unit(2, 0), {0, 3, 20}).back();
    const double error = std::hypot(end(0) - std::cos(20), end(1) + std::sin(20));
    CHECK(error < 100 * tolerance);
    CHECK(error < before / 10);
    before = error;
  }
}

TEST_CASE("bounds hold, and let go when the flow turns back") {
  BoundedOde ode([](double t, const VectorXd&) { return VectorXd::Constant(1, t < 5 ? 1 : -1); },
                 {VectorXd::Zero(1), VectorXd::Constant(1, 2)}, {1e-7, 1e-9});
  const auto y = ode.solve(VectorXd::Constant(1, 0.5), {0, 1, 4, 6, 10});
  CHECK(y[1](0) == doctest::Approx(1.5));
  CHECK(y[2](0) == 2);
  CHECK(y[3](0) == doctest::Approx(1).epsilon(1e-5));
  CHECK(y[4](0) == 0);
}

TEST_CASE("a solution that runs away is an error, not a number") {
  BoundedOde ode([](double, const VectorXd& y) { return VectorXd(y.cwiseAbs2()); });
  CHECK_THROWS_AS(ode.solve(VectorXd::Ones(1), {0, 2}), numerical_error);
}
