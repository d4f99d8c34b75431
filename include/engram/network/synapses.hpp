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
#include "ensemble.hpp"
#include "range.hpp"
#include "threads.hpp"

namespace engram::inline ENGRAM_ABI {

/// Cells in one block of targets. A function of the population's size alone, so that every projection onto it has the
/// same blocks: one below 1024 cells, else an even number, for the threads, but few, since a row costs some 100 ns besides its
/// synapses; at most 32,768 cells, and up to 65,536 in populations of a million.
constexpr Index target_block_cells(Index targets) {
  const Index most = std::clamp<Index>((targets + 1) / 2, 1024, std::clamp<Index>(targets / 16, 32768, 65536));
  Index blocks = (targets + most - 1) / most;
  if (blocks > 1) blocks += blocks % 2;
  constexpr auto width = static_cast<Index>(logical_width);  // of a cache line: no two threads write to the same one
  return blocks <= 1 ? most : (targets + blocks * width - 1) / (blocks * width) * width;
}

/// The rows of one block of targets.
struct SynapseRows {
  CellRange targets;                        ///< cells of the target population
  aligned_vector<std::uint64_t> row_begin;  ///< synapses of source j: row_begin[j] .. row_begin[j + 1]
  aligned_vector<std::uint16_t> target;     ///< cell - targets.first

  std::size_t sources() const { return row_begin.size() - 1; }
  std::size_t size() const { return target.size(); }
  std::span<const std::uint16_t> row(Index j) const {
    return {target.data() + row_begin[j], static_cast<std::size_t>(row_begin[j + 1] - row_begin[j])};
  }
  void prefetch_begin(Index j) const { prefetch(&row_begin[j], &row_begin[j] + 2); }
  /// Calls visit(j) for each of `pre`, and ahead(j) two rows earlier, to fetch what visit(j) will need: rows lie apart in
  /// memory and are too short for the hardware to foresee.
  void for_each_row(std::span<const Index> pre, auto&& ahead, auto&& visit) const {
    constexpr std::size_t lead = 2, far_lead = 8;
    const auto fetch = [&](std::size_t k) {
      if (k + far_lead < pre.size()) prefetch_begin(pre[k + far_lead]);
      if (k >= pre.size()) return;
      const Index j = pre[k];
      prefetch(target.data() + row_begin[j], target.data() + row_begin[j + 1]);
      ahead(j, row_begin[j], row_begin[j + 1]);
    };
    for (std::size_t k = 0; k < lead; ++k) fetch(k);
    for (std::size_t k = 0; k < pre.size(); ++k) {
      fetch(k + lead);
      visit(pre[k]);
    }
  }
};

namespace detail {

/// The rows of a few successive sources, drawn but not yet in their place.
struct DrawnRows {
  std::vector<std::vector<std::uint16_t>> target;  ///< by block
};

inline std::vector<SynapseRows> empty_blocks(Index sources, Index targets) {
  const Index cells = target_block_cells(targets);
  std::vector<SynapseRows> out(std::max<Index>(1, (targets + cells - 1) / cells));
  for (Index b = 0; b < out.size(); ++b) {
    out[b].targets = {b * cells, std::min(cells, targets - b * cells)};
    out[b].row_begin.resize(sources + std::size_t{1});
  }
  return out;
}

}  // namespace detail

/// Draws all rows, on several threads: each source has a stream of its own. `recurrent`: source and target are the same
/// population, and a cell does not connect to itself.
template <Wiring W>
std::vector<SynapseRows> draw_synapses(const W& wiring, Index sources, Index targets, bool recurrent, Seed seed,
                                       std::uint32_t stream, Threads threads = {}) {
  constexpr Index chunk = 256;
  auto out = detail::empty_blocks(sources, targets);
  const Index cells = target_block_cells(targets);
  std::vector<detail::DrawnRows> drawn((sources + chunk - 1) / chunk);
  run_ensemble(threads.count, drawn.size(), [&](std::size_t k) {
    auto& target = drawn[k].target;
    target.resize(out.size());
    const Index first = static_cast<Index>(k) * chunk;
    for (Index j = first; j < std::min(sources, first + chunk); ++j) {
      Stream random(seed, Purpose::wiring, stream, j);
      wiring.row(j, targets, random, [&](Index i) {
        if (!recurrent || i != j) target[i / cells].push_back(static_cast<std::uint16_t>(i % cells));
      });
      for (std::size_t b = 0; b < out.size(); ++b) out[b].row_begin[j + std::size_t{1}] = target[b].size();  // within the chunk
    }
  });
  for (std::size_t b = 0; b < out.size(); ++b) {
    std::uint64_t before = 0;
    for (Index j = 0; j < sources; ++j) {
      out[b].row_begin[j + std::size_t{1}] += before;
      if ((j + 1) % chunk == 0) before = out[b].row_begin[j + std::size_t{1}];
    }
    out[b].target.resize(out[b].row_begin.back());
  }
  run_ensemble(threads.count, drawn.size(), [&](std::size_t k) {
    for (std::size_t b = 0; b < out.size(); ++b)
      std::copy(drawn[k].target[b].begin(), drawn[k].target[b].end(), out[b].target.begin() + static_cast<std::ptrdiff_t>(out[b].row_begin[k * chunk]));
    drawn[k] = {};
  });
  return out;
}

/// One synapse as observers see it.
template <class T>
struct Synapse {
  Index source, target;
  T weight;
};

}  // namespace engram::inline ENGRAM_ABI
