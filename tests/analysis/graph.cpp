#include <doctest/doctest.h>

#include <limits>

#include <engram/analysis/graph.hpp>

using namespace engram;
using namespace engram::analysis;

TEST_CASE("graph: rows are postsynaptic, parallel edges add, zeros vanish") {
  const std::vector<Edge> edges{{2, 0, 1.5}, {0, 1, 2}, {2, 0, .5}, {1, 2, 3}, {1, 2, -3}, {2, 1, 4}};
  const Graph graph(3, edges);
  CHECK(graph.size() == 3);
  CHECK(graph.entries() == 3);
  REQUIRE(graph.degree(2) == 2);
  CHECK(graph.sources(2)[0] == 0);
  CHECK(graph.weights(2)[0] == 2);
  CHECK(graph.weights(2)[1] == 4);
  CHECK(graph.degree(1) == 0);
  CHECK(graph.transposed().weights(0)[0] == 2);
}

TEST_CASE("graph: dense matrix, edge list and its own entries give the same graph") {
  Eigen::MatrixXf W(2, 2);
  W << 0, 2, -3, 1;
  const Graph graph = W;
  CHECK_FALSE(graph.non_negative());
  const auto edges = graph.edges();
  REQUIRE(edges.size() == 3);
  CHECK((edges[1].post == 1 && edges[1].pre == 0 && edges[1].weight == -3));
  CHECK(Graph(2, edges).entries() == 3);
}

TEST_CASE("graph: an undirected edge counts twice, its self-loop too") {
  const std::vector<Edge> edges{{0, 1, 2}, {1, 1, 3}};
  const Graph graph(2, edges, Direction::undirected);
  CHECK(graph.weights(0)[0] == 2);
  CHECK(graph.weights(1)[0] == 2);
  CHECK(graph.weights(1)[1] == 6);
  CHECK(graph.non_negative());
}

TEST_CASE("graph: bad input names the field") {
  const std::vector<Edge> outside{{0, 5, 1}}, infinite{{0, 1, std::numeric_limits<double>::infinity()}};
  CHECK_THROWS_WITH_AS(Graph(3, outside), "Graph.edge = 0 <- 5: allowed is nodes in [0, 3)", config_error);
  CHECK_THROWS_AS(Graph(3, infinite), config_error);
  Eigen::MatrixXd W = Eigen::MatrixXd::Zero(2, 3);
  CHECK_THROWS_WITH_AS(Graph{W}, "Graph.W = 2 x 3: allowed is a square matrix", config_error);
  W = Eigen::MatrixXd::Zero(2, 2);
  W(0, 1) = 1;
  CHECK_THROWS_AS(Graph(W, Direction::undirected), config_error);
  W(1, 0) = std::nan("");
  CHECK_THROWS_AS(Graph{W}, config_error);
}

TEST_CASE("graph: empty") {
  CHECK(Graph().size() == 0);
  CHECK(Graph(0, {}).size() == 0);
  CHECK(Graph(4, {}).entries() == 0);
}
