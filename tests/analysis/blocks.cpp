#include <doctest/doctest.h>

#include <engram/analysis/blocks.hpp>

using namespace engram;
using namespace engram::analysis;

TEST_CASE("blocks: post first, then pre; pairs leave out autapses") {
  const CellTypes types{3, 2};
  CHECK(std::string(block_names[types.block(0, 4)]) == "EI");
  CHECK(std::string(block_names[types.block(3, 2)]) == "IE");
  CHECK(types.pairs(0) == 6);
  CHECK(types.pairs(1) == 6);
  CHECK(types.pairs(3) == 2);
  CHECK(CellTypes{4}.pairs(3) == 0);
}

TEST_CASE("blocks: means, normalisation and signs of a matrix worked out by hand") {
  Eigen::Matrix3d W;
  W << 9, 2, -6, 4, 9, 0, 5, -1, 9;  // two E cells, one I cell; the diagonal must not count
  const CellTypes types{2, 1};
  const auto mean = block_means(W, types);
  CHECK(mean == PerBlock<double>{3, 3, 3, 0});
  const auto normalised = block_normalised(W, types).edges();
  REQUIRE(normalised.size() == 5);
  CHECK(normalised[0].weight == doctest::Approx(2. / 3));
  CHECK(normalised[1].weight == doctest::Approx(2));
  const auto with_sign = signed_by_type(W, types).edges();
  CHECK((with_sign[1].pre == 2 && with_sign[1].weight == -6));
  CHECK((with_sign[4].pre == 1 && with_sign[4].weight == 1));
}

TEST_CASE("blocks: counts that do not fit the graph") {
  CHECK_THROWS_WITH_AS(block_means(Graph(3, {}), {2, 2}),
                       "CellTypes = 2 E + 2 I: allowed is counts that add up to the 3 nodes of the graph",
                       config_error);
}
