#pragma once
/// A weighted graph in compressed rows: the adjacency matrix A that every measure of this module reads.
///
/// A(i, j) is the weight onto i (postsynaptic) from j (presynaptic), as in the weights of a projection. An undirected
/// graph is stored as its symmetric matrix, each edge twice.
///
/// Self-loops: A(i, i) is the diagonal of the matrix given. In an undirected edge list the edge {i, i} of weight w adds
/// 2 w to A(i, i), so that it counts twice in the degree (Newman 2004; igraph and networkx agree).
#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

using Node = std::uint32_t;

enum class Direction { directed, undirected };

/// weight onto `post` from `pre`, in any unit; dimensionless measures do not depend on it.
struct Edge {
  Node post;
  Node pre;
  double weight = 1;
};

/// Immutable. Entries of a row are sorted by source; parallel edges are summed; zero weights are not stored.
class Graph {
 public:
  Graph() : begin_(1, 0) {}

  /// From an edge list over `nodes` nodes, O(edges).
  /// Throws config_error for a node >= `nodes` or a weight that is not finite.
  Graph(std::size_t nodes, std::span<const Edge> edges, Direction direction = Direction::directed) {
    require_in("Graph.nodes", static_cast<double>(nodes), {0, 4294967294.0});
    for (const Edge& e : edges) check(nodes, e);
    if (direction == Direction::directed) {
      compress(nodes, edges);
      return;
    }
    std::vector<Edge> both;
    both.reserve(2 * edges.size());
    for (const Edge& e : edges) {
      both.push_back(e);
      both.push_back({e.pre, e.post, e.weight});
    }
    compress(nodes, both);
  }

  /// From a dense square matrix W, W(i, j) onto i from j. An undirected one must be symmetric:
  /// abs(W(i, j) - W(j, i)) <= 1e-12 max(abs(W(i, j)), abs(W(j, i))). Implicit, so that every measure takes a matrix.
  template <class Derived>
  Graph(const Eigen::MatrixBase<Derived>& W, Direction direction = Direction::directed) {
    if (W.rows() != W.cols())
      throw config_error("Graph.W", std::to_string(W.rows()) + " x " + std::to_string(W.cols()), "a square matrix");
    const auto n = static_cast<Node>(W.rows());
    std::vector<Edge> edges;
    const auto at = [&W](Node i, Node j) {
      return static_cast<double>(W.derived().coeff(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)));
    };
    for (Node i = 0; i < n; ++i)
      for (Node j = 0; j < n; ++j) {
        const double w = at(i, j);
        if (direction == Direction::undirected && !(std::abs(w - at(j, i)) <= 1e-12 * std::abs(w) + 1e-300))
          throw config_error("Graph.W(" + std::to_string(i) + ", " + std::to_string(j) + ")", number_text(w),
                             "W(j, i) = " + number_text(at(j, i)) + ", because the graph is undirected");
        const Edge e{i, j, w};
        check(n, e);
        if (w != 0) edges.push_back(e);
      }
    compress(n, edges);
  }

  std::size_t size() const { return begin_.size() - 1; }
  /// Number of stored entries of A: the edges of a directed graph, twice those of an undirected one.
  std::size_t entries() const { return source_.size(); }

  /// The presynaptic partners of `post` and their weights: row `post` of A.
  std::span<const Node> sources(Node post) const { return {source_.data() + begin_[post], degree(post)}; }
  std::span<const double> weights(Node post) const { return {weight_.data() + begin_[post], degree(post)}; }
  std::size_t degree(Node post) const { return begin_[post + 1] - begin_[post]; }

  /// All entries of A, in order of (post, pre).
  std::vector<Edge> edges() const {
    std::vector<Edge> out;
    out.reserve(entries());
    for_each([&](const Edge& e) { out.push_back(e); });
    return out;
  }

  template <class F>
  void for_each(F&& f) const {
    for (Node i = 0; i < size(); ++i)
      for (std::size_t k = begin_[i]; k < begin_[i + 1]; ++k) f(Edge{i, source_[k], weight_[k]});
  }

  /// A with post and pre exchanged.
  Graph transposed() const {
    std::vector<Edge> turned = edges();
    for (Edge& e : turned) std::swap(e.post, e.pre);
    return Graph(size(), turned);
  }

  bool non_negative() const {
    for (const double w : weight_)
      if (w < 0) return false;
    return true;
  }

 private:
  static void check(std::size_t nodes, const Edge& e) {
    if (e.post >= nodes || e.pre >= nodes)
      throw config_error("Graph.edge", std::to_string(e.post) + " <- " + std::to_string(e.pre),
                         "nodes in [0, " + std::to_string(nodes) + ")");
    if (!std::isfinite(e.weight))
      throw config_error("Graph.weight(" + std::to_string(e.post) + ", " + std::to_string(e.pre) + ")",
                         number_text(e.weight), "a finite number");
  }

  /// Sorts by (post, pre) with two stable counting passes, sums parallel edges and drops zeros.
  void compress(std::size_t nodes, std::span<const Edge> edges) {
    const auto sorted = counting_sort(nodes, counting_sort(nodes, edges, &Edge::pre), &Edge::post);
    begin_.assign(nodes + 1, 0);
    source_.reserve(sorted.size());
    weight_.reserve(sorted.size());
    for (std::size_t k = 0; k < sorted.size();) {
      Edge sum = sorted[k++];
      while (k < sorted.size() && sorted[k].post == sum.post && sorted[k].pre == sum.pre)
        sum.weight += sorted[k++].weight;
      if (sum.weight == 0) continue;
      source_.push_back(sum.pre);
      weight_.push_back(sum.weight);
      ++begin_[sum.post + 1];
    }
    for (std::size_t i = 0; i < nodes; ++i) begin_[i + 1] += begin_[i];
  }

  static std::vector<Edge> counting_sort(std::size_t nodes, std::span<const Edge> edges, Node Edge::*key) {
    std::vector<std::size_t> position(nodes + 1, 0);
    for (const Edge& e : edges) ++position[e.*key + 1];
    for (std::size_t i = 0; i < nodes; ++i) position[i + 1] += position[i];
    std::vector<Edge> out(edges.size());
    for (const Edge& e : edges) out[position[e.*key]++] = e;
    return out;
  }

  std::vector<std::size_t> begin_;
  std::vector<Node> source_;
  std::vector<double> weight_;
};

}  // namespace engram::inline ENGRAM_ABI::analysis
