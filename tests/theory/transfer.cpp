#include "paper.hpp"

#include <doctest/doctest.h>

#include <engram/theory/noise_transfer.hpp>
#include <engram/theory/rates.hpp>

using namespace paper;

TEST_CASE("between its nodes a table is what threshold integration gives") {
  for (double mu : {-3.97, -1.1, 0.06, 2.63}) {
    const ThresholdIntegration exact(ExpIF{}, Voltage{mu}, Voltage{4}, Voltage{0.02});
    CHECK(neuron()->rate(mu) == doctest::Approx(exact.rate().value).epsilon(1e-5));
    CHECK(neuron()->slope(mu) == doctest::Approx(exact.respond(0.).chi.real()).epsilon(1e-3));
    const auto between = neuron()->response(mu), there = exact.response(grid());
    CHECK((between.chi - there.chi).cwiseAbs().maxCoeff() < 2e-4 * there.chi.cwiseAbs().maxCoeff());
    CHECK((between.spectrum - there.spectrum).cwiseAbs().maxCoeff() < 1e-4 * there.rate);
  }
  CHECK(neuron()->input_for(0.012) == doctest::Approx(-0.08189).epsilon(1e-4));
}

TEST_CASE("outside the table, or with rates that fall, it refuses") {
  CHECK_THROWS_WITH_AS(neuron()->rate(5), doctest::Contains("mean input = 5 mV"), config_error);
  CHECK_THROWS_WITH_AS(neuron()->input_for(1), doctest::Contains("target rate"), config_error);
  const Response one{0.01, {}, {}};
  CHECK_THROWS_AS(Transfer({}, {one, one, one, one}), config_error);
}

TEST_CASE("self-consistent rates satisfy their equation") {
  const AssemblyPopulations two{.lambda = 0.3};
  const auto net = two.network();
  Eigen::MatrixXd W = two.weights({0.5, 0.2, 0.4, 0.4, 0.6});
  W.col(3).head(3).setConstant(-0.3);
  const Transfers tables(4, neuron());
  const auto r = self_consistent_rates(net, {}, tables, W, Eigen::VectorXd::Constant(4, 0.01), Eigen::VectorXi::Zero(4));
  const Eigen::VectorXd mu = net.input + coupling(net, {}, W) * r;
  for (Eigen::Index a = 0; a < 4; ++a) CHECK(r(a) == doctest::Approx(ThresholdIntegration(ExpIF{}, Voltage{mu(a)}, Voltage{4}).rate().value).epsilon(1e-5));
}

TEST_CASE("tables blend in the variance of the noise") {
  const NoiseTransfer family(ExpIF{}, {Voltage{4}, Voltage{4.3}, Voltage{4.6}}, grid(), {Voltage{-2}, Voltage{2}, 9});
  const ThresholdIntegration exact(ExpIF{}, Voltage{0.5}, Voltage{4.2}, Voltage{0.02});
  const auto blended = family.at(4.2 * 4.2)->response(0.5), there = exact.response(grid());
  CHECK(blended.rate == doctest::Approx(there.rate).epsilon(1e-4));
  CHECK((blended.chi - there.chi).cwiseAbs().maxCoeff() < 1e-3 * there.chi.cwiseAbs().maxCoeff());
  CHECK_THROWS_AS(family.at(25), config_error);
}
