#pragma once
/// The four blocks of a network of excitatory and inhibitory cells: EE, EI, IE, II, first the postsynaptic type, then
/// the presynaptic one, as in W_EI, the weights onto E from I. E cells come first, then I cells.
///
/// Measures of blocks take magnitudes abs(W); by Dale's law the sign is that of the presynaptic type. Autapses are left
/// out everywhere: the pairs of a block are (i, j), i != j.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "graph.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

inline constexpr std::array<const char*, 4> block_names{"EE", "EI", "IE", "II"};

/// How many cells of each type, in this order.
struct CellTypes {
  std::size_t excitatory = 0;
  std::size_t inhibitory = 0;

  std::size_t size() const { return excitatory + inhibitory; }
  std::size_t type(Node cell) const { return cell < excitatory ? 0 : 1; }
  std::size_t count(std::size_t type_) const { return type_ == 0 ? excitatory : inhibitory; }
  Node first(std::size_t type_) const { return type_ == 0 ? 0 : static_cast<Node>(excitatory); }

  /// Index into block_names.
  std::size_t block(Node post, Node pre) const { return 2 * type(post) + type(pre); }
  /// Number of pairs (post, pre), post != pre, of a block.
  std::size_t pairs(std::size_t block_) const {
    const std::size_t post = block_ / 2, pre = block_ % 2;
    return count(post) * count(pre) - (post == pre ? count(post) : 0);
  }

  void require_size(std::size_t nodes) const {
    if (nodes == size()) return;
    throw config_error("CellTypes", std::to_string(excitatory) + " E + " + std::to_string(inhibitory) + " I",
                       "counts that add up to the " + std::to_string(nodes) + " nodes of the graph");
  }
};

/// One value for each block, in the order of block_names.
template <class T>
using PerBlock = std::array<T, 4>;

/// The synapses of each block with their magnitudes abs(W), autapses left out.
inline PerBlock<std::vector<Edge>> magnitudes_by_block(const Graph& graph, const CellTypes& types) {
  types.require_size(graph.size());
  PerBlock<std::vector<Edge>> out;
  graph.for_each([&](const Edge& e) {
    if (e.post != e.pre) out[types.block(e.post, e.pre)].push_back({e.post, e.pre, std::abs(e.weight)});
  });
  return out;
}

inline Graph joined(std::size_t nodes, const PerBlock<std::vector<Edge>>& blocks) {
  std::vector<Edge> edges;
  for (const auto& block : blocks) edges.insert(edges.end(), block.begin(), block.end());
  return Graph(nodes, edges);
}

/// Mean of abs(W) over all pairs of each block, pairs without a synapse counting as 0. An empty block has mean 0.
inline PerBlock<double> block_means(const Graph& graph, const CellTypes& types) {
  const auto blocks = magnitudes_by_block(graph, types);
  PerBlock<double> mean{};
  for (std::size_t b = 0; b < 4; ++b) {
    for (const Edge& e : blocks[b]) mean[b] += e.weight;
    if (types.pairs(b) > 0) mean[b] /= static_cast<double>(types.pairs(b));
  }
  return mean;
}

/// abs(W), without autapses.
inline Graph magnitudes(const Graph& graph, const CellTypes& types) {
  return joined(graph.size(), magnitudes_by_block(graph, types));
}

/// abs(W) with each block divided by its mean. Otherwise the stronger blocks dominate, and the block means themselves
/// look like communities.
inline Graph block_normalised(const Graph& graph, const CellTypes& types) {
  auto blocks = magnitudes_by_block(graph, types);
  const auto mean = block_means(graph, types);
  for (std::size_t b = 0; b < 4; ++b)
    for (Edge& e : blocks[b]) e.weight /= mean[b];
  return joined(graph.size(), blocks);
}

/// Dale's law: the magnitudes with a minus for every synapse from an inhibitory cell.
inline Graph signed_by_type(const Graph& graph, const CellTypes& types) {
  auto blocks = magnitudes_by_block(graph, types);
  for (const std::size_t from_inhibitory : {1u, 3u})
    for (Edge& e : blocks[from_inhibitory]) e.weight = -e.weight;
  return joined(graph.size(), blocks);
}

}  // namespace engram::inline ENGRAM_ABI::analysis
