#pragma once
/// Partitions of nodes into communities, and how alike two of them are.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// labels[i] is the community of node i.
using Labels = std::vector<Node>;

/// The same partition with labels 0, 1, 2, ... in order of first appearance.
inline Labels canonical(std::span<const Node> labels) {
  Labels out;
  out.reserve(labels.size());
  std::unordered_map<Node, Node> name;
  for (const Node label : labels) out.push_back(name.try_emplace(label, static_cast<Node>(name.size())).first->second);
  return out;
}

inline std::size_t community_count(std::span<const Node> canonical_labels) {
  return canonical_labels.empty() ? 0 : std::size_t{*std::ranges::max_element(canonical_labels)} + 1;
}

inline std::vector<std::size_t> community_sizes(std::span<const Node> canonical_labels) {
  std::vector<std::size_t> sizes(community_count(canonical_labels), 0);
  for (const Node c : canonical_labels) ++sizes[c];
  return sizes;
}

inline void require_labels(const std::string& field, std::size_t given, std::size_t nodes) {
  if (given != nodes)
    throw config_error(field, std::to_string(given) + " labels", "one for each of " + std::to_string(nodes) + " nodes");
}

namespace detail {
inline double entropy(std::vector<std::size_t> counts, double n) {
  double h = 0;
  for (const std::size_t c : counts)
    if (c > 0) h -= static_cast<double>(c) / n * std::log(static_cast<double>(c) / n);
  return h;
}

/// The representative of i in a union-find forest, halving paths on the way.
inline Node root_of(std::vector<Node>& parent, Node i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}
}  // namespace detail

/// Normalised mutual information 2 I(a; b) / (H(a) + H(b)) in [0, 1]: 1 for equal partitions (Danon et al. 2005).
/// Two partitions of one single community are equal: 1.
inline double normalised_mutual_information(std::span<const Node> a, std::span<const Node> b) {
  require_labels("normalised_mutual_information.b", b.size(), a.size());
  if (a.empty()) return 1;
  const Labels x = canonical(a), y = canonical(b);
  const std::uint64_t stride = community_count(y);
  std::unordered_map<std::uint64_t, std::size_t> joint;
  for (std::size_t i = 0; i < x.size(); ++i) ++joint[x[i] * stride + y[i]];
  std::vector<std::size_t> cells;
  for (const auto& cell : joint) cells.push_back(cell.second);
  std::ranges::sort(cells);  // the sum must not depend on the order of a hash table
  const double n = static_cast<double>(x.size());
  const double hx = detail::entropy(community_sizes(x), n), hy = detail::entropy(community_sizes(y), n);
  if (hx + hy == 0) return 1;
  return std::clamp(2 * (hx + hy - detail::entropy(cells, n)) / (hx + hy), 0.0, 1.0);
}

/// Splits every community into its connected parts (an edge of weight > 0 in either direction connects).
inline Labels split_disconnected(const Graph& graph, std::span<const Node> labels) {
  require_labels("split_disconnected.labels", labels.size(), graph.size());
  std::vector<Node> parent(graph.size());
  std::iota(parent.begin(), parent.end(), Node{0});
  graph.for_each([&](const Edge& e) {
    if (e.weight > 0 && labels[e.post] == labels[e.pre])
      parent[detail::root_of(parent, e.post)] = detail::root_of(parent, e.pre);
  });
  for (Node i = 0; i < parent.size(); ++i) parent[i] = detail::root_of(parent, i);
  return canonical(parent);
}

/// Whether every community is connected within itself.
inline bool communities_connected(const Graph& graph, std::span<const Node> labels) {
  return community_count(split_disconnected(graph, labels)) == community_count(canonical(labels));
}

}  // namespace engram::inline ENGRAM_ABI::analysis
