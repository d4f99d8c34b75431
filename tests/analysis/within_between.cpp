#include <doctest/doctest.h>

#include <string>

#include <engram/analysis/within_between.hpp>

#include "reference_graphs.hpp"

using namespace engram;
using namespace engram::analysis;

TEST_CASE("within/between: a matrix worked out by hand") {
  Eigen::Matrix4d W;  // E0 E1 E2 I0; communities {0, 1} {2, I0}
  W << 5, 3, 1, 0, 3, 5, 1, -2, 1, 1, 5, -4, 2, 0, 6, 5;
  const auto r = within_between_ratios(W, {3, 1}, Labels{0, 0, 1, 1});
  CHECK(r[0] == doctest::Approx(3));             // (3 + 3)/2 over (1 + 1 + 1 + 1)/4
  CHECK(r[1] == doctest::Approx(4));             // 4/1 over (0 + 2)/2
  CHECK(r[2] == doctest::Approx(6));             // 6/1 over (2 + 0)/2
  CHECK(std::isnan(r[3]));                       // a single I cell has no pairs
  CHECK_THROWS_AS(within_between_ratios(W, {3, 1}, Labels{0}), config_error);
}

TEST_CASE("within/between: planted EE assemblies show in EE and, beside the null, in no other block") {
  const CellTypes types{100, 25};
  Eigen::MatrixXd W = reference::random_weights(125, 1, 4);
  Labels planted(125);
  for (Node i = 0; i < 125; ++i) planted[i] = i % 4;
  for (int i = 0; i < 100; ++i)
    for (int j = 0; j < 100; ++j)
      if (i % 4 == j % 4) W(i, j) *= 4;
  const NullModel null{.samples = 20};
  const auto known = within_between(W, types, planted, null);
  CHECK(known[0].ratio == doctest::Approx(4).epsilon(0.1));
  CHECK(std::abs(known[0].null_mean - 1) < 0.05);
  for (std::size_t b = 1; b < 4; ++b) CHECK(std::abs(known[b].ratio - known[b].null_mean) < 4 * known[b].null_sd);

  const auto found = within_between_of_found(W, types, {.louvain = {.restarts = 2, .perturbations = 1}, .null = null});
  for (std::size_t b = 0; b < 4; ++b)
    MESSAGE("found, " << std::string(block_names[b]) << ": " << found[b].ratio << ", null " << found[b].null_mean
                      << " +- " << found[b].null_sd);
  CHECK(found[0].ratio > found[0].null_mean + 10 * found[0].null_sd);
  CHECK(found[1].null_mean > 1.05);  // communities found by chance have ratios above 1: the null must say so
}
