#pragma once
/// Rows onto a block with many targets, visited in tiles: the rows that spiked as far as the first few thousand targets, then as far
/// as the next, so that what is kept for a target stays in near caches from one row to the next. No sum changes its order.
#include <array>

#include "../network/synapses.hpp"

namespace engram::inline ENGRAM_ABI::detail {

/// How a block is divided. Of a row a tile should hold some synapses, since taking a row up again costs as much as several.
struct Tiles {
  std::size_t cells;  ///< targets in a tile; the block's, if one is enough
  std::size_t row;    ///< synapses of a row in a tile, on the average

  explicit Tiles(const SynapseRows& rows) {
    constexpr std::size_t least_row = 48, least_cells = 2048;
    const std::size_t block = rows.targets.size, pairs = std::max<std::size_t>(1, rows.sources() * block);
    const std::size_t most = std::max(least_cells, least_row * pairs / std::max<std::size_t>(1, rows.size()));
    const std::size_t count = std::max<std::size_t>(1, (block + most / 2) / most);
    cells = (block + count - 1) / count;
    row = rows.size() * cells / pairs;
  }
};

/// How far a row has been visited, and fetched into L2.
struct RowProgress {
  std::uint64_t at, end, fetched;
};

/// Visits the rows of `pre`, up to 128 at a time: ahead(j) to fetch what open(j) needs, visit = open(j), which is or derives from
/// RowProgress, then pass(visit, limit) for each tile, which goes on to the first target that is not below `limit`. `weight`: of
/// all synapses, fetched along with the targets.
template <class T>
void for_each_tile(const SynapseRows& rows, const Tiles& tiles, const T* weight, std::span<const Index> pre, auto&& ahead, auto&& open, auto&& pass) {
  constexpr std::size_t lead = 8;  // rows
  std::array<decltype(open(Index{})), 128> visits;
  const auto fetch_next = [&](const RowProgress& row) {  // into L1
    if (row.at == row.end) return;
    prefetch(&rows.target[row.at], &rows.target[row.at] + 1);
    prefetch(weight + row.at, weight + row.at + 1);
  };
  const auto fetch_ahead = [&](RowProgress& row) {  // into L2
    const std::uint64_t begin = std::max(row.at, row.fetched), end = std::min(row.end, row.at + 2 * tiles.row);
    if (end <= row.fetched) return;
    prefetch<2>(rows.target.data() + begin, rows.target.data() + end);
    prefetch<2>(weight + begin, weight + end);
    row.fetched = end;
  };
  for (std::size_t first = 0; first < pre.size(); first += visits.size()) {
    const auto now = pre.subspan(first, std::min(pre.size() - first, visits.size()));
    const auto start = [&](std::size_t k) {
      if (k + lead < now.size()) rows.prefetch_begin(now[k + lead]), ahead(now[k + lead]);
      if (k < now.size()) visits[k] = open(now[k]), fetch_ahead(visits[k]);
    };
    for (std::size_t k = 0; k < lead; ++k) start(k);
    for (std::size_t limit = tiles.cells; limit < rows.targets.size + tiles.cells; limit += tiles.cells)
      for (std::size_t k = 0; k < now.size(); ++k) {
        if (limit == tiles.cells) start(k + lead);
        if (k + 1 < now.size()) fetch_next(visits[k + 1]);
        pass(visits[k], limit);
        fetch_ahead(visits[k]);
      }
  }
}

}  // namespace engram::inline ENGRAM_ABI::detail
