#include <doctest/doctest.h>

#include "reference_graphs.hpp"

using namespace engram;
using namespace engram::analysis;

TEST_CASE("partition: canonical labels and sizes") {
  const Labels labels = canonical(Labels{9, 4, 9, 4000000000u, 4});
  CHECK(labels == Labels{0, 1, 0, 2, 1});
  CHECK(community_sizes(labels) == std::vector<std::size_t>{2, 2, 1});
  CHECK(community_count(Labels{}) == 0);
}

TEST_CASE("partition: normalised mutual information against values worked out by hand") {
  const Labels halves{0, 0, 1, 1}, crossed{0, 1, 0, 1}, quarters{0, 1, 2, 3}, one(4, 0);
  CHECK(normalised_mutual_information(halves, Labels{5, 5, 2, 2}) == doctest::Approx(1));
  CHECK(normalised_mutual_information(halves, crossed) == doctest::Approx(0));
  CHECK(normalised_mutual_information(halves, one) == 0);
  CHECK(normalised_mutual_information(one, one) == 1);
  // I = H(halves) = log 2, H(quarters) = log 4: 2 log 2 / (3 log 2).
  CHECK(normalised_mutual_information(halves, quarters) == doctest::Approx(2. / 3).epsilon(1e-14));
  CHECK_THROWS_AS(normalised_mutual_information(halves, Labels{0}), config_error);
}

TEST_CASE("partition: disconnected communities are split") {
  const std::vector<Edge> edges{{0, 1}, {3, 2}, {1, 2}, {4, 4}};
  const Graph graph(5, edges);
  const Labels labels{0, 0, 1, 1, 0};
  CHECK_FALSE(communities_connected(graph, labels));
  CHECK(split_disconnected(graph, labels) == Labels{0, 0, 1, 1, 2});
  CHECK(communities_connected(graph, split_disconnected(graph, labels)));
}
