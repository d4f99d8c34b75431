#pragma once
#include <Eigen/Core>
#include <utility>
#include <vector>

#include "../core/concepts.hpp"
#include "../network/range.hpp"

namespace engram::inline ENGRAM_ABI {

/// Sums over the blocks of a projection's weight matrix: block (a, b) holds the synapses onto group a from group b.
struct BlockSums {
  Eigen::ArrayXXd sum;    ///< mV
  Eigen::ArrayXXd count;  ///< existing synapses
  Eigen::ArrayXXd pairs;  ///< N_a N_b

  /// Mean over existing synapses, mV; divided by the bound it is x. NaN for a block without synapses.
  Eigen::ArrayXXd mean_existing() const { return sum / count; }
  /// Mean over all pairs divided by epsilon = 1/N, mV: the W_ab of Yang and Doiron 2025, at most N p W_max.
  Eigen::ArrayXXd mean_all_pairs(double network_size) const { return network_size * sum / pairs; }
};

/// Block sums of the weights as they are now.
template <class Projection>
BlockSums block_sums(const Projection& projection, const std::vector<CellSet>& targets, const std::vector<CellSet>& sources) {
  const auto group_of = [](const std::vector<CellSet>& groups) {
    std::vector<int> group;
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (const auto cell : groups[g].cells()) {
        if (cell >= group.size()) group.resize(cell + 1, -1);
        group[cell] = static_cast<int>(g);
      }
    return group;
  };
  const auto rows = static_cast<Eigen::Index>(targets.size()), columns = static_cast<Eigen::Index>(sources.size());
  BlockSums out{Eigen::ArrayXXd::Zero(rows, columns), Eigen::ArrayXXd::Zero(rows, columns), Eigen::ArrayXXd::Zero(rows, columns)};
  const auto onto = group_of(targets), from = group_of(sources);
  projection.for_each([&](const auto& synapse) {
    if (synapse.target >= onto.size() || synapse.source >= from.size()) return;
    const int a = onto[synapse.target], b = from[synapse.source];
    if (a < 0 || b < 0) return;
    out.sum(a, b) += static_cast<double>(synapse.weight);
    out.count(a, b) += 1;
  });
  for (Eigen::Index a = 0; a < rows; ++a)
    for (Eigen::Index b = 0; b < columns; ++b)
      out.pairs(a, b) = static_cast<double>(targets[static_cast<std::size_t>(a)].size()) * static_cast<double>(sources[static_cast<std::size_t>(b)].size());
  return out;
}

/// Observer: block sums of one projection over time.
struct BlockMeans {
  Time every;
  std::string projection;
  std::vector<CellSet> targets, sources;
  std::vector<std::pair<Time, BlockSums>> rows{};

  void observe(const auto& sim) {
    sim.with_projection(projection, [&](const auto& p) { rows.emplace_back(sim.now(), block_sums(p, targets, sources)); });
  }
};

}  // namespace engram::inline ENGRAM_ABI
