#pragma once
/// Modularity of a given partition.
///
///   directed (Leicht and Newman 2008)   Q = 1/m sum_ij [A_ij - gamma k_i^in k_j^out / m] delta(c_i, c_j)
///   undirected (Newman and Girvan 2004) the same on the symmetric A, m = sum_ij A_ij (twice the edge weight)
///   signed (Gomez, Jensen, Arenas 2009) A = A+ - A-; Q = (m+ Q+ - m- Q-) / (m+ + m-), Q+- on A+- alone
///
/// k_i^in = sum_j A_ij is what i receives, k_j^out = sum_i A_ij what j sends, m = sum_ij A_ij, gamma the resolution
/// (Reichardt and Bornholdt 2006). Q does not change when A is transposed. All four are one formula:
///
///   norm Q = sum_c [S_c - sum_t rate_t Out_c^t In_c^t],   S_c the weight inside c, t over + and -,
///   rate+ = gamma/m+, rate- = -gamma/m-, norm = m+ + m-.
#include <array>
#include <span>
#include <vector>

#include "graph.hpp"
#include "partition.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// What a node or a community sends and receives, for each of the signs.
template <std::size_t Signs>
struct Strength {
  std::array<double, Signs> out{}, in{};

  Strength& operator+=(const Strength& o) {
    for (std::size_t t = 0; t < Signs; ++t) out[t] += o.out[t], in[t] += o.in[t];
    return *this;
  }
  Strength& operator-=(const Strength& o) {
    for (std::size_t t = 0; t < Signs; ++t) out[t] -= o.out[t], in[t] -= o.in[t];
    return *this;
  }
  friend Strength operator-(Strength a, const Strength& b) { return a -= b; }
};

/// The expectation that modularity compares with: the strengths of all nodes and the rate of each sign.
template <std::size_t Signs>
struct Expectation {
  std::vector<Strength<Signs>> strength;
  std::array<double, Signs> rate{};
  double norm = 0;

  /// Expected weight between two disjoint sets, both directions.
  double between(const Strength<Signs>& a, const Strength<Signs>& b) const {
    double sum = 0;
    for (std::size_t t = 0; t < Signs; ++t) sum += rate[t] * (a.out[t] * b.in[t] + a.in[t] * b.out[t]);
    return sum;
  }
  /// Expected weight within a set.
  double within(const Strength<Signs>& a) const { return between(a, a) / 2; }
};

/// Strengths of a graph: one sign if all weights are >= 0, else two. Throws config_error for a graph without weight.
template <std::size_t Signs>
Expectation<Signs> expectation(const Graph& graph, double resolution) {
  require_in("modularity.resolution", resolution, non_negative);
  Expectation<Signs> e;
  e.strength.resize(graph.size());
  std::array<double, Signs> total{};
  graph.for_each([&](const Edge& edge) {
    const std::size_t t = edge.weight < 0 ? Signs - 1 : 0;
    const double w = std::abs(edge.weight);
    e.strength[edge.post].in[t] += w;
    e.strength[edge.pre].out[t] += w;
    total[t] += w;
  });
  for (std::size_t t = 0; t < Signs; ++t) {
    e.norm += total[t];
    if (total[t] > 0) e.rate[t] = (t == 0 ? resolution : -resolution) / total[t];
  }
  if (!(e.norm > 0)) throw config_error("modularity.graph", "total weight 0", "a graph with at least one edge");
  return e;
}

namespace detail {
template <std::size_t Signs>
double modularity(const Graph& graph, const Labels& labels, double resolution) {
  const auto e = expectation<Signs>(graph, resolution);
  std::vector<Strength<Signs>> community(community_count(labels));
  for (std::size_t i = 0; i < labels.size(); ++i) community[labels[i]] += e.strength[i];
  double inside = 0;
  graph.for_each([&](const Edge& edge) {
    if (labels[edge.post] == labels[edge.pre]) inside += edge.weight;
  });
  double expected = 0;
  for (const auto& c : community) expected += e.within(c);
  return (inside - expected) / e.norm;
}
}  // namespace detail

/// Q of a partition; undirected, directed, weighted or signed according to the graph. resolution >= 0, default 1.
inline double modularity(const Graph& graph, std::span<const Node> labels, double resolution = 1) {
  require_labels("modularity.labels", labels.size(), graph.size());
  const Labels c = canonical(labels);
  return graph.non_negative() ? detail::modularity<1>(graph, c, resolution)
                              : detail::modularity<2>(graph, c, resolution);
}

}  // namespace engram::inline ENGRAM_ABI::analysis
