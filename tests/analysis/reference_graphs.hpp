#pragma once
/// Graphs with known answers, for the tests of this module.
#include <engram/analysis/louvain.hpp>

namespace reference {

using engram::Purpose;
using engram::Seed;
using engram::Stream;
using namespace engram::analysis;

/// Zachary's karate club (1977): 34 members, 78 edges, weight = number of contexts in which two members met.
inline const std::vector<Edge>& karate_edges() {
  static const std::vector<Edge> edges{
      {0,1,4}, {0,2,5}, {0,3,3}, {0,4,3}, {0,5,3}, {0,6,3}, {0,7,2}, {0,8,2}, {0,10,2}, {0,11,3}, {0,12,1}, {0,13,3},
      {0,17,2}, {0,19,2}, {0,21,2}, {0,31,2}, {1,2,6}, {1,3,3}, {1,7,4}, {1,13,5}, {1,17,1}, {1,19,2}, {1,21,2},
      {1,30,2}, {2,3,3}, {2,7,4}, {2,8,5}, {2,9,1}, {2,13,3}, {2,27,2}, {2,28,2}, {2,32,2}, {3,7,3}, {3,12,3},
      {3,13,3}, {4,6,2}, {4,10,3}, {5,6,5}, {5,10,3}, {5,16,3}, {6,16,3}, {8,30,3}, {8,32,3}, {8,33,4}, {9,33,2},
      {13,33,3}, {14,32,3}, {14,33,2}, {15,32,3}, {15,33,4}, {18,32,1}, {18,33,2}, {19,33,1}, {20,32,3}, {20,33,1},
      {22,32,2}, {22,33,3}, {23,25,5}, {23,27,4}, {23,29,3}, {23,32,5}, {23,33,4}, {24,25,2}, {24,27,3}, {24,31,2},
      {25,31,7}, {26,29,4}, {26,33,2}, {27,33,4}, {28,31,2}, {28,33,2}, {29,32,4}, {29,33,2}, {30,32,3}, {30,33,3},
      {31,32,4}, {31,33,4}, {32,33,5}};
  return edges;
}

inline Graph karate(bool weighted = false) {
  std::vector<Edge> edges = karate_edges();
  if (!weighted)
    for (Edge& e : edges) e.weight = 1;
  return Graph(34, edges, Direction::undirected);
}

/// `cliques` complete graphs of `size` nodes, each joined to the next by one edge.
inline Graph ring_of_cliques(Node cliques, Node size) {
  std::vector<Edge> edges;
  for (Node c = 0; c < cliques; ++c) {
    for (Node i = 0; i < size; ++i)
      for (Node j = 0; j < i; ++j) edges.push_back({c * size + i, c * size + j});
    edges.push_back({c * size, (c + 1) % cliques * size + 1});
  }
  return Graph(std::size_t{cliques} * size, edges, Direction::undirected);
}

/// node / size: the planted communities of equal size.
inline Labels consecutive(std::size_t nodes, Node size) {
  Labels labels(nodes);
  for (Node i = 0; i < nodes; ++i) labels[i] = i / size;
  return labels;
}

/// Girvan and Newman's benchmark: 4 groups of 32, mean degree 16 of which z_out leave the group.
inline Graph planted(double z_out, std::uint64_t seed) {
  Stream random(Seed{seed}, Purpose::user, 77);
  std::vector<Edge> edges;
  for (Node i = 0; i < 128; ++i)
    for (Node j = 0; j < i; ++j)
      if (random.uniform() < (i / 32 == j / 32 ? (16 - z_out) / 31 : z_out / 96)) edges.push_back({i, j});
  return Graph(128, edges, Direction::undirected);
}

/// W_ij = ((7i + 11j + 3ij) mod 13 + 1) (3 if i/8 = j/8), no diagonal: directed, 24 nodes, three groups.
inline Eigen::MatrixXd directed_24() {
  Eigen::MatrixXd W(24, 24);
  for (int i = 0; i < 24; ++i)
    for (int j = 0; j < 24; ++j)
      W(i, j) = i == j ? 0 : ((7 * i + 11 * j + 3 * i * j) % 13 + 1) * (i / 8 == j / 8 ? 3 : 1);
  return W;
}

/// Exponential weights on a random directed graph of the given density.
inline Eigen::MatrixXd random_weights(Eigen::Index n, double density, std::uint64_t seed) {
  Stream random(Seed{seed}, Purpose::user, 78);
  Eigen::MatrixXd W = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      if (i != j && random.uniform() < density) W(i, j) = -std::log(random.uniform());
  return W;
}

}  // namespace reference
