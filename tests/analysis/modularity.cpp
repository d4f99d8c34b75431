#include <doctest/doctest.h>

#include "reference_graphs.hpp"

using namespace engram;
using namespace engram::analysis;

namespace {

Labels digits(const char* text) {
  Labels labels;
  for (; *text; ++text)
    if (*text != ' ') labels.push_back(static_cast<Node>(*text - '0'));
  return labels;
}

/// The definition, entry by entry, for a dense matrix of any sign.
double modularity_by_definition(const Eigen::MatrixXd& W, const Labels& c, double gamma) {
  const Eigen::MatrixXd P = W.cwiseMax(0), M = (-W).cwiseMax(0);
  const double p = P.sum(), m = M.sum();
  double sum = 0;
  for (Eigen::Index i = 0; i < W.rows(); ++i)
    for (Eigen::Index j = 0; j < W.cols(); ++j) {
      if (c[static_cast<std::size_t>(i)] != c[static_cast<std::size_t>(j)]) continue;
      sum += W(i, j);
      if (p > 0) sum -= gamma * P.row(i).sum() * P.col(j).sum() / p;
      if (m > 0) sum += gamma * M.row(i).sum() * M.col(j).sum() / m;
    }
  return sum / (p + m);
}

}  // namespace

TEST_CASE("modularity: partitions of Zachary's karate club") {
  const Graph graph = reference::karate();
  const Labels best = digits("0000111022 1000221020 2023332332 2322");
  CHECK(std::abs(modularity(graph, best) - 0.4197896121) < 1e-10);
  // The factions after the fission: with the instructor, node 8 (member 9) beside the officer or not.
  const Labels split = digits("0000000001 0000110010 1011111111 1111");
  CHECK(std::abs(modularity(graph, split) - 0.3582347140) < 1e-10);
  Labels nine = split;
  nine[8] = 1;
  CHECK(std::abs(modularity(graph, nine) - 0.37146614) < 1e-8);
  CHECK(std::abs(modularity(reference::karate(true), split) - 0.3914375668) < 1e-10);
}

TEST_CASE("modularity: exact rational values") {
  CHECK(std::abs(modularity(reference::karate(), Labels(34, 7))) < 1e-15);
  // 10 cliques of 5: m = 110 edges, 100 of them inside, every community holds 1/10 of the degree.
  CHECK(std::abs(modularity(reference::ring_of_cliques(10, 5), reference::consecutive(50, 5)) - (100. / 110 - 0.1)) <
        1e-14);
  CHECK(std::abs(modularity(reference::ring_of_cliques(30, 5), reference::consecutive(150, 10)) -
                 (315. / 330 - 1. / 15)) < 1e-14);
  Eigen::Matrix4d W;
  W << 0, 2, 0, 0, 1, 0, .5, 0, 0, 0, 0, 3, 0, 0, 1, 0;
  CHECK(std::abs(modularity(W, Labels{0, 0, 1, 1}) - 0.426666666667) < 1e-12);
  W(1, 2) = -.5;
  W(3, 0) = -1.5;
  CHECK(std::abs(modularity(W, Labels{0, 0, 1, 1}) - 0.464285714286) < 1e-12);
  CHECK(reference::directed_24().sum() == 6472);
  CHECK(std::abs(modularity(reference::directed_24(), reference::consecutive(24, 8)) - 0.234809814953) < 1e-12);
}

TEST_CASE("modularity: agrees with its definition on random graphs of every kind") {
  Stream random(Seed{4}, Purpose::user, 1);
  for (int trial = 0; trial < 60; ++trial) {
    const Eigen::Index n = 5 + random.below(30);
    Eigen::MatrixXd W = reference::random_weights(n, 0.1 + 0.9 * random.uniform(), static_cast<std::uint64_t>(trial));
    W(0, 1) = W(1, 0) = 1;
    W(2, 2) = 0.7;  // a self-loop
    if (trial % 3 == 1)
      for (Eigen::Index k = 0; k < W.size(); ++k)
        if (random.uniform() < 0.3) W(k) = -W(k);
    const Direction direction = trial % 2 ? Direction::undirected : Direction::directed;
    if (direction == Direction::undirected) W = (W + W.transpose()).eval() / 2;
    Labels labels(static_cast<std::size_t>(n));
    for (Node& c : labels) c = 1000 * random.below(4);
    const double gamma = 0.5 + random.uniform();
    CHECK(std::abs(modularity(Graph(W, direction), labels, gamma) - modularity_by_definition(W, labels, gamma)) <
          1e-12);
  }
}

TEST_CASE("modularity: bad input") {
  CHECK_THROWS_WITH_AS(modularity(reference::karate(), Labels(33, 0)),
                       "modularity.labels = 33 labels: allowed is one for each of 34 nodes", config_error);
  CHECK_THROWS_AS(modularity(reference::karate(), Labels(34, 0), -1), config_error);
  CHECK_THROWS_AS(modularity(Graph(), Labels{}), config_error);
}
