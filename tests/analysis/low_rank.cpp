#include <doctest/doctest.h>

#include <engram/analysis/low_rank.hpp>

#include "reference_graphs.hpp"

using namespace engram;
using namespace engram::analysis;

TEST_CASE("low rank: participation ratio of matrices with known singular values") {
  CHECK(participation_ratio(Eigen::MatrixXd(Eigen::VectorXd::LinSpaced(7, 1, 3) *
                                            Eigen::RowVectorXd::LinSpaced(5, -2, 9))) == doctest::Approx(1));
  CHECK(participation_ratio(Eigen::MatrixXd(3e200 * Eigen::MatrixXd::Identity(12, 12))) == doctest::Approx(12));
  // s^2 = 4, 1, 1: 36 / 18.
  CHECK(participation_ratio(Eigen::Vector3d(2, -1, 1).asDiagonal().toDenseMatrix()) == doctest::Approx(2));
  CHECK(participation_ratio(Eigen::MatrixXd::Zero(3, 3)) == 0);
  CHECK_THROWS_AS(participation_ratio(Eigen::MatrixXd::Constant(2, 2, std::nan(""))), config_error);
}

TEST_CASE("low rank: independent entries give N/2, a planted direction few") {
  Stream random(Seed{3}, Purpose::user);
  Eigen::MatrixXd noise(125, 125);
  for (Eigen::Index k = 0; k < noise.size(); ++k) noise(k) = random.normal();
  CHECK(participation_ratio(noise) == doctest::Approx(62.5).epsilon(0.02));

  const CellTypes types{100, 25};
  const Eigen::MatrixXd before = reference::random_weights(125, 1, 1);
  Eigen::VectorXd u(125), v(125);
  for (Eigen::Index k = 0; k < 125; ++k) u(k) = random.normal(), v(k) = random.normal();
  const Eigen::MatrixXd after = before + 0.3 * u * v.transpose() + 0.03 * noise;
  const auto rank = weight_change_rank(before, after, types);
  MESSAGE("planted rank one: PR " << rank.participation_ratio << ", shuffled " << rank.shuffled_mean << " +- "
                                  << rank.shuffled_sd);
  CHECK(rank.participation_ratio < 1.6);
  CHECK(rank.shuffled_mean > 25);  // products of normals have heavy tails: below the 62.5 of normals
}

TEST_CASE("low rank: blocks are weighed by what they were, and blocks that stay do not count") {
  Eigen::MatrixXd before(3, 3), after(3, 3);
  before << 0, 2, 10, 4, 0, 30, 1, 1, 0;
  after << 7, 5, 30, 4, 0, 30, 1, 1, 0;
  const auto change = block_normalised_change(before, after, {2, 1});
  CHECK(change(0, 1) == doctest::Approx(1));
  CHECK(change(0, 2) == doctest::Approx(1));
  CHECK(change(0, 0) == 0);
  before(0, 2) = before(1, 2) = 0;
  CHECK_THROWS_AS(block_normalised_change(before, after, {2, 1}), config_error);
  CHECK_THROWS_AS(block_normalised_change(before, Eigen::MatrixXd::Zero(2, 2), {2, 1}), config_error);
  CHECK_THROWS_AS(weight_change_rank(after, after, {2, 1}, 0), config_error);
}
