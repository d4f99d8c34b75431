#pragma once
/// Synapses in rows by presynaptic cell, the targets split into blocks of at most 65,536 cells.
///
/// A row holds its targets in ascending order as 16-bit indices within the block, and one weight each: 2 bytes for a
/// synapse of a homogeneous static projection, 2 + sizeof(T) otherwise. Blocks share nothing, so each can be worked on
/// by its own thread, and every sum has one order whatever the blocks and threads.
#include <algorithm>
#include <vector>

#include "../core/aligned.hpp"
#include "../core/concepts.hpp"
#include "range.hpp"

namespace engram::inline ENGRAM_ABI {

/// Targets in one block. 4096 keeps the accumulators of a block in a 1 MiB L2 cache and gives a thread enough to do.
inline constexpr Index target_block_cells = 4096;

/// The rows of one block of targets.
struct SynapseRows {
  CellRange targets;                      ///< cells of the target population
  std::vector<std::uint64_t> row_begin;   ///< synapses of source j: row_begin[j] .. row_begin[j + 1]
  aligned_vector<std::uint16_t> target;   ///< cell - targets.first

  std::size_t sources() const { return row_begin.size() - 1; }
  std::size_t size() const { return target.size(); }
  std::span<const std::uint16_t> row(Index j) const {
    return {target.data() + row_begin[j], static_cast<std::size_t>(row_begin[j + 1] - row_begin[j])};
  }
};

/// Draws all rows. `recurrent`: source and target are the same population, and a cell does not connect to itself.
template <Wiring W>
std::vector<SynapseRows> draw_synapses(const W& wiring, Index sources, Index targets, bool recurrent, Seed seed,
                                       std::uint32_t stream) {
  const Index blocks = (targets + target_block_cells - 1) / target_block_cells;
  std::vector<SynapseRows> out(blocks);
  for (Index b = 0; b < blocks; ++b) {
    out[b].targets = {b * target_block_cells, std::min(target_block_cells, targets - b * target_block_cells)};
    out[b].row_begin.reserve(sources + 1);
    out[b].row_begin.push_back(0);
  }
  for (Index j = 0; j < sources; ++j) {
    Stream random(seed, Purpose::wiring, stream, j);
    wiring.row(j, targets, random, [&](Index i) {
      if (recurrent && i == j) return;
      out[i / target_block_cells].target.push_back(static_cast<std::uint16_t>(i % target_block_cells));
    });
    for (auto& block : out) block.row_begin.push_back(block.target.size());
  }
  for (auto& block : out) block.target.shrink_to_fit();
  return out;
}

/// One synapse as observers see it.
template <class T>
struct Synapse {
  Index source, target;
  T weight;
};

}  // namespace engram::inline ENGRAM_ABI
