#pragma once
#include <string>
#include <utility>
#include <vector>

#include "../core/concepts.hpp"
#include "../network/range.hpp"

namespace engram::inline ENGRAM_ABI {

/// Observer: mean rate (Hz) of groups of cells of one population since the row before. A checkpoint keeps where it stands,
/// not its rows.
struct Rates {
  Time every;
  std::string population;
  std::vector<CellSet> groups;
  std::vector<std::pair<Time, std::vector<double>>> rows{};
  std::vector<std::uint64_t> counted{};  ///< spikes of each group up to the row before
  Time counted_at{};

  void archive_state(auto& archive) {
    if constexpr (std::decay_t<decltype(archive)>::reading) counted.clear();
    archive(counted, counted_at.value);
  }

  void observe(const auto& sim) {
    sim.with_population(population, [&](const auto& p) { read(p.spike_count(), sim.now()); });
  }
  /// Starts the first interval at the present moment.
  void start(const auto& sim) {
    observe(sim);
    rows.pop_back();
  }

  void read(std::span<const std::uint64_t> count, Time now) {
    std::vector<double> rate;
    counted.resize(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
      std::uint64_t sum = 0;
      for (const auto& range : groups[g].ranges())
        for (auto c = range.first; c < range.end(); ++c) sum += count[c];
      const double seconds = (now - counted_at).value * 1e-3;
      rate.push_back(static_cast<double>(sum - counted[g]) / (static_cast<double>(groups[g].size()) * seconds));
      counted[g] = sum;
    }
    counted_at = now;
    rows.emplace_back(now, std::move(rate));
  }
};

}  // namespace engram::inline ENGRAM_ABI
