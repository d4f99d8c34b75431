#pragma once
/// Who works on what when several threads run one network.
#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "../core/config.hpp"

namespace engram::inline ENGRAM_ABI {

struct Schedule {
  /// cells[population][thread]: first and past-the-last block of cells.
  std::vector<std::vector<std::pair<std::size_t, std::size_t>>> cells;
  /// targets[population][thread]: blocks of targets, of every projection onto this population.
  std::vector<std::vector<std::vector<std::size_t>>> targets;

  /// Contiguous shares of the blocks of all populations in a row.
  void share_cells(const std::vector<std::size_t>& blocks, unsigned threads) {
    const std::size_t all = std::accumulate(blocks.begin(), blocks.end(), std::size_t{0});
    std::size_t before = 0;
    for (const std::size_t n : blocks) {
      const auto cut = [&](unsigned thread) { return std::clamp(all * thread / threads, before, before + n) - before; };
      auto& share = cells.emplace_back(threads);
      for (unsigned t = 0; t < threads; ++t) share[t] = {cut(t), cut(t + 1)};
      before += n;
    }
  }

  /// The dearest block first, each to the thread that has least so far (Graham 1969): within 4/3 of the best.
  void share_targets(const std::vector<std::vector<double>>& cost, unsigned threads) {
    std::vector<std::array<std::size_t, 2>> items;
    for (std::size_t p = 0; p < cost.size(); ++p)
      for (std::size_t b = 0; b < cost[p].size(); ++b) items.push_back({p, b});
    std::stable_sort(items.begin(), items.end(), [&](auto x, auto y) { return cost[x[0]][x[1]] > cost[y[0]][y[1]]; });
    targets.assign(cost.size(), std::vector<std::vector<std::size_t>>(threads));
    std::vector<double> load(threads);
    for (const auto [p, b] : items) {
      const auto least = static_cast<std::size_t>(std::min_element(load.begin(), load.end()) - load.begin());
      targets[p][least].push_back(b);
      load[least] += cost[p][b];
    }
  }
};

}  // namespace engram::inline ENGRAM_ABI
