#pragma once
/// One level of the hierarchy that Louvain and Leiden climb: nodes (neurons, or communities of the level below), the
/// weight between them in both directions, and their strengths. Three moves act on it: move_nodes, refine, aggregate.
#include <span>
#include <vector>

#include "../core/random.hpp"
#include "modularity.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// The symmetrised graph: weight[k] = A_uv + A_vu, v != u, and inside[u] = A_uu. Only differences of norm Q are needed,
/// and these depend on A through A + A^T alone, so directed and undirected graphs share every line below.
template <std::size_t Signs>
struct CommunityLevel {
  std::vector<std::size_t> begin;
  std::vector<Node> neighbour;
  std::vector<double> weight;
  std::vector<double> inside;
  Expectation<Signs> expected;

  std::size_t size() const { return inside.size(); }

  template <class F>
  void for_each_neighbour(Node u, F&& f) const {
    for (std::size_t k = begin[u]; k < begin[u + 1]; ++k) f(neighbour[k], weight[k]);
  }
};

/// Sums weights by community without clearing a whole array between nodes.
class WeightByCommunity {
 public:
  explicit WeightByCommunity(std::size_t communities) : sum_(communities, 0), seen_(communities, false) {}

  void add(Node community, double w) {
    if (!seen_[community]) {
      seen_[community] = true;
      touched_.push_back(community);
    }
    sum_[community] += w;
  }
  double operator[](Node community) const { return sum_[community]; }
  const std::vector<Node>& touched() const { return touched_; }
  void clear() {
    for (const Node c : touched_) sum_[c] = 0, seen_[c] = false;
    touched_.clear();
  }

 private:
  std::vector<double> sum_;
  std::vector<char> seen_;
  std::vector<Node> touched_;
};

inline std::vector<Node> random_order(std::size_t n, Stream& random) {
  std::vector<Node> order(n);
  for (Node i = 0; i < n; ++i) order[i] = i;
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  return order;
}

/// The lowest level: merges the sorted rows of A and of its transpose.
template <std::size_t Signs>
CommunityLevel<Signs> ground_level(const Graph& graph, double resolution) {
  CommunityLevel<Signs> level;
  level.expected = expectation<Signs>(graph, resolution);
  level.inside.assign(graph.size(), 0);
  level.begin.assign(1, 0);
  level.neighbour.reserve(2 * graph.entries());
  level.weight.reserve(2 * graph.entries());
  const Graph turned = graph.transposed();
  for (Node u = 0; u < graph.size(); ++u) {
    const auto in = graph.sources(u), out = turned.sources(u);
    const auto w_in = graph.weights(u), w_out = turned.weights(u);
    for (std::size_t a = 0, b = 0; a < in.size() || b < out.size();) {
      const bool from_in = b == out.size() || (a < in.size() && in[a] <= out[b]);
      const bool from_out = a == in.size() || (b < out.size() && out[b] <= in[a]);
      const Node v = from_in ? in[a] : out[b];
      const double w = (from_in ? w_in[a++] : 0) + (from_out ? w_out[b++] : 0);
      if (v == u) {
        level.inside[u] = w / 2;
      } else if (w != 0) {
        level.neighbour.push_back(v);
        level.weight.push_back(w);
      }
    }
    level.begin.push_back(level.neighbour.size());
  }
  return level;
}

/// Makes each of the `count` groups one node of the next level.
template <std::size_t Signs>
CommunityLevel<Signs> aggregate(const CommunityLevel<Signs>& level, const Labels& group, std::size_t count) {
  std::vector<std::size_t> first(count + 1, 0);
  for (const Node g : group) ++first[g + 1];
  for (std::size_t g = 0; g < count; ++g) first[g + 1] += first[g];
  std::vector<Node> member(group.size());
  for (Node u = 0; u < group.size(); ++u) member[first[group[u]]++] = u;

  CommunityLevel<Signs> next;
  next.expected.rate = level.expected.rate;
  next.expected.norm = level.expected.norm;
  next.expected.strength.resize(count);
  next.inside.assign(count, 0);
  next.begin.assign(1, 0);
  WeightByCommunity to(count);
  std::size_t k = 0;
  for (Node g = 0; g < count; ++g) {
    for (; k < first[g]; ++k) {
      const Node u = member[k];
      next.inside[g] += level.inside[u];
      next.expected.strength[g] += level.expected.strength[u];
      level.for_each_neighbour(u, [&](Node v, double w) { to.add(group[v], w); });
    }
    next.inside[g] += to[g] / 2;  // each inner pair was met from both ends
    for (const Node h : to.touched())
      if (h != g && to[h] != 0) {
        next.neighbour.push_back(h);
        next.weight.push_back(to[h]);
      }
    next.begin.push_back(next.neighbour.size());
    to.clear();
  }
  return next;
}

}  // namespace engram::inline ENGRAM_ABI::analysis
